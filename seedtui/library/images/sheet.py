"""Combines several pictures into one sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from seedtui.core.images.picture import Picture


def make_grid(pictures: Sequence[Picture], columns: int, rows: int) -> Picture:
    """`pictures` row by row in cells of the first one's size, pixel for pixel like Diffusers' `make_image_grid`.

    Raises:
        ValueError: there are not ``columns * rows`` pictures.
    """
    if not pictures or len(pictures) != columns * rows:
        raise ValueError(f"{len(pictures)} pictures do not fill {columns} columns and {rows} rows")
    width, height = pictures[0].width, pictures[0].height
    grid = Image.new("RGB", (columns * width, rows * height))
    for i, picture in enumerate(pictures):
        image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
        grid.paste(image, (i % columns * width, i // columns * height))
    return Picture(grid.width, grid.height, grid.tobytes())
