import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rich.color import Color, ColorSystem

from seedtui.core.images.picture import Picture
from seedtui.terminal import MODES, Terminal, make_renderer
from seedtui.terminal.probe.modes import PIXELS
from seedtui.terminal.renderers.text import dither
from seedtui.terminal.renderers.text.ascii import AsciiRenderer
from seedtui.terminal.renderers.text.blocks import BlockRenderer
from seedtui.terminal.renderers.text.canvas import canvas
from seedtui.terminal.renderers.text.glyphs import HALF, OCTANT, QUAD, SEXTANT
from tests.support.pictures import drawn, pixels, shown

PICTURE = drawn()
FAMILIES = (HALF, QUAD, SEXTANT, OCTANT)
FLAT_MODES = [mode for mode in MODES if mode not in PIXELS]


def error(renderer, glyphs, picture=PICTURE, columns=40, rows=20, **kwargs):
    """Mean squared error of a drawing that fills its tile, against the picture in the drawing's resolution."""
    look = shown(renderer.draw(0, picture, columns, rows).rows, glyphs, **kwargs)
    size = (look.shape[1], look.shape[0])
    wanted = np.asarray(Image.fromarray(pixels(picture)).resize(size, Image.Resampling.BOX))
    return ((look.astype(float) - wanted) ** 2).mean()


def test_more_parts_to_a_cell_draw_better():
    half, quad, sextant, octant = (error(BlockRenderer(glyphs), glyphs) for glyphs in FAMILIES)
    assert octant < sextant < quad < half


def test_a_picture_of_two_colours_a_cell_is_drawn_exactly():
    rng = np.random.default_rng(1)
    small = rng.choice(np.array([[0, 0, 0], [254, 254, 254]], np.uint8), size=(20, 20))
    renderer = BlockRenderer(QUAD, cell=(8, 8))
    look = shown(renderer.draw(0, Picture(20, 20, small.tobytes()), 10, 10).rows, QUAD)
    assert (look[::6, ::2] == small).all()


def test_a_preview_has_fewer_colours_and_looks_the_same():
    """What makes it cheap: a terminal's row is a list of colours."""

    def colours(drawing):
        return {segment.style for row in drawing.rows for segment in row}

    renderer = BlockRenderer(QUAD)
    fine, coarse = (renderer.draw("t", PICTURE, 40, 20, preview=preview) for preview in (False, True))
    assert len(colours(coarse)) < len(colours(fine))
    looks = [shown(drawing.rows, QUAD).astype(int) for drawing in (fine, coarse)]
    assert abs(looks[0] - looks[1]).max() < 8


@pytest.mark.parametrize(("colours", "system"), [(256, ColorSystem.EIGHT_BIT), (16, ColorSystem.STANDARD)])
def test_few_colours_are_mixed(colours, system):
    """Seen from afar, a dithered picture is nearer to the original than one whose colours are only rounded."""

    def seen_from_afar(renderer):
        look = shown(renderer.draw(0, PICTURE, 40, 20).rows, QUAD, lambda c: c.downgrade(system))
        far = [
            np.asarray(Image.fromarray(a).resize((10, 10), Image.Resampling.BOX), float)
            for a in (look, pixels(PICTURE))
        ]
        return ((far[0] - far[1]) ** 2).mean()

    assert seen_from_afar(BlockRenderer(QUAD, colours=colours)) < seen_from_afar(BlockRenderer(QUAD))


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(MODES), st.integers(1, 60), st.integers(1, 40),
    st.integers(1, 90), st.integers(1, 30), st.sampled_from([16, 256, 1 << 24]),
)  # fmt: skip
def test_every_row_is_as_wide_as_the_tile(mode, width, height, columns, rows, colours):
    renderer = make_renderer(Terminal(mode, colours=colours))
    drawing = renderer.draw("t", drawn(width, height), columns, rows, background="#203040")
    assert len(drawing.rows) == rows
    assert {sum(segment.cell_length for segment in row) for row in drawing.rows} == {columns}


@pytest.mark.parametrize("mode", MODES)
def test_a_tile_without_room_is_empty(mode):
    renderer = make_renderer(Terminal(mode))
    assert renderer.draw("t", PICTURE, 0, 3).rows == ((), (), ())
    assert renderer.draw("t", PICTURE, 3, 0).rows == ()


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "off"])
def test_the_same_question_costs_nothing(mode, monkeypatch):
    renderer = make_renderer(Terminal(mode))
    first = renderer.draw("t", PICTURE, 20, 10)
    same = Picture(PICTURE.width, PICTURE.height, bytes(bytearray(PICTURE.pixels)))
    assert renderer.draw("t", same, 20, 10) is first
    assert renderer.draw("t", PICTURE, 21, 10) is not first


@pytest.mark.parametrize("mode", FLAT_MODES)
def test_characters_need_nothing_sent(mode):
    renderer = make_renderer(Terminal(mode))
    assert renderer.draw("t", PICTURE, 20, 10).send == ""
    assert renderer.release("t") == renderer.release_all() == ""
    assert renderer.flat is renderer


def test_the_ground_has_the_background():
    row = BlockRenderer(QUAD).draw("t", PICTURE, 80, 10, background="#204060").rows[5]
    assert row[0].text.isspace()
    assert row[0].style.bgcolor.triplet == (0x20, 0x40, 0x60)


def test_neighbours_alike_are_one_segment():
    plain = Picture(64, 64, bytes([10, 20, 30]) * 64 * 64)
    drawing = BlockRenderer(QUAD).draw("t", plain, 40, 10, background="#000000")
    assert all(len(row) <= 3 for row in drawing.rows)


def test_ascii_has_no_colours_and_only_ascii():
    for row in AsciiRenderer().draw("t", PICTURE, 40, 20, background="default").rows:
        for text, style, _ in row:
            assert text.isascii()
            assert text.isprintable()
            assert style.color is None
            assert style.bgcolor is None


@pytest.mark.parametrize("background", ["#000000", "#101030", "#ffffff"])
def test_ascii_ink_shows_on_its_background(background):
    (segment,) = AsciiRenderer().draw("t", PICTURE, 40, 20, background=background).rows[3]
    ink, paper = segment.style.color.get_truecolor(), segment.style.bgcolor.get_truecolor()
    assert abs(sum(ink) - sum(paper)) > 3 * 127


@pytest.mark.parametrize("background", ["#000000", "#ffffff"])
def test_ascii_shades_rise_with_the_light(background):
    ramp = np.linspace(0, 255, 400)[None, :, None] * np.ones((400, 1, 3))
    picture = Picture(400, 400, ramp.astype(np.uint8).tobytes())
    line = AsciiRenderer().draw("t", picture, 40, 20, background=background).rows[10][0].text
    inked = line if background == "#000000" else line[::-1]
    assert inked[:2].isspace()
    assert " " not in inked[8:]


def test_sextants_have_their_code_points():
    """U+1FB00 is BLOCK SEXTANT-1, U+1FB3B is BLOCK SEXTANT-23456."""
    assert SEXTANT.characters[0b000001] == "\U0001fb00"
    assert SEXTANT.characters[0b111110] == "\U0001fb3b"
    assert len(set(SEXTANT.characters)) == 64


def test_octants_have_their_code_points():
    """U+1CD00 is BLOCK OCTANT-3, U+1CDE5 is BLOCK OCTANT-2345678; what is older stayed where it was."""

    def of(*parts):
        return OCTANT.characters[sum(1 << (part - 1) for part in parts)]

    assert of(3) == "\U0001cd00"
    assert of(1, 2, 3) == "\U0001cd02"
    assert of(4) == "\U0001cd03"
    assert of(3, 4, 5, 6) == "\U0001cd33"
    assert of(2, 3, 4, 5, 6, 7, 8) == "\U0001cde5"
    assert (of(), of(1, 2, 3, 4), of(1, 3, 5, 7), of(1, 3), of(7, 8)) == (" ", "▀", "▌", "▘", "▂")
    assert (of(1), of(8), of(3, 5), of(4, 6)) == ("\U0001cea8", "\U0001cea0", "\U0001fbe6", "\U0001fbe7")
    assert len(set(OCTANT.characters)) == 256


@pytest.mark.skipif(unicodedata.unidata_version < "16", reason="this Python does not know their names")
@pytest.mark.parametrize(("glyphs", "name"), [(SEXTANT, "BLOCK SEXTANT-"), (OCTANT, "BLOCK OCTANT-")])
def test_the_code_points_have_the_names_of_their_parts(glyphs, name):
    for mask, character in enumerate(glyphs.characters):
        found = unicodedata.name(character)
        if found.startswith(name):
            assert mask == sum(1 << (int(part) - 1) for part in found.removeprefix(name))


@pytest.mark.parametrize("colours", [256, 1 << 24])
def test_only_octants_that_all_terminals_draw(colours):
    """Some draw the block of octants and Block Elements themselves, and nothing else."""
    rng = np.random.default_rng(3)
    corners = rng.choice(np.array([[0, 0, 0], [250, 250, 250]], np.uint8), size=(160, 160), p=(0.1, 0.9))
    used = set()
    for picture in (PICTURE, Picture(160, 160, corners.tobytes())):
        rows = BlockRenderer(OCTANT, cell=(8, 16), colours=colours).draw(0, picture, 80, 40).rows
        used.update(character for row in rows for segment in row for character in segment.text)
    assert all(c == " " or "\u2580" <= c <= "\u259f" or "\U0001cd00" <= c <= "\U0001cde5" for c in used)
    assert len(used) > 60


@pytest.mark.parametrize("glyphs", FAMILIES)
def test_the_best_split_is_found(glyphs):
    """Cells of two greys come back as they were."""
    rng = np.random.default_rng(2)
    pixels = rng.choice(np.array([30, 200], np.uint8), size=(8 * glyphs.down, 9 * glyphs.across))
    cells = glyphs.best(pixels[..., None].repeat(3, axis=2))
    back = np.where(glyphs.ink(cells.masks)[..., None], cells.ink[:, None], cells.paper[:, None])
    patches = pixels.reshape(8, glyphs.down, 9, glyphs.across).transpose(0, 2, 1, 3).reshape(72, -1)
    assert (back == patches[..., None]).all()


@pytest.mark.parametrize(("colours", "system"), [(256, ColorSystem.EIGHT_BIT), (16, ColorSystem.STANDARD)])
def test_few_colours_are_those_of_the_terminal(colours, system):
    """Rich finds each by its number, so none changes when it reduces them. It never takes the greys of the cube."""
    known = dither._MANY if colours == 256 else dither._FEW
    numbers = [Color.from_rgb(*colour).downgrade(system).number for colour in known.colours.tolist()]
    expected = range(16) if colours == 16 else (n for n in range(16, 256) if n not in (59, 102, 145, 188))
    assert numbers == list(expected)


@pytest.mark.parametrize("colours", [16, 256])
def test_the_ground_is_not_dithered(colours):
    row = BlockRenderer(QUAD, colours=colours).draw("t", PICTURE, 80, 10, background="#123456").rows[5]
    assert row[0].text.isspace()
    assert len(row[0].text) > 20
    assert row[0].style.bgcolor.triplet == (0x12, 0x34, 0x56)


@pytest.mark.parametrize("colours", [16, 256])
def test_what_stays_in_a_picture_keeps_its_cells(colours):
    """The dither of a preview does not crawl where nothing changes."""
    changed = pixels(PICTURE).copy()
    changed[:256] = 255 - changed[:256]
    renderer = BlockRenderer(QUAD, cell=(8, 16), colours=colours)
    rows = [renderer.draw(0, picture, 64, 32).rows for picture in (PICTURE, Picture(512, 512, changed.tobytes()))]
    assert rows[0][17:] == rows[1][17:]
    assert rows[0][:15] != rows[1][:15]


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 60), st.integers(1, 40), st.sampled_from(FAMILIES))
def test_a_picture_fills_whole_cells(width, height, columns, rows, glyphs):
    white = Picture(width, height, b"\xff" * (width * height * 3))
    across, down = glyphs.across, glyphs.down
    part = (8 / across, 16 / down)
    pixels = canvas(white, (columns * across, rows * down), part, (0, 0, 0), (across, down))
    cells = pixels[..., 0].reshape(rows, down, columns, across)
    assert (cells.min(axis=(1, 3)) == cells.max(axis=(1, 3))).all()
    assert cells.any()
