"""Draws many pictures as one: tiles in rows, with heads above and beside them or a caption below each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import MAX_SIDE
from seedtui.core.text.display import visible
from seedtui.library.images.png import read_picture

_PAPER, _INK, _EMPTY = (255, 255, 255), (32, 32, 32), (224, 224, 224)
_GAP = 4
_LINE = 11
"""The smallest line of text, in pixels."""

_CUT = 60
"""Characters of a head or a caption."""

_LEAST, _MOST = 96, 512
"""The longer side of a tile, in pixels, as far as the sheet has room: heads are readable, and no picture is huge."""

_MAX_PIXELS = MAX_SIDE * MAX_SIDE
"""Of the whole sheet, so that seedtui can show it."""


class Heads(NamedTuple):
    """The words above each column and beside each row; captions stand below each tile. None of them need be there."""

    columns: Sequence[str] = ()
    rows: Sequence[str] = ()
    captions: Sequence[str] = ()


class _Layout(NamedTuple):
    """Sizes in pixels: of a `tile`, a `line` of text, the row heads (`side`), the column heads (`top`), the `step` from
    tile to tile, and the `whole`.
    """

    tile: tuple[int, int]
    line: int
    side: int
    top: int
    step: tuple[int, int]
    whole: tuple[int, int]


def labelled_sheet(
    pictures: Iterable[Picture | None], columns: int, rows: int, size: tuple[int, int], heads: Heads
) -> Picture:
    """The `pictures` row by row, None where one is missing, in tiles of the shape of `size`, scaled to fit.

    Only one of them is needed at a time.
    """
    tile, line, side, top, step, whole = _layout(columns, rows, size, heads)
    font = ImageFont.load_default(line)
    sheet = Image.new("RGB", whole, _PAPER)
    draw = ImageDraw.Draw(sheet)
    for column, words in enumerate(heads.columns):
        _write(draw, words, font, (side + column * step[0], line // 2), tile[0])
    for row, words in enumerate(heads.rows):
        _write(draw, words, font, (_GAP, top + row * step[1] + (tile[1] - line) // 2), side - 2 * _GAP)
    for place, picture in enumerate(pictures):
        at = side + place % columns * step[0], top + place // columns * step[1]
        if picture is None:
            draw.rectangle((*at, at[0] + tile[0] - 1, at[1] + tile[1] - 1), fill=_EMPTY)
        else:
            sheet.paste(_scaled(picture, tile), at)
        if heads.captions:
            _write(draw, heads.captions[place], font, (at[0], at[1] + tile[1]), tile[0])
    return Picture(sheet.width, sheet.height, sheet.tobytes())


def sheet_of_files(files: Sequence[Path | None], columns: int, rows: int, heads: Heads) -> Picture | None:
    """The labelled sheet of the images in `files`, row by row; None if there is none that can be read."""
    first = next(filter(None, _read(files)), None)
    if first is None:
        return None
    return labelled_sheet(_read(files), columns, rows, (first.width, first.height), heads)


def _read(files: Iterable[Path | None]) -> Iterator[Picture | None]:
    for file in files:
        try:
            yield read_picture(file) if file else None
        except FileError:
            yield None


def _layout(columns: int, rows: int, size: tuple[int, int], heads: Heads) -> _Layout:
    """The largest tiles, of `size` or less, or a little more for small ones, with which the sheet has not too much."""
    longer = max(size)
    scale = min(_MOST / longer, max(1.0, _LEAST / longer))
    font = ImageFont.load_default(_LINE)
    longest = max((font.getlength(_cut(words)) / _LINE for words in heads.rows), default=0.0)
    while True:
        tile = max(8, int(size[0] * scale)), max(8, int(size[1] * scale))
        layout = _scaled_layout(columns, rows, tile, heads, longest)
        if layout.whole[0] * layout.whole[1] <= _MAX_PIXELS or max(layout.tile) == 8:
            return layout
        scale *= 0.9


def _scaled_layout(columns: int, rows: int, tile: tuple[int, int], heads: Heads, longest: float) -> _Layout:
    """`longest` is the length of the longest row head, in lines."""
    line = max(_LINE, min(tile) // 8)
    side = _GAP + (min(int(longest * line) + 1, max(2 * tile[0], 160)) + 2 * _GAP if heads.rows else 0)
    top = line * 2 if heads.columns else _GAP
    step = tile[0] + _GAP, tile[1] + _GAP + (line + _GAP) * bool(heads.captions)
    return _Layout(tile, line, side, top, step, (side + columns * step[0], top + rows * step[1]))


def _write(
    draw: ImageDraw.ImageDraw, words: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, at: tuple[int, int],
    width: int,
) -> None:  # fmt: skip
    """Write `words` on one line of at most `width` pixels; what does not fit is cut."""
    text = _cut(words)
    length = font.getlength(text)
    if length > width:
        text = text[: int(len(text) * width / length) + 1]  # near the place, then exactly
        while text and font.getlength(f"{text}...") > width:
            text = text[:-1]
        text += "..." if text else ""
    draw.text(at, text, _INK, font)


def _cut(words: str) -> str:
    text = visible(words)
    return text if len(text) <= _CUT else f"{text[: _CUT - 3]}..."


def _scaled(picture: Picture, tile: tuple[int, int]) -> Image.Image:
    """The picture in the middle of a tile."""
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    scale = min(tile[0] / image.width, tile[1] / image.height)
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    if small.size == tile:
        return small
    whole = Image.new("RGB", tile, _PAPER)
    whole.paste(small, ((tile[0] - small.width) // 2, (tile[1] - small.height) // 2))
    return whole
