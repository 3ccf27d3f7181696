"""Fits a picture into a tile: as large as possible, centred, never stretched."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle within a tile, in the same units as the tile."""

    left: int
    top: int
    width: int
    height: int


def fit(picture: tuple[int, int], tile: tuple[int, int], unit: tuple[float, float] = (1.0, 1.0)) -> Box:
    """The largest centred box in `tile` with the shape of `picture`.

    Args:
        picture: width and height, in pixels.
        tile: width and height, in units: cells, or parts of cells.
        unit: width and height of one unit; only their ratio matters.

    The sides are whole units and at least 1, so the shape is exact to within half a unit.
    """
    wide, high = picture[0] / unit[0], picture[1] / unit[1]
    scale = min(tile[0] / wide, tile[1] / high)
    width = min(tile[0], max(1, round(wide * scale)))
    height = min(tile[1], max(1, round(high * scale)))
    return Box((tile[0] - width) // 2, (tile[1] - height) // 2, width, height)
