"""Reduces colours for terminals with few of them, with dithering."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

_CUBE = (0, 95, 135, 175, 215, 255)
_XTERM = [*product(_CUBE, repeat=3), *((grey, grey, grey) for grey in range(8, 248, 10))]
"""Palette colours 16 to 255, which are the same in every terminal."""

_VGA = [
    (base + 170 * red, base + 170 * green, base + 170 * blue)
    for base in (0, 85)
    for blue, green, red in product((0, 1), repeat=3)
]
"""The first 16 colours as in VGA text mode (with a dark yellow instead of brown), which is what Rich assumes."""


def dithered(pixels: Pixels, colours: int) -> Pixels:
    """`pixels` (height, width, 3) in the terminal's 256 colours, or in its 16 if `colours` is less."""
    reduced = Image.fromarray(pixels).quantize(palette=_palette(colours), dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(reduced.convert("RGB"))


@lru_cache(2)
def _palette(colours: int) -> Image.Image:
    found = _XTERM if colours >= 256 else _VGA
    image = Image.new("P", (1, 1))
    image.putpalette([level for colour in (found * 16)[:256] for level in colour])
    return image
