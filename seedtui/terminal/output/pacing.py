"""Limits how many previews, and how many bytes, go to the terminal per second."""

from __future__ import annotations

import time
from collections.abc import Callable

from seedtui.terminal.renderers.renderer import Drawing


class Pacer:
    """Says when the next preview is due. Earlier ones are dropped, not kept: the next one is newer.

    if pace.take():
        show_previews()
    ...
    pace.spent(number_of_bytes)     # whenever anything is sent
    """

    def __init__(
        self, per_second: float, bytes_per_second: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Allow at most `per_second` previews, and `bytes_per_second` bytes, 0 for no limit."""
        self._interval = 1 / per_second
        self._bytes_per_second = bytes_per_second
        self._clock = clock
        self._next = self._paid = clock()

    def take(self) -> bool:
        """Whether a preview may be shown now. If so, it counts as shown."""
        now = self._clock()
        if now < max(self._next, self._paid):
            return False
        self._next = now + self._interval
        return True

    def spent(self, count: int) -> None:
        """Count `count` bytes sent to the terminal, which delay the next preview if there is a limit."""
        if self._bytes_per_second:
            self._paid = max(self._paid, self._clock()) + count / self._bytes_per_second


_COLOURS = 40
"""Bytes of the colour codes around a piece of text in 24-bit colours."""


def text_cost(drawing: Drawing) -> int:
    """Approximate size in bytes of a drawing's rows as sent to the terminal."""
    return sum(len(text.encode()) + _COLOURS * bool(style) for row in drawing.rows for text, style, _ in row)
