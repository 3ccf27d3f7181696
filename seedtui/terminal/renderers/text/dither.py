"""Reduces cells to the colours of terminals that have few, by mixing colours in patterns.

Nothing spreads from cell to cell, so previews do not crawl: where a picture stays, its cells stay too.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from seedtui.terminal.renderers.text.glyphs import Cells, Glyphs
from seedtui.terminal.renderers.text.oklab import oklab

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_LEVELS = (0, 95, 135, 175, 215, 255)
_CUBE = [c for c in product(_LEVELS, repeat=3) if len(set(c)) > 1 or c[0] in (0, 255)]
_GREYS = [round((1 + number) * 255 / 25) for number in range(24)]
"""Not 8, 18 and so on to 238, as they are shown, but what Rich reduces to these."""
_XTERM = [*_CUBE, *((grey, grey, grey) for grey in _GREYS)]
"""Palette colours 16 to 255, which are the same in every terminal, without the four greys of the cube."""

_VGA = [
    (base + 170 * red, base + 170 * green, base + 170 * blue)
    for base in (0, 85)
    for blue, green, red in product((0, 1), repeat=3)
]
"""The first 16 colours as in VGA text mode (with a dark yellow instead of brown), which is what Rich assumes."""


def dithered(cells: Cells, glyphs: Glyphs, columns: int, colours: int, ground: tuple[int, int, int]) -> Cells:
    """`cells` in the terminal's 256 colours, or in its 16 if `colours` is less.

    A pattern over the cells moves their colours, and what the ink is wrong by is taken from the paper. This shows more
    detail than dithering the parts before they are split, as it leaves two colours per cell. Cells that only have the
    colour `ground` keep it, like what is around the picture.
    """
    few = _FEW if colours < 256 else _MANY
    masks = np.where(cells.masks == 0, glyphs.chequered, cells.masks)
    ink = np.where((cells.masks == 0)[:, None], cells.paper, cells.ink).astype(np.float32)
    moved = few.strength * _pattern(len(masks), columns)[:, None]
    nearest_ink = _nearest(ink + moved, few)
    inked = glyphs.ink(masks).sum(axis=1)[:, None]
    left = (ink - nearest_ink) * inked / np.maximum(glyphs.parts - inked, 1)
    nearest_paper = _nearest(cells.paper - moved + _TAKEN * left, few)
    empty = (cells.masks == 0) & (cells.paper == np.array(ground, np.uint8)).all(axis=1)
    flat = empty | (nearest_ink == nearest_paper).all(axis=1)
    paper = np.where(empty[:, None], cells.paper, nearest_paper)
    return glyphs.drawn(Cells(np.where(flat, 0, masks), nearest_ink, paper))


class _Palette(NamedTuple):
    """`colours` (n, 3), where they are in the space in which the nearest is looked for, and the pattern's strength."""

    colours: Bytes
    space: Callable[[Bytes], Floats]
    strength: float


def _plain(colours: Bytes) -> Floats:
    return colours.astype(np.float32)


_MANY = _Palette(np.array(_XTERM, np.uint8), oklab, 10)
_FEW = _Palette(np.array(_VGA, np.uint8), _plain, 30)
"""In OKLab it would be greyer, and too dark in terminals with a darker palette than this."""

_TAKEN = 0.5
"""How much of what the ink is wrong by: all of it would show stripes and strange hues."""


def _pattern(count: int, columns: int) -> Floats:
    """For `count` cells in rows of `columns`: Bayer's pattern, -0.5 to 0.5."""
    cell = np.arange(count)
    return _BAYER[cell // columns % 4, cell % columns % 4]


_BAYER = ((np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) + 0.5) / 16 - 0.5).astype("f4")


def _nearest(wanted: Floats, palette: _Palette) -> Bytes:
    """For each colour (n, 3) the nearest one of `palette`."""
    places = palette.space(np.clip(wanted + 0.5, 0, 255).astype(np.uint8))
    known = palette.space(palette.colours)
    found = [_nearest_places(places[i : i + _AT_ONCE], known) for i in range(0, len(places), _AT_ONCE)]
    return palette.colours[np.concatenate(found)]


def _nearest_places(places: Floats, known: Floats) -> npt.NDArray[np.intp]:
    products = (places[:, None, axis] * known[:, axis] for axis in range(3))
    found: npt.NDArray[np.intp] = ((known**2).sum(axis=1) - 2 * sum(products)).argmin(axis=1)
    return found


_AT_ONCE = 1024
"""How many colours to look for at once: what this takes, fits into a processor's cache."""
