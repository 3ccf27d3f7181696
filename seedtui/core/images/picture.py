"""A picture as all parts of the program pass it: raw RGB pixels and nothing else."""

from __future__ import annotations

import math
from typing import NamedTuple


class Picture(NamedTuple):
    """`pixels` is height x width x 3 bytes, row by row."""

    width: int
    height: int
    pixels: bytes


def crop(picture: Picture, left: int, top: int, width: int, height: int) -> Picture:
    """The given rectangle of `picture`, clipped to it; at least one pixel."""
    left, top = min(max(left, 0), picture.width - 1), min(max(top, 0), picture.height - 1)
    width, height = min(max(width, 1), picture.width - left), min(max(height, 1), picture.height - top)
    starts = (3 * (picture.width * y + left) for y in range(top, top + height))
    return Picture(width, height, b"".join(picture.pixels[start : start + 3 * width] for start in starts))


def columns_for(count: int) -> int:
    """Number of columns in a grid of `count` pictures: 2 for 2 to 4, 3 for 5 to 9, 4 for 10 to 16."""
    return math.ceil(math.sqrt(count))
