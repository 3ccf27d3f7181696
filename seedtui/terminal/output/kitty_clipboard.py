"""Copies an image to the terminal's clipboard with kitty's protocol (OSC 5522), over SSH too. Pure.

The terminal answers ``OSC 5522 ; type=write:status=DONE ST``, or with an error in place of ``DONE``.
Source: https://sw.kovidgoyal.net/kitty/clipboard/
"""

from __future__ import annotations

from base64 import standard_b64encode
from collections.abc import Iterator, Mapping

MAX_BYTES = 32 * 2**20
"""The largest image that is sent."""

_CHUNK = 4096
"""Bytes in one packet, before they are encoded, as the protocol has it."""


def takes_images(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is kitty. tmux passes neither the image nor the answer on."""
    return "TMUX" not in environ and (environ.get("TERM") == "xterm-kitty" or "KITTY_WINDOW_ID" in environ)


def image_packets(png: bytes) -> Iterator[str]:
    """The escape sequences, one after the other; other output may come between them."""
    yield _packet("type=write")
    for start in range(0, len(png), _CHUNK):
        yield _packet(f"type=wdata:mime={_encoded(b'image/png')};{_encoded(png[start : start + _CHUNK])}")
    yield _packet("type=wdata")


def _packet(words: str) -> str:
    return f"\x1b]5522;{words}\x1b\\"


def _encoded(data: bytes) -> str:
    return standard_b64encode(data).decode("ascii")
