import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rich.color import ColorSystem

from seedtui.core.images.picture import Picture
from seedtui.terminal import MODES, Terminal, make_renderer
from seedtui.terminal.probe.modes import PIXELS
from seedtui.terminal.renderers.text.ascii import AsciiRenderer
from seedtui.terminal.renderers.text.blocks import BlockRenderer
from seedtui.terminal.renderers.text.canvas import canvas
from seedtui.terminal.renderers.text.glyphs import HALF, QUAD, SEXTANT
from tests.support.pictures import drawn, pixels, shown

PICTURE = drawn()
FLAT_MODES = [mode for mode in MODES if mode not in PIXELS]


def error(renderer, glyphs, picture=PICTURE, columns=40, rows=20, **kwargs):
    """Mean squared error of a drawing that fills its tile, against the picture in the drawing's resolution."""
    look = shown(renderer.draw(0, picture, columns, rows).rows, glyphs, **kwargs)
    size = (look.shape[1], look.shape[0])
    wanted = np.asarray(Image.fromarray(pixels(picture)).resize(size, Image.Resampling.BOX))
    return ((look.astype(float) - wanted) ** 2).mean()


def test_more_parts_to_a_cell_draw_better():
    half, quad, sextant = (error(BlockRenderer(glyphs), glyphs) for glyphs in (HALF, QUAD, SEXTANT))
    assert sextant < quad < half


def test_a_picture_of_two_colours_a_cell_is_drawn_exactly():
    rng = np.random.default_rng(1)
    small = rng.choice(np.array([[0, 0, 0], [254, 254, 254]], np.uint8), size=(20, 20))
    renderer = BlockRenderer(QUAD, cell=(8, 8))
    look = shown(renderer.draw(0, Picture(20, 20, small.tobytes()), 10, 10).rows, QUAD)
    assert (look[::3, ::2] == small).all()


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


@given(st.integers(1, 200), st.integers(1, 200), st.integers(2, 60), st.integers(2, 40))
def test_a_picture_begins_with_a_whole_cell(width, height, columns, rows):
    white = Picture(width, height, b"\xff" * (width * height * 3))
    pixels = canvas(white, (columns * 2, rows * 2), (4, 8), (0, 0, 0), (2, 2))
    down, across = (pixels[:, :, 0] > 127).nonzero()
    assert len(down) == 0 or (down.min() % 2, across.min() % 2) == (0, 0)
