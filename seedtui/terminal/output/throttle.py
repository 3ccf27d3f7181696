"""Lets what is for the terminal through in order, and no faster than the way there takes it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from seedtui.terminal.renderers.kitty.protocol import sequences

_LEAST = 20_000
"""Bytes a second: `slow_down` goes no further."""


class _Load(NamedTuple):
    text: str
    beside: int
    through: asyncio.Future[None]


class Throttle:
    """`write` gets whole escape sequences, `bytes_per_second` of them at most; 0 lets all through at once.

    Other output may come between them. One picture's are never mixed with another's, which terminals forbid.
    """

    def __init__(self, write: Callable[[str], object], bytes_per_second: float = 0) -> None:
        self._write = write
        self._rate = bytes_per_second
        self._free = 0.0
        self._waiting: deque[_Load] = deque()
        self._task: asyncio.Task[None] | None = None

    def send(self, text: str, beside: int = 0) -> asyncio.Future[None]:
        """Done when `text` is written. `beside` counts bytes that follow by another way, such as the cells' own."""
        load = _Load(text, beside, asyncio.get_running_loop().create_future())
        if not self._rate:
            self._write(text)
            load.through.set_result(None)
            return load.through
        self._waiting.append(load)
        if self._task is None:
            self._task = asyncio.create_task(self._let_through())
        return load.through

    def slow_down(self) -> None:
        """Half as fast from now on: what was sent has not arrived."""
        self._rate = max(min(self._rate, _LEAST), self._rate / 2)

    def close(self) -> None:
        """Drop what waits."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    async def _let_through(self) -> None:
        while self._waiting:
            load = self._waiting.popleft()
            for sequence in sequences(load.text):
                await asyncio.sleep(self._free - time.monotonic())
                self._write(sequence)
                self._count(len(sequence))
            self._count(load.beside)
            if not load.through.done():  # else nobody waits for it any more
                load.through.set_result(None)
        self._task = None

    def _count(self, bytes_: int) -> None:
        self._free = max(self._free, time.monotonic()) + bytes_ / self._rate
