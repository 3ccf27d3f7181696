"""Reads the texts in an image file by keyword, for all supported formats, without decoding pixels.

A text that is damaged or too long is skipped and the reason is kept: the other texts may be enough.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from seedtui.core.errors import FileError
from seedtui.files.errors import shown
from seedtui.files.reading import open_file
from seedtui.library.foreign import exif, xmp
from seedtui.library.images import chunks

MAX_TEXT = 4 * 2**20
"""Maximum size of a text in bytes, uncompressed. ComfyUI's graphs are long: several hundred KiB."""

MAX_TEXTS = 200
MAX_ALL = 4 * MAX_TEXT
"""Maximum number of characters in all texts together."""
MAX_PARTS = 100_000
"""Maximum number of segments or chunks to read."""

_JPEG = b"\xff\xd8\xff"
_XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""The markers of a JPEG file (SOF0 to SOF15) that contain its size."""


class Texts(NamedTuple):
    """The texts of an image by keyword, the size of the image in pixels, and the problems with unreadable texts.

    Keywords are those of PNG text chunks, names of EXIF tags such as ``UserComment``, and for XMP ``CreatorTool``,
    ``Description`` and ``UserComment``.
    """

    texts: dict[str, str]
    width: int
    height: int
    problems: dict[str, str]


def read_texts(path: Path) -> Texts:
    """The texts in the PNG, JPEG or WebP file `path`.

    Raises:
        FileError: it cannot be read, is none of these, or is truncated.
    """
    with open_file(path) as (file, size):
        start = file.read(12)
        file.seek(0)
        try:
            if start.startswith(chunks.SIGNATURE):
                return _png(file, size)
            if start.startswith(_JPEG):
                return _jpeg(file)
            if start[:4] == b"RIFF" and start[8:] == b"WEBP":
                return _webp(file, size)
            raise FileError("it is not a PNG, JPEG or WebP file")
        except FileError as error:
            raise FileError(f"cannot use {shown(path)}: {error.problem.message}", error.problem.hint) from error


class _Found:
    """Collects texts; the first one for each keyword counts."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self._left = MAX_ALL

    def add(self, where: str, read: Callable[[], dict[str, str]]) -> None:
        """Add the texts that `read` returns; an error is kept under `where`."""
        if self._left <= 0:
            self.problems.setdefault(where, "it has too much text")
            return
        try:
            for keyword, text in read().items():
                self._left -= len(text)
                if len(self.texts) < MAX_TEXTS and text.strip("\0 \r\n\t"):
                    self.texts.setdefault(keyword, text)
        except FileError as error:
            self.problems.setdefault(where, error.problem.message)

    def done(self, width: int, height: int) -> Texts:
        return Texts(self.texts, width, height, self.problems)


def _png(file: BinaryIO, size: int) -> Texts:
    contents, found = chunks.scan(file, size), _Found()
    for keyword, chunk in list(contents.texts.items())[:MAX_TEXTS]:
        found.add(keyword, lambda k=keyword, c=chunk: {k: chunks.read_text(file, c, MAX_TEXT)})  # type: ignore[misc]
    if "XML:com.adobe.xmp" in found.texts:
        found.add("XMP", lambda: xmp.read(found.texts.pop("XML:com.adobe.xmp")))
    if contents.exif is not None and contents.exif.length <= MAX_TEXT:
        block = contents.exif
        found.add("EXIF", lambda: exif.read(chunks.read_chunk(file, block)))
    return found.done(contents.width, contents.height)


def _jpeg(file: BinaryIO) -> Texts:
    found = _Found()
    width = height = 0
    for marker, data in _segments(file):
        if marker in _FRAMES and len(data) >= 5:
            height, width = struct.unpack(">HH", data[1:5])
        elif marker == 0xE1:
            found.add("EXIF", lambda d=data: _metadata(d))  # type: ignore[misc]
        elif marker == 0xFE:
            found.add("Comment", lambda d=data: {"Comment": exif.as_text(d)})  # type: ignore[misc]
    if not width:
        raise FileError("it is broken: it has no picture")
    return found.done(width, height)


def _segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The markers of a JPEG file before its image data, and the content of each."""
    file.seek(2)
    for _ in range(MAX_PARTS):
        head = file.read(2)
        if head == b"\xff\xff":
            file.seek(-1, 1)  # any number of fill bytes may precede a marker
            continue
        if len(head) < 2 or head[0] != 0xFF:
            raise FileError("it is broken or truncated")
        if head[1] in (0xDA, 0xD9):
            return
        length = int.from_bytes(file.read(2), "big")
        data = file.read(max(0, length - 2))
        if length < 2 or len(data) < length - 2:
            raise FileError("it is truncated")
        yield head[1], data
    raise FileError("it has more parts than any picture needs")


def _webp(file: BinaryIO, size: int) -> Texts:
    found = _Found()
    width = height = 0
    place = 12
    for _ in range(MAX_PARTS):
        if place + 8 > size:
            break
        file.seek(place)
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind in (b"EXIF", b"XMP "):
            if length <= MAX_TEXT:
                data = file.read(length)
                found.add("EXIF", lambda k=kind, d=data: xmp.read(exif.as_text(d)) if k == b"XMP " else _metadata(d))  # type: ignore[misc]
            else:
                found.problems.setdefault("EXIF", f"it has a text of {length:,} bytes, which is too long")
        elif not width and kind in (b"VP8X", b"VP8L", b"VP8 "):
            width, height = _webp_size(kind, file.read(min(length, 10)).ljust(10, b"\0"))
        place += 8 + length + length % 2
    if not width:
        raise FileError("it is broken: it has no picture")
    return found.done(width, height)


def _webp_size(kind: bytes, head: bytes) -> tuple[int, int]:
    """Width and height of a WebP picture: RFC 9649, sections 2.5, 2.6 and 2.7."""
    if kind == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _metadata(data: bytes) -> dict[str, str]:
    """The texts in a block of EXIF, or of XMP in a JPEG file."""
    if data.startswith(_XMP_IN_JPEG):
        return xmp.read(exif.as_text(data[len(_XMP_IN_JPEG) :]))
    return exif.read(data.removeprefix(b"Exif\0\0"))
