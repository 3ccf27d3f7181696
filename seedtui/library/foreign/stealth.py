"""Reads “stealth pnginfo”: texts in the lowest bits of the pixels, where they survive programs that drop metadata.

NovelAI writes them into the alpha channel; an extension of AUTOMATIC1111's web UI uses alpha or the colours.
"""

from __future__ import annotations

import zlib

import numpy as np
from PIL import Image

from seedtui.core.errors import FileError
from seedtui.library.foreign.json_text import is_object, parse_object
from seedtui.library.foreign.texts import MAX_TEXT

_SIGNATURES = {b"stealth_pnginfo": False, b"stealth_pngcomp": True, b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
"""The signatures, and whether the text after them is compressed with gzip."""


def read(image: Image.Image) -> dict[str, str]:
    """The texts in the pixels of `image`, if any.

    Raises:
        FileError: they are damaged.
    """
    pixels = np.asarray(image.convert("RGBA"))
    for channels in ([3], [0, 1, 2]):
        # Column by column, each from the top.
        bits = (pixels[:, :, channels].swapaxes(0, 1).reshape(-1)) & 1
        start = np.packbits(bits[: 15 * 8 + 32]).tobytes()
        if start[:15] in _SIGNATURES and len(start) == 19:
            length = int.from_bytes(start[15:], "big") // 8
            if length > MAX_TEXT or 19 + length > len(bits) // 8:
                raise FileError("the text in its pixels is damaged")
            data = np.packbits(bits[19 * 8 : (19 + length) * 8]).tobytes()
            return _texts(data, _SIGNATURES[start[:15]])
    return {}


def _texts(data: bytes, packed: bool) -> dict[str, str]:
    try:
        if packed:
            data = zlib.decompressobj(31).decompress(data, MAX_TEXT)
        text = data.decode()
    except (zlib.error, UnicodeError) as error:
        raise FileError("the text in its pixels is damaged") from error
    if is_object(text):
        return {name: value for name, value in parse_object(text).items() if isinstance(value, str)}
    return {"parameters": text}
