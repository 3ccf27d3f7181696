"""Puts the pictures of a row of tiles together into one: a sheet sends the terminal one picture a row."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.fit import fit
from seedtui.ui.widgets.sheet.tile import Tile

_FADED = 0.25
"""What is left of a picture that is rejected."""

_CUT = 0.1
"""How much of a picture may be cut off so that it fills its tile, whose sides are whole cells."""


def strip_picture(tiles: Sequence[Tile], size: tuple[int, int], background: str) -> Picture:
    """The pictures of `tiles` side by side, each as large as its tile of `size` pixels allows, without gaps."""
    width, height = size
    ground = Image.new("RGB", size, background)
    strip = Image.new("RGB", (width * len(tiles), height), background)
    for place, (picture, faded) in enumerate(tiles):
        if picture is None:
            continue
        image = _fitted(picture, size)
        if faded:
            image = Image.blend(ground.resize(image.size), image, _FADED)
        strip.paste(image, (place * width + (width - image.width) // 2, (height - image.height) // 2))
    return Picture(strip.width, strip.height, strip.tobytes())


def _fitted(picture: Picture, size: tuple[int, int]) -> Image.Image:
    """`picture` as large as fits into `size`, or over all of it if little is cut off for that."""
    image = Image.frombuffer("RGB", (picture.width, picture.height), picture.pixels)
    seen = fit(size, image.size)  # the part of the picture that has the tile's shape
    if seen.width * seen.height >= (1 - _CUT) * image.width * image.height:
        part = (seen.left, seen.top, seen.left + seen.width, seen.top + seen.height)
        return image.resize(size, Image.Resampling.LANCZOS, part, reducing_gap=3.0)
    box = fit(image.size, size)
    return image.resize((box.width, box.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
