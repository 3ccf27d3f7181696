"""Finds the chunks of a PNG file, with its texts and its image data, without decoding them.

Follows the PNG specification (W3C, third edition), sections 5 and 11.3.3. Knows nothing about records.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO, NamedTuple

from seedtui.core.errors import FileError

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MAX_TEXT = 2**20
"""Maximum size of a text in bytes, uncompressed: ten times the longest that seedtui writes."""

MAX_CHUNKS = 100_000
"""A file of 100 MiB written by libpng has about 13,000."""

_HEAD = struct.Struct(">I4s")
_CRC_BYTES = 4
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_IMAGE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_MAX_KEYWORD = 79


class Chunk(NamedTuple):
    """`start` is the offset of its data in the file, `length` the size in bytes."""

    kind: bytes
    start: int
    length: int


class Contents(NamedTuple):
    """The contents of a PNG file. `texts` has the first chunk for each keyword, `image` the chunks for decoding."""

    width: int
    height: int
    texts: dict[str, Chunk]
    image: tuple[Chunk, ...]
    exif: Chunk | None = None


def scan(file: BinaryIO, size: int) -> Contents:
    """The contents of `file`, which has `size` bytes.

    Raises:
        FileError: it is not a PNG file, or is truncated, broken or unreasonable.
    """
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise FileError("it is not a PNG file")
    texts: dict[str, Chunk] = {}
    image: list[Chunk] = []
    exif: Chunk | None = None
    chunk = Chunk(b"", 0, 0)
    for _ in range(MAX_CHUNKS):
        chunk = _next(file, size)
        if chunk.kind == b"IEND":
            break
        if chunk.kind in _TEXTS:
            keyword = file.read(min(chunk.length, _MAX_KEYWORD + 1)).partition(b"\0")[0]
            texts.setdefault(keyword.decode("latin-1"), chunk)
        elif chunk.kind in _IMAGE:
            image.append(chunk)
        elif chunk.kind == b"eXIf":
            exif = exif or chunk
        file.seek(chunk.start + chunk.length + _CRC_BYTES)
    else:
        raise FileError("it has more chunks than any picture needs")
    # A second header could give a larger size than the one that is checked.
    if [c.length for c in image if c.kind == b"IHDR"] != [13] or image[0].kind != b"IHDR":
        raise FileError("its PNG header is broken")
    if not any(c.kind == b"IDAT" for c in image):
        raise FileError("it has no image data")
    width, height = struct.unpack(">II", read_chunk(file, image[0])[:8])
    return Contents(width, height, texts, tuple(image), exif)


def read_chunk(file: BinaryIO, chunk: Chunk) -> bytes:
    """The data of `chunk`.

    Raises:
        FileError: its checksum is wrong.
    """
    file.seek(chunk.start)
    data = file.read(chunk.length)
    if zlib.crc32(data, zlib.crc32(chunk.kind)).to_bytes(_CRC_BYTES, "big") != file.read(_CRC_BYTES):
        raise FileError(f"its {chunk.kind.decode('latin-1')} chunk is damaged")
    return data


def read_text(file: BinaryIO, chunk: Chunk, most: int = MAX_TEXT) -> str:
    """The text of one of `Contents.texts`, of at most `most` bytes.

    In the standard, tEXt and zTXt are Latin-1; many programs write UTF-8, which Latin-1 text is hardly ever valid as.

    Raises:
        FileError: damaged, longer than `most`, or not text.
    """
    if chunk.length > most:
        raise FileError(f"it has a text of {chunk.length:,} bytes, which is too long")
    _, _, rest = read_chunk(file, chunk).partition(b"\0")
    packed = chunk.kind == b"zTXt"
    if chunk.kind == b"zTXt":
        rest = rest[1:]
    elif chunk.kind == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]
    try:
        data = _unpack(rest, most) if packed else rest
        return data.decode()
    except zlib.error as error:
        raise FileError(f"a text in it is damaged: {error}") from error
    except UnicodeError as error:
        if chunk.kind == b"iTXt":
            raise FileError(f"a text in it is damaged: {error}") from error
        return data.decode("latin-1")


def bare_file(file: BinaryIO, contents: Contents) -> bytes:
    """A PNG file with only the image data, checksums verified, so that the decoder sees nothing else.
    Raises:
        FileError: a chunk is damaged.
    """
    parts = [SIGNATURE]
    for chunk in (*contents.image, None):
        kind, data = (chunk.kind, read_chunk(file, chunk)) if chunk else (b"IEND", b"")
        crc = zlib.crc32(data, zlib.crc32(kind)).to_bytes(_CRC_BYTES, "big")
        parts += [_HEAD.pack(len(data), kind), data, crc]
    return b"".join(parts)


def _next(file: BinaryIO, size: int) -> Chunk:
    start = file.tell() + _HEAD.size
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise FileError("it is truncated")
    length, kind = _HEAD.unpack(head)
    if not (kind.isalpha() and kind.isascii()):
        raise FileError("it is broken: it has an invalid chunk")
    if start + length + _CRC_BYTES > size:
        raise FileError("it is truncated")
    return Chunk(kind, start, length)


def _unpack(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(data, most)
    if unpacker.unconsumed_tail:
        raise FileError(f"a text in it unpacks to more than {most:,} bytes")
    return text
