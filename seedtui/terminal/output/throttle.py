"""Writes to the terminal in order, and no faster than the connection allows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from seedtui.terminal.renderers.kitty.protocol import sequences

_LEAST = 20_000
"""Bytes per second below which `slow_down` does not go."""


class _Load(NamedTuple):
    text: str
    beside: int
    through: asyncio.Future[None]


class Throttle:
    """Calls `write` with whole escape sequences, at most `bytes_per_second` bytes; with 0, everything at once.

    Other output may come between sequences, but those of different pictures never mix, which terminals forbid.
    """

    def __init__(self, write: Callable[[str], object], bytes_per_second: float = 0) -> None:
        self._write = write
        self.rate = bytes_per_second
        self._free = 0.0
        self._waiting: deque[_Load] = deque()
        self._task: asyncio.Task[None] | None = None

    def send(self, text: str, beside: int = 0) -> asyncio.Future[None]:
        """Write `text`; done when it is written. `beside` counts bytes sent in other ways, such as the cells."""
        load = _Load(text, beside, asyncio.get_running_loop().create_future())
        if not self.rate:
            self._write(text)
            load.through.set_result(None)
            return load.through
        self._waiting.append(load)
        if self._task is None:
            self._task = asyncio.create_task(self._let_through())
        return load.through

    def slow_down(self) -> None:
        """Halve the rate, because output did not arrive."""
        self.rate = max(min(self.rate, _LEAST), self.rate / 2)

    def close(self) -> None:
        """Drop everything that waits."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    async def _let_through(self) -> None:
        while self._waiting:
            load = self._waiting.popleft()
            await asyncio.sleep(self._free - time.monotonic())
            for sequence in sequences(load.text):
                await asyncio.sleep(self._free - time.monotonic())
                self._write(sequence)
                self._count(len(sequence))
            self._count(load.beside)
            if not load.through.done():  # else it was cancelled
                load.through.set_result(None)
        self._task = None

    def _count(self, bytes_: int) -> None:
        self._free = max(self._free, time.monotonic()) + bytes_ / self.rate
