"""How often previews may go to the terminal: so many a second, and so many bytes a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from seedtui.terminal.renderers.renderer import Drawing


class Pacer:
    """Says when the next preview is due. What comes earlier is dropped, never kept: the next one is newer.

    if pace.take():
        show_previews()
    ...
    pace.spent(number_of_bytes)     # whatever they were for, when they are sent
    """

    def __init__(
        self, per_second: float, bytes_per_second: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """At most `per_second` previews; `bytes_per_second` of 0 sets no limit."""
        self._interval = 1 / per_second
        self._bytes_per_second = bytes_per_second
        self._clock = clock
        self._next = self._paid = clock()

    def take(self) -> bool:
        """Whether a preview may be shown now; if so, the next may not for a while."""
        now = self._clock()
        if now < max(self._next, self._paid):
            return False
        self._next = now + self._interval
        return True

    def spent(self, count: int) -> None:
        """`count` bytes go to the terminal: no preview before the limit has room for them."""
        if self._bytes_per_second:
            self._paid = max(self._paid, self._clock()) + count / self._bytes_per_second


_COLOURS = 40
"""Bytes of the codes before and after a piece of text in 24-bit colours."""


def text_cost(drawing: Drawing) -> int:
    """Bytes that a drawing's rows take on their way to the terminal, about."""
    return sum(len(text.encode()) + _COLOURS * bool(style) for row in drawing.rows for text, style, _ in row)
