"""Pictures that are painted over cells: the whole, and parts of it."""

from __future__ import annotations

import gc
import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal import Terminal, make_renderer
from seedtui.terminal.probe.modes import PAINTED, Mode
from seedtui.terminal.renderers.cell_size import CellSize
from seedtui.terminal.renderers.cells import PictureColor
from seedtui.terminal.renderers.fit import Box
from seedtui.terminal.renderers.painted import InlinePicture, SixelPicture, Wish
from seedtui.terminal.renderers.renderer import Drawing, Painting
from seedtui.terminal.renderers.text.canvas import to_image
from tests.support.pictures import drawn
from tests.support.sixel_decoder import decode

CELL = (8.43, 17.0)
TILE = (42, 20)


def pixels_of(sequence: str, part: Box) -> Image.Image:
    """What a terminal with cells of `CELL` shows of a sequence."""
    if sequence.startswith("\x1bP"):
        return Image.fromarray(np.rint(decode(sequence).colours * 2.55).astype(np.uint8))
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", sequence)
    assert found
    options, data = found.groups()
    assert f"width={part.width};height={part.height};preserveAspectRatio=0" in options
    image = Image.open(BytesIO(b64decode(data))).convert("RGB")
    return image.resize((int(part.width * CELL[0]), int(part.height * CELL[1])))


def draw(mode: Mode, picture: Picture, **how: bool | int) -> Drawing:
    return make_renderer(Terminal(mode, cell=CELL)).draw("t", picture, *TILE, **how)


def box_of(drawing: Drawing) -> Box:
    """The cells of a drawing's picture."""
    columns = {
        sum(segment.cell_length for segment in row if isinstance(segment.style and segment.style.color, PictureColor))
        for row in drawing.rows
    }
    rows = sum(
        any(isinstance(segment.style and segment.style.color, PictureColor) for segment in row) for row in drawing.rows
    )
    return Box(0, 0, max(columns), rows)


def painting_of(drawing: Drawing) -> Painting:
    assert drawing.painting is not None
    return drawing.painting


@pytest.mark.parametrize("mode", PAINTED)
@pytest.mark.parametrize("size", [(512, 512), (300, 700), (64, 64)])
def test_the_picture_is_painted_over_its_cells(mode: Mode, size: tuple[int, int]) -> None:
    drawing = draw(mode, drawn(*size))
    box = box_of(drawing)
    shown = pixels_of(painting_of(drawing).sequence(box), box)
    assert shown.width <= box.width * CELL[0] < shown.width + 1, "it fills its cells, and no others"
    assert shown.height <= box.height * CELL[1] < shown.height + 1
    wanted = to_image(drawn(*size)).resize(shown.size, Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(shown, float) - np.asarray(wanted, float)).mean() < 8


@pytest.mark.parametrize("kind", [InlinePicture, SixelPicture])
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30), st.integers(0, 14), st.integers(1, 12), st.integers(1, 6), st.booleans())
def test_a_part_is_that_part_of_the_whole(
    kind: type[InlinePicture | SixelPicture], left: int, top: int, width: int, height: int, exact: bool
) -> None:
    whole = Box(0, 0, *TILE)
    picture = kind(to_image(drawn(512, 512)), Wish(whole, CELL, 60_000, preview=False, exact=exact))
    part = Box(left, top, width, height)
    shown = pixels_of(picture.sequence(part), part)
    x, y = round(left * CELL[0]), round(top * CELL[1])
    around = pixels_of(picture.sequence(whole), whole).crop((x, y, x + shown.width, y + shown.height))
    difference = np.abs(np.asarray(shown, float) - np.asarray(around, float)).mean()
    assert difference < (1 if kind is SixelPicture else 25)


@pytest.mark.parametrize("mode", PAINTED)
def test_pieces_are_encoded_at_once(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    painting = painting_of(draw(mode, drawn(512, 512), pieces=6))
    monkeypatch.setattr(type(painting), "_encode", lambda *_: pytest.fail("it was not"))
    pieces = [painting.sequence(Box(left, 0, 7, 20)) for left in range(0, 42, 7)]
    assert painting.bytes == sum(map(len, pieces))


@pytest.mark.parametrize(("mode", "limit"), [("iterm2", 200_000), ("sixel", 440_000)])
@pytest.mark.parametrize("sharing", [1, 4])
def test_a_screen_of_pictures_takes_no_more_than_it_may(mode: Mode, limit: int, sharing: int) -> None:
    grain = np.random.default_rng(0).normal(0, 12, (512, 512, 3))  # as in a photograph of little light
    grainy = np.clip(np.asarray(to_image(drawn(512, 512))) + grain, 0, 255).astype(np.uint8)
    drawing = draw(mode, Picture(512, 512, grainy.tobytes()), sharing=sharing)
    assert painting_of(drawing).bytes <= limit / sharing * 1.05


@pytest.mark.parametrize(("mode", "limit"), [("iterm2", 7_500), ("sixel", 37_500)])
def test_a_preview_is_small(mode: Mode, limit: int) -> None:
    """20 previews of four take 0.6 MB, or 3 MB in sixel."""
    assert painting_of(draw(mode, drawn(64, 64), preview=True)).bytes <= limit


@pytest.mark.parametrize("mode", PAINTED)
def test_single_pixels_stay_sharp(mode: Mode) -> None:
    board = np.indices((20, 20)).sum(axis=0) % 2 * 255
    checks = Picture(20, 20, np.repeat(board.astype(np.uint8)[..., None], 3, axis=2).tobytes())
    drawing = draw(mode, checks, exact=True)
    shown = np.asarray(pixels_of(painting_of(drawing).sequence(box_of(drawing)), box_of(drawing)), float)
    assert ((shown < 40) | (shown > 215)).mean() > 0.8


@pytest.mark.parametrize("mode", PAINTED)
def test_rich_keeps_no_picture(mode: Mode) -> None:
    """It caches styles and their colours, hundreds of them."""
    drawing = draw(mode, drawn(64, 64))
    colour = next(
        segment.style.color
        for row in drawing.rows
        for segment in row
        if segment.style and isinstance(segment.style.color, PictureColor)
    )
    assert colour.painting is not None
    del drawing
    gc.collect()
    assert colour.painting is None


def test_cells_follow_the_font() -> None:
    told = iter([(8.0, 16.0), (8.0, 16.0), None, (16.0, 32.0)])
    cells = CellSize((8.43, 16.5), lambda: next(told))
    cells.measure()
    cells.measure()
    assert cells.size == (8.43, 16.5)
    cells.measure()
    assert cells.size == (16.86, 33.0)
