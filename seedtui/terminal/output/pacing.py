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
    if pace.asks():                 # after it
        write(ASK_CURSOR)
    ...
    pace.answered()                 # when the terminal reports its cursor

    The terminal answers once it has read all that was sent before, so previews never wait in a slow connection.
    """

    def __init__(
        self, per_second: float, bytes_per_second: float = 0, clock: Callable[[], float] = time.monotonic,
        *, asks: bool = False,
    ) -> None:  # fmt: skip
        """Allow at most `per_second` previews, and `bytes_per_second` bytes, 0 for no limit. `asks`: the terminal is
        one that answers.
        """
        self._clock = clock
        self._next = self._paid = clock()
        self._unasked = False
        self._asked: float | None
        self.set_limits(per_second, bytes_per_second, asks=asks)

    def set_limits(self, per_second: float, bytes_per_second: float = 0, *, asks: bool) -> None:
        """Set other limits. A question that is open is forgotten."""
        self._interval, self._bytes_per_second = 1 / per_second, bytes_per_second
        self._asked, self._unanswered = None, 0 if asks else _TRIES

    def take(self) -> bool:
        """Whether a preview may be shown now. If so, it counts as shown."""
        now = self._clock()
        if now < max(self._next, self._paid) or self._waits(now):
            return False
        self._next = now + self._interval
        return True

    def spent(self, count: int) -> None:
        """Count `count` bytes sent to the terminal, which delay the next preview if there is a limit."""
        self._unasked = self._unasked or count > 0
        if self._bytes_per_second:
            self._paid = max(self._paid, self._clock()) + count / self._bytes_per_second

    def asks(self) -> bool:
        """Whether to ask now: not if nothing has been sent since the last question, or it is open."""
        if not self._unasked or self._asked is not None or self._unanswered >= _TRIES:
            return False
        self._unasked, self._asked = False, self._clock()
        return True

    def answered(self) -> None:
        """The terminal has answered the question."""
        if self._asked is not None:
            self._asked, self._unanswered = None, 0

    def _waits(self, now: float) -> bool:
        """Whether an answer is still due. A terminal that never answers is not asked again."""
        if self._asked is not None and now - self._asked > _PATIENCE:
            self._asked = None
            self._unanswered += 1
        return self._asked is not None


_PATIENCE, _TRIES = 5.0, 2
"""Seconds to wait for an answer, and how many questions may go without one."""

_COLOURS = 40
"""Bytes of the colour codes around a piece of text in 24-bit colours."""


def rows_cost(drawing: Drawing) -> int:
    """Approximate size in bytes of a drawing's rows as sent to the terminal."""
    if drawing.painting is not None:
        return drawing.painting.bytes
    return sum(len(text.encode()) + _COLOURS * bool(style) for row in drawing.rows for text, style, _ in row)
