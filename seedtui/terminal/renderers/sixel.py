"""Sixel, for terminals that have nothing better, if the user asks for it.

Source: https://vt100.net/docs/vt3xx-gp/chapter14.html. A band is six rows high. Within it each colour paints all its
pixels, six per character, and then the next colour goes over the same band.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.kitty.png import palette_of
from seedtui.terminal.renderers.text.canvas import to_image


def sixel(picture: Picture, width: int, height: int) -> str:
    """The sequence that draws `picture` at the cursor, scaled to `width` by `height` pixels."""
    image = to_image(picture).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    reduced = palette_of(image)
    palette = np.array(reduced.getpalette(), np.uint8).reshape(-1, 3)
    indices = np.asarray(reduced)
    used = np.unique(indices).tolist()
    colours = "".join(_defined(i, palette[i].tolist()) for i in used)
    bands = "-".join(_band(indices[top : top + 6]) for top in range(0, height, 6))
    return f'\x1bP0;1;0q"1;1;{width};{height}{colours}{bands}\x1b\\'


def _defined(index: int, colour: list[int]) -> str:
    red, green, blue = (round(level * 100 / 255) for level in colour)
    return f"#{index};2;{red};{green};{blue}"


def _band(rows: np.ndarray) -> str:
    """The sixels for up to six rows of palette indices, (rows, width)."""
    weights = (1 << np.arange(len(rows)))[:, None]
    painted = []
    for index in np.unique(rows).tolist():
        sixels = ((rows == index) * weights).sum(axis=0)
        painted.append(f"#{index}{_packed(sixels)}")
    return "$".join(painted)


def _packed(sixels: np.ndarray) -> str:
    """The sixels as characters, with runs written as ``!count character``."""
    starts = np.flatnonzero(np.diff(sixels, prepend=-1))
    lengths = np.diff(starts, append=len(sixels)).tolist()
    characters = [chr(63 + value) for value in sixels[starts].tolist()]
    return "".join(f"!{n}{c}" if n > 3 else c * n for c, n in zip(characters, lengths, strict=True))
