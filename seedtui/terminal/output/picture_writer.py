"""Sends pictures to the terminal, and sends lost ones again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Protocol

from seedtui.terminal import Pacer, Renderer, Throttle
from seedtui.terminal.output.picture_layer import PictureLayer, Piece, Render
from seedtui.terminal.probe.tmux import Loss, through_tmux

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
    """A `Send`. `write` writes whole escape sequences; `send_again` has all widgets on the screen send their pictures
    again. All text for the screen passes through `show`.
    """

    def __init__(
        self, renderer: Renderer, pacer: Pacer, write: Callable[[str], None], send_again: Callable[[], None]
    ) -> None:
        self._renderer, self._pacer = renderer, pacer
        self._throttle = Throttle(write, renderer.bytes_per_second)
        self._layer = PictureLayer(tmux=renderer.in_tmux)
        self._send_again = send_again
        self._sent = asyncio.Event()
        self._unsure: set[Callable[[], object]] = set()

    def __call__(self, sequences: str, beside: int = 0, again: Callable[[], object] | None = None) -> Awaitable[None]:
        self._pacer.spent(len(sequences) + beside)
        through = self._throttle.send(sequences, beside)
        if (sequences or beside) and again and self._renderer.can_lose:
            through.add_done_callback(lambda _: self._doubt(again))
        return through

    def show(self, pieces: Iterable[Piece], render: Render) -> str:
        """What to write so that the screen shows these pieces."""
        before = self._layer.painted
        text = self._layer.show(pieces, render)
        if self._layer.painted > before:
            self._sent.set()
        question = self._pacer.question()
        return text + (through_tmux(question) if question and self._renderer.in_tmux else question)

    def resized(self) -> None:
        """The terminal has another size: what stands in it is unknown until `again`, and in tmux also where it is."""
        self._layer.forget()
        if self._renderer.in_tmux and self._renderer.paints:
            self._layer.place = None

    @property
    def lost_in_the_background(self) -> bool:
        """Whether pictures may be lost while the terminal does not have the focus: it may be another one, or tmux may
        have drawn over them.
        """
        return self._renderer.can_lose or not self._renderer.paints

    async def again(self) -> None:
        """Send all pictures again, to where the screen is now."""
        self.resized()
        self._layer.place = await asyncio.to_thread(self._renderer.settle)
        self._send_again()

    async def settled(self) -> None:
        """The terminal has had its size for a while: send again what it, or tmux, may have lost."""
        before = self._renderer.cell
        self._layer.place = await asyncio.to_thread(self._renderer.settle)
        if self.lost_in_the_background or self._renderer.cell != before:
            self._send_again()

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
            if loss is Loss.ALL:
                await self.again()
            elif loss:
                self._layer.forget()
                for again in unsure:
                    again()
            before = loss

    def close(self) -> None:
        """Send nothing more."""
        self._throttle.close()

    def _doubt(self, again: Callable[[], object]) -> None:
        self._unsure.add(again)
        self._sent.set()
