"""Sends pictures to the terminal, and sends lost ones again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from seedtui.terminal import Pacer, Renderer, Throttle
from seedtui.terminal.probe.tmux import Loss

_NOW_AND_THEN = 2.0
_A_LITTLE_LATER = 0.5
"""Seconds between checks for losses, and from the last picture sent to a check."""


class Send(Protocol):
    """Sends what a `Renderer` returns; the result is done when it has been written.

    `beside` is the number of other bytes that go to the terminal with it. `again` sends it once more.
    """

    def __call__(
        self, sequences: str, beside: int = 0, again: Callable[[], object] | None = None
    ) -> Awaitable[None]: ...


class PictureWriter:
    """A `Send`. `write` writes whole escape sequences; `send_again` sends all pictures on the screen again."""

    def __init__(
        self, renderer: Renderer, pacer: Pacer, write: Callable[[str], None], send_again: Callable[[], None]
    ) -> None:
        self._renderer, self._pacer = renderer, pacer
        self._throttle = Throttle(write, renderer.bytes_per_second)
        self._send_again = send_again
        self._sent = asyncio.Event()
        self._unsure: set[Callable[[], object]] = set()

    def __call__(self, sequences: str, beside: int = 0, again: Callable[[], object] | None = None) -> Awaitable[None]:
        self._pacer.spent(len(sequences) + beside)
        through = self._throttle.send(sequences, beside)
        if sequences and again and self._renderer.can_lose:
            through.add_done_callback(lambda _: self._doubt(again))
        return through

    async def watch(self) -> None:
        """Check for losses as long as they are possible: old versions of tmux drop output while they redraw."""
        before = Loss.NOTHING
        while self._renderer.can_lose:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sent.wait(), _NOW_AND_THEN)
            self._sent.clear()
            await asyncio.sleep(_A_LITTLE_LATER)
            unsure, self._unsure = self._unsure, set()
            loss = await asyncio.to_thread(self._renderer.lost)
            if loss and before:
                self._throttle.slow_down()
            for again in (self._send_again,) if loss is Loss.ALL else unsure if loss else ():
                again()
            before = loss

    def close(self) -> None:
        """Send nothing more."""
        self._throttle.close()

    def _doubt(self, again: Callable[[], object]) -> None:
        self._unsure.add(again)
        self._sent.set()
