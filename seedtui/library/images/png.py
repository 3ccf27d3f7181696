"""PNG files that record how they were made, for seedtui (`seedtui`) and for other programs (`parameters`)."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image, PngImagePlugin

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import MAX_SIDE
from seedtui.files.errors import shown
from seedtui.files.reading import open_file
from seedtui.library.images import chunks
from seedtui.library.images.metadata import decode_record, encode_record
from seedtui.library.images.parameters import parameters

KEYWORD = "seedtui"

MAX_FILE = 128 * 2**20
"""Maximum size of a file in bytes: a 4096 x 4096 picture has 48 MiB of pixels."""

MAX_PIXELS = MAX_SIDE * MAX_SIDE

_LEVEL = 1
"""zlib's fastest level: about a tenth larger than the default, but several times faster."""

_NO_RECORD = "Only images made by seedtui have a full record; for others, use seedtui info"


def encode_png(picture: Picture, record: ImageRecord) -> bytes:
    """A PNG file of `picture` (8-bit RGB) with `record` in it.

    Raises:
        FileError: `record` has a value that could not be read back.
    """
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", parameters(record, picture.width, picture.height))
    texts.add_itxt(KEYWORD, encode_record(record))
    return _encode(picture, texts)


def encode_plain_png(picture: Picture) -> bytes:
    """A PNG file of only `picture`, for sheets and copies that are not an image of a round."""
    return _encode(picture, None)


def read_png(path: Path) -> tuple[Picture, ImageRecord]:
    """The picture and the record in the PNG file `path`. `pixels_intact` checks whether they match.

    Raises:
        FileError: it cannot be read, is not a complete PNG file, or has no usable record.
    """
    with _opened(path) as (file, contents):
        record = _record(file, contents)
        return _picture(file, contents), record


def read_record(path: Path) -> ImageRecord:
    """The record in the PNG file `path`, without decoding its pixels.

    Raises:
        FileError: as in `read_png`.
    """
    with _opened(path) as (file, contents):
        return _record(file, contents)


def read_size(path: Path) -> tuple[int, int]:
    """Width and height, in pixels, of the PNG file `path`.

    Raises:
        FileError: it cannot be read, or is not a complete PNG file.
    """
    with _opened(path) as (_, contents):
        return contents.width, contents.height


def read_picture(path: Path) -> Picture:
    """The picture in any PNG file, as 8-bit RGB.

    Raises:
        FileError: it cannot be read, is not a complete PNG file, or has more than `MAX_PIXELS`.
    """
    with _opened(path) as (file, contents):
        return _picture(file, contents)


def pixels_intact(picture: Picture, record: ImageRecord) -> bool:
    """Whether `picture` is, bit for bit, the one that `record` was written for."""
    return pixel_hash(picture.pixels) == record.sha256


def _encode(picture: Picture, texts: PngImagePlugin.PngInfo | None) -> bytes:
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=_LEVEL, pnginfo=texts)
    return buffer.getvalue()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, chunks.Contents]]:
    """The file `path` and its contents. Errors in the contents, here or within the context, name the file."""
    with open_file(path) as (file, size):
        try:
            if size > MAX_FILE:
                raise FileError(f"it has {size:,} bytes, more than the limit of {MAX_FILE:,}")
            contents = chunks.scan(file, size)
            if not 0 < contents.width * contents.height <= MAX_PIXELS:
                raise FileError(f"a size of {contents.width}x{contents.height} pixels cannot be read")
            yield file, contents
        except FileError as error:
            raise FileError(f"cannot use {shown(path)}: {error.problem.message}", error.problem.hint) from error


def _record(file: BinaryIO, contents: chunks.Contents) -> ImageRecord:
    chunk = contents.texts.get(KEYWORD)
    if chunk is None:
        reason = "its metadata is from another program" if contents.texts else "it has no metadata"
        raise FileError(f"{reason}, so it has no seedtui record", _NO_RECORD)
    return decode_record(chunks.read_text(file, chunk))


def _picture(file: BinaryIO, contents: chunks.Contents) -> Picture:
    bare = io.BytesIO(chunks.bare_file(file, contents))
    try:
        with Image.open(bare, formats=("PNG",)) as image:
            rgb = image.convert("RGB")
    # What Pillow raises on invalid data, from its own code and from zlib.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error) as error:
        raise FileError(f"its image data is damaged: {error}") from error
    return Picture(rgb.width, rgb.height, rgb.tobytes())
