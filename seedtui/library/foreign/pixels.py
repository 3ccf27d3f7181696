"""Decodes the pixels of an image that may hide a text, which is needed only if the metadata has none."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import MAX_SIDE
from seedtui.files.reading import open_file
from seedtui.library.images import chunks

MAX_FILE = 128 * 2**20
MAX_PIXELS = MAX_SIDE * MAX_SIDE


def hidden_image(path: Path) -> Image.Image | None:
    """The image in the PNG or WebP file `path`, None if it is too large or has another format.
    Raises:
        FileError: it cannot be read, or is damaged.
    """
    with open_file(path) as (file, size):
        if size > MAX_FILE:
            return None
        start = file.read(16)
        file.seek(0)
        if start.startswith(chunks.SIGNATURE):
            contents = chunks.scan(file, size)
            if contents.width * contents.height > MAX_PIXELS:
                return None
            data, format_ = chunks.bare_file(file, contents), "PNG"
        elif start[8:12] == b"WEBP":
            data, format_ = file.read(), "WEBP"
        else:
            return None
    try:
        with Image.open(io.BytesIO(data), formats=(format_,)) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.load()
            result: Image.Image | None = image
            return result
    # What Pillow raises on invalid data, from its own code and from zlib.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error) as error:
        raise FileError("its image data is damaged") from error
