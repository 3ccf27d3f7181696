"""JPEG and WebP files with metadata, and texts in pixels, as other programs write them."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image

USER_COMMENT = 0x9286


def tiff(tags: dict[int, bytes], order: str = ">", kind: int = 7) -> bytes:
    """A block of EXIF: `tags` from 0x9000 on are in its own folder, the others, which are ASCII, in the first."""
    first = {tag: value for tag, value in tags.items() if tag < 0x9000}
    own = {tag: value for tag, value in tags.items() if tag >= 0x9000}
    start = 8 + 2 + 12 * (len(first) + bool(own)) + 4
    head, data = b"", b""

    def entry(tag: int, value: bytes, kind: int) -> bytes:
        nonlocal data
        place = start + len(data)
        if len(value) > 4:
            data += value
            return struct.pack(f"{order}HHII", tag, kind, len(value), place)
        return struct.pack(f"{order}HHI", tag, kind, len(value)) + value.ljust(4, b"\0")

    head += b"".join(entry(tag, value, 2) for tag, value in first.items())
    if own:
        folder = start + len(data)
        size = 2 + 12 * len(own) + 4
        data += bytes(size)
        entries = b"".join(entry(tag, value, kind) for tag, value in own.items())
        at = folder - start
        data = data[:at] + struct.pack(f"{order}H", len(own)) + entries + bytes(4) + data[at + size :]
        head += struct.pack(f"{order}HHII", 0x8769, 4, 1, folder)
    sign = b"MM\0*" if order == ">" else b"II*\0"
    count = struct.pack(f"{order}H", len(first) + bool(own))
    return sign + struct.pack(f"{order}I", 8) + count + head + bytes(4) + data


def jpeg(path: Path, exif: bytes | None = None, xmp: str | None = None, comment: bytes | None = None) -> Path:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 96), (90, 120, 150)).save(buffer, "JPEG")
    raw = buffer.getvalue()
    parts = [(0xE1, b"Exif\0\0" + exif)] if exif is not None else []
    parts += [(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode())] if xmp is not None else []
    parts += [(0xFE, comment)] if comment is not None else []
    between = b"".join(bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data for marker, data in parts)
    path.write_bytes(raw[:2] + between + raw[2:])
    return path


def webp(path: Path, exif: bytes | None = None, xmp: str | None = None, *, lossless: bool = False) -> Path:
    given = {"exif": exif} if exif is not None else {}
    given |= {"xmp": xmp.encode()} if xmp is not None else {}
    Image.new("RGB", (64, 96), (90, 120, 150)).save(path, "WEBP", lossless=lossless, **given)
    return path


def hidden(path: Path, text: str, *, colours: bool = False, packed: bool = True) -> Path:
    """A file whose pixels hold `text`, as NovelAI writes it into the alpha channel."""
    data = gzip.compress(text.encode(), mtime=0) if packed else text.encode()
    sign = f"stealth_{'rgb' if colours else 'png'}{'comp' if packed else 'info'}".encode()
    bits = np.unpackbits(np.frombuffer(sign + struct.pack(">I", 8 * len(data)) + data, np.uint8))
    pixels = np.full((128, 128, 4), 254, np.uint8)
    channels = [0, 1, 2] if colours else [3]
    lowest = np.zeros(128 * 128 * len(channels), np.uint8)
    lowest[: len(bits)] = bits
    pixels[:, :, channels] |= lowest.reshape(128, 128, len(channels)).swapaxes(0, 1)
    Image.fromarray(pixels).save(path, lossless=True)
    return path
