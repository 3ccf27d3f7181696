"""Small versions of pictures: tiles for a sheet, and sketches to sort them by. Pillow is imported only when needed."""

from __future__ import annotations

from seedtui.core.images.picture import Picture

SKETCH_SIDE = 8
"""Width and height of a sketch: composition and colours, and nothing else."""


def thumbnail(picture: Picture, side: int) -> Picture:
    """`picture` scaled down until its longest side is at most `side` pixels; itself if it is no larger."""
    longest = max(picture.width, picture.height)
    if longest <= side:
        return picture
    size = max(1, picture.width * side // longest), max(1, picture.height * side // longest)
    return Picture(*size, _scaled(picture, size))


def tiny_sketch(picture: Picture) -> bytes:
    """`picture` blurred and scaled down to `SKETCH_SIDE` x `SKETCH_SIDE` pixels: 192 bytes of RGB."""
    return _scaled(picture, (SKETCH_SIDE, SKETCH_SIDE))


def _scaled(picture: Picture, size: tuple[int, int]) -> bytes:
    from PIL import Image

    image = Image.frombuffer("RGB", (picture.width, picture.height), picture.pixels)
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0).tobytes()
