"""The packets of an image for kitty's clipboard: their parts are the image, and none is too large."""

from __future__ import annotations

import re
from base64 import standard_b64decode

from hypothesis import given
from hypothesis import strategies as st

from seedtui.terminal.output.kitty_clipboard import image_packets, takes_images

PACKET = re.compile(r"\x1b\]5522;type=wdata:mime=aW1hZ2UvcG5n;([A-Za-z0-9+/=]+)\x1b\\")


@given(st.binary(min_size=1, max_size=20_000))
def test_the_parts_are_the_image(png: bytes) -> None:
    first, *parts, last = image_packets(png)
    assert first == "\x1b]5522;type=write\x1b\\" and last == "\x1b]5522;type=wdata\x1b\\"
    data = [standard_b64decode(found[1]) for part in parts if (found := PACKET.fullmatch(part))]
    assert len(data) == len(parts) and b"".join(data) == png
    assert all(len(part) <= 4096 for part in data)


def test_only_kitty_takes_images_and_not_through_tmux() -> None:
    assert takes_images({"TERM": "xterm-kitty"}) and takes_images({"KITTY_WINDOW_ID": "1", "TERM": "xterm-256color"})
    assert not takes_images({"TERM": "xterm-256color"})
    assert not takes_images({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-1000/default,1,0"})
