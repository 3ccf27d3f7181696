"""Finds kitty's, iTerm2's and sixel pictures in what a program writes, also on their way through tmux."""

from __future__ import annotations

import re

_PICTURE = re.compile(
    r"_G[^;\x1b]*m=0;[^\x1b]*"  # its last part
    r"|\]1337;File=[^\x07\x1b]*"
    r"|P0;1;0?q[^\x1b]*"
)


def pictures_in(sequences: str | bytes) -> list[str]:
    """The pictures, as the sequences they came in (of kitty's only the last part), without those around them."""
    return _PICTURE.findall(sequences if isinstance(sequences, str) else sequences.decode("utf-8", "replace"))
