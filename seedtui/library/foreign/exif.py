"""Reads the texts in an EXIF block: a TIFF file without a picture (CIPA DC-008, sections 4.5 and 4.6).

Programs write text here in many encodings, so the encoding is guessed from the bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from seedtui.core.errors import FileError

MAX_ENTRIES = 500

_TAGS = {
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x927C: "MakerNote",
    0x9286: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
}
_EXIF_FOLDER = 0x8769
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CODES = {b"ASCII\0\0\0": "utf-8", b"JIS\0\0\0\0\0": "iso2022_jp", b"UNICODE\0": "utf-16", bytes(8): "utf-8"}
"""The character codes at the start of a UserComment, and the encodings they declare."""


def read(data: bytes) -> dict[str, str]:
    """The texts in `data`, by the names of their tags.

    ComfyUI and its custom nodes write ``prompt:{...}`` and ``Workflow: {...}`` into the camera tags; these are returned
    as ``prompt`` and ``workflow``.

    Raises:
        FileError: it is not EXIF.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        raise FileError("its EXIF is damaged")
    texts: dict[str, str] = {}
    for tag, value in _entries(data, order):
        name = _TAGS[tag]
        text = _user_comment(value) if name == "UserComment" else as_text(value)
        if match := re.match(r"\s*(prompt|workflow):\s*(?=\{)", text, re.IGNORECASE):
            name, text = match[1].lower(), text[match.end() :]
        texts.setdefault(name, text)
    return texts


def as_text(data: bytes) -> str:
    """`data` as text in the most plausible encoding, without trailing NULs."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16").rstrip("\0")
    if data.rstrip(b"\0").count(0) * 5 > len(data):
        return _utf16(data)
    try:
        return data.decode("utf-8-sig").rstrip("\0")
    except UnicodeError:
        # UTF-16 without a NUL is entirely in a non-Latin script; anything else comes from an old Windows program.
        utf16 = _utf16(data)
        return utf16 if "\ufffd" not in utf16 and any(c in utf16 for c in ":,{\n ") else _decoded(data, "cp1252")


def _entries(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Tag and value of each text entry in the first directory and the EXIF directory."""
    folders = [struct.unpack_from(f"{order}I", data, 4)[0]]
    for folder in folders:
        if folder + 2 > len(data):
            continue
        (count,) = struct.unpack_from(f"{order}H", data, folder)
        for place in range(folder + 2, min(folder + 2 + 12 * min(count, MAX_ENTRIES), len(data) - 11), 12):
            tag, kind, length, start = struct.unpack_from(f"{order}HHII", data, place)
            if tag == _EXIF_FOLDER and len(folders) == 1:
                folders.append(start)
            elif tag in _TAGS:
                size = length * _SIZES.get(kind, 1)
                start = start if size > 4 else place + 8
                if start + size <= len(data):
                    yield tag, data[start : start + size]


def _user_comment(value: bytes) -> str:
    """A UserComment. Its first eight bytes name the encoding, but may be missing or wrong."""
    code = _CODES.get(value[:8])
    if code is None:
        return as_text(value)
    rest = value[8:]
    if code == "iso2022_jp" and b"\x1b" in rest:
        return _decoded(rest, code)
    return _utf16(rest) if code == "utf-16" and not _is_utf8(rest) else as_text(rest)


def _is_utf8(data: bytes) -> bool:
    """Whether `data` is UTF-8 text, not UTF-16."""
    if data.rstrip(b"\0").count(0) * 20 > len(data):
        return False
    try:
        data.decode()
    except UnicodeError:
        return False
    return True


def _utf16(data: bytes) -> str:
    """Decode `data` as UTF-16 in the byte order that gives more ASCII: all these texts have commas and digits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16").rstrip("\0")
    both = [_decoded(data, order).rstrip("\0") for order in ("utf-16-be", "utf-16-le")]
    return max(both, key=lambda text: sum(" " <= c < "\x7f" or c in "\r\n\t" for c in text))


def _decoded(data: bytes, encoding: str) -> str:
    return data.decode(encoding, errors="replace")
