"""Pictures made of block characters, for every terminal with colours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import ALL_COLOURS, CELL
from seedtui.terminal.renderers.renderer import Row
from seedtui.terminal.renderers.text.base import TextRenderer
from seedtui.terminal.renderers.text.canvas import canvas, filled
from seedtui.terminal.renderers.text.dither import dithered
from seedtui.terminal.renderers.text.glyphs import Cells, Glyphs

_ALL, _FINE, _COARSE = np.uint8(0xFF), np.uint8(0xFE), np.uint8(0xF8)
"""Masks for the bits of a colour to keep. Similar neighbours become equal, and a cached colour is cheaper to draw."""


class BlockRenderer(TextRenderer):
    """Draws with `glyphs`, two colours per cell. `cell` is a cell's width and height in pixels.

    Colours are 24-bit; Rich reduces them to those of its console. If there are only `colours`, the cells are dithered
    to them first.
    """

    def __init__(
        self,
        glyphs: Glyphs,
        cell: tuple[int, int] = CELL,
        previews_per_second: float = 10.0,
        colours: int = ALL_COLOURS,
    ) -> None:
        super().__init__(glyphs.name, cell, previews_per_second)
        self._glyphs = glyphs
        self._colours = colours
        self._part = (cell[0] / glyphs.across, cell[1] / glyphs.down)

    def paint(
        self, picture: Picture, columns: int, rows: int, background: str, preview: bool, fill: bool
    ) -> tuple[Row, ...]:  # fmt: skip
        size = (columns * self._glyphs.across, rows * self._glyphs.down)
        if fill:
            pixels = filled(picture, size)
        else:
            pixels = canvas(picture, size, self._part, rgb(background), (self._glyphs.across, self._glyphs.down))
        cells = self._glyphs.best(pixels)
        if self._colours < ALL_COLOURS:
            cells = dithered(cells, self._glyphs, columns, self._colours, rgb(background))
            return _rows(cells, self._glyphs.characters, columns, _ALL)
        return _rows(cells, self._glyphs.characters, columns, _COARSE if preview else _FINE)


@lru_cache(64)
def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, or of any colour name of Rich."""
    red, green, blue = Color.parse(colour).get_truecolor()
    return red, green, blue


def _rows(cells: Cells, characters: str, columns: int, bits: np.uint8) -> tuple[Row, ...]:
    """Rows of segments, with neighbours of the same colours merged. `bits` masks the colours."""
    ink, paper = _packed(cells.ink & bits), _packed(cells.paper & bits)
    texts = [characters[mask] for mask in cells.masks.tolist()]
    found: list[Row] = []
    for start in range(0, len(texts), columns):
        row: list[Segment] = []
        text, shown = "", (-1, -1)
        for i in range(start, start + columns):
            colours = (ink[i], paper[i])
            if texts[i] == " " and colours[1] == shown[1]:
                colours = shown
            if colours != shown:
                if text:
                    row.append(Segment(text, _style(*shown)))
                text, shown = "", colours
            text += texts[i]
        row.append(Segment(text, _style(*shown)))
        found.append(tuple(row))
    return tuple(found)


def _packed(colours: npt.NDArray[np.uint8]) -> list[int]:
    """Colours (n, 3) as numbers 0xrrggbb."""
    result: list[int] = (colours.astype("u4") @ (65536, 256, 1)).tolist()
    return result


@lru_cache(16384)
def _style(ink: int, paper: int) -> Style:
    return Style.from_color(_colour(ink), _colour(paper))


@lru_cache(16384)
def _colour(packed: int) -> Color:
    # Created directly, without the name that Rich would format for each: this saves a third of the drawing time.
    return Color("", ColorType.TRUECOLOR, None, ColorTriplet(packed >> 16, packed >> 8 & 255, packed & 255))
