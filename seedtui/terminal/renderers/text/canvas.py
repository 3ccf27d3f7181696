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
    many parts a cell has across and down. A picture fills whole cells, the same ones in which real pixels would be
    drawn: at its edges no cell is half picture and half background.
    """
    across, down = cell
    box = fit((picture.width, picture.height), (size[0] // across, size[1] // down), (part[0] * across, part[1] * down))
    width, height = box.width * across, box.height * down
    # Both are nearer to the picture than Lanczos, which draws rims along edges, wide ones at a few pixels per cell.
    shrunk = picture.width >= _MUCH * width and picture.height >= _MUCH * height
    way = Image.Resampling.HAMMING if shrunk else Image.Resampling.BICUBIC
    scaled = to_image(picture).resize((width, height), way, reducing_gap=3.0)
    ground = Image.new("RGB", size, background)
    ground.paste(scaled, (box.left * across, box.top * down))
    return np.asarray(ground)


_MUCH = 1.5
