"""Scales a picture to the grid of cell parts of a tile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.fit import fit


def to_image(picture: Picture) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)


def filled(picture: Picture, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """`picture` over the whole `size`, as (height, width, 3). Where its parts end, they do not run into each other."""
    return np.asarray(to_image(picture).resize(size, Image.Resampling.BOX))


def canvas(
    picture: Picture,
    size: tuple[int, int],
    part: tuple[float, float],
    background: tuple[int, int, int],
    cell: tuple[int, int] = (1, 1),
) -> npt.NDArray[np.uint8]:
    """`picture` centred on `background`, as (height, width, 3).

    `size` is the tile's width and height in parts of cells, `part` the width and height of one part, and `cell` how
    many parts a cell has across and down: a picture begins with a whole cell.
    """
    box = fit((picture.width, picture.height), size, part)
    scaled = to_image(picture).resize((box.width, box.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    ground = Image.new("RGB", size, background)
    ground.paste(scaled, (box.left // cell[0] * cell[0], box.top // cell[1] * cell[1]))
    return np.asarray(ground)
