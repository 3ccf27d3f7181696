"""Inline images of iTerm2: a file that the terminal decodes and scales to a number of cells.

Source: https://iterm2.com/documentation-images.html. Besides iTerm2, WezTerm, VS Code, Konsole and mintty have it.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from math import sqrt

from PIL import Image


def inline_image(data: bytes, columns: int, rows: int) -> str:
    """The sequence that draws the PNG or JPEG `data` at the cursor, stretched to `columns` by `rows` cells."""
    # VS Code shows nothing without the size, and nothing of a file in several parts.
    options = f"inline=1;size={len(data)};width={columns};height={rows};preserveAspectRatio=0"
    return f"\x1b]1337;File={options}:{b64encode(data).decode('ascii')}\x07"


def jpeg_within(image: Image.Image, limit: int) -> bytes:
    """The best JPEG of the RGB `image` that takes at most `limit` bytes in base64.

    If none is small enough it gets fewer pixels, as the terminal scales it back.
    """
    for quality, chroma in _BEST_FIRST:
        jpeg = _jpeg(image, quality, chroma)
        if base64_length(jpeg) <= limit:
            return jpeg
    quality, chroma = _BEST_FIRST[-1]
    while base64_length(jpeg) > limit and image.size != (1, 1):
        side = min(0.9, 0.95 * sqrt(limit / base64_length(jpeg)))
        image = image.resize((max(1, int(image.width * side)), max(1, int(image.height * side))))
        jpeg = _jpeg(image, quality, chroma)
    return jpeg


def jpeg_preview(image: Image.Image) -> bytes:
    """A JPEG of a preview in its own size, as the terminal scales it: about 2 kB for 64x64 pixels."""
    return _jpeg(image, _PREVIEW_QUALITY, _FULL, optimize=True)


def png_exact(image: Image.Image) -> bytes:
    """A PNG with all colours, for where single pixels must be seen."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def base64_length(data: bytes) -> int:
    """How many bytes `data` takes in base64."""
    return -(-len(data) // 3) * 4


_FULL, _HALF = "4:4:4", "4:2:0"
_BEST_FIRST = ((90, _FULL), (85, _FULL), (75, _FULL), (75, _HALF), (60, _HALF), (45, _HALF))
"""Qualities, and the resolution of the hues. In as many bytes, 75 with full hues is nearer to the picture than 85 with
half of them."""

_PREVIEW_QUALITY = 80


def _jpeg(image: Image.Image, quality: int, chroma: str, *, optimize: bool = False) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=chroma, optimize=optimize)
    return out.getvalue()
