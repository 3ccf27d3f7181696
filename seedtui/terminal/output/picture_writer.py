"""Sends pictures to the terminal, and sends lost ones again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Protocol

from seedtui.terminal.output.pacing import Pacer
from seedtui.terminal.output.picture_layer import PictureLayer, Piece, Render
from seedtui.terminal.output.throttle import Throttle
from seedtui.terminal.probe.answers import ASK_CURSOR
from seedtui.terminal.probe.modes import PIXELS
from seedtui.terminal.probe.tmux import HERE, Loss
from seedtui.terminal.renderers.switchable import SwitchableRenderer

_NOW_AND_THEN, _OFTEN = 2.0, 0.3
_A_LITTLE_LATER = 0.5
"""Seconds between checks for losses, if tmux need not tell of other windows or if it must, and from the last picture
sent to a check.
"""


class Send(Protocol):
    """Sends what a `Renderer` returns; the result is done when it has been written.

    `beside` is the number of other bytes that go to the terminal with it. `again` sends it once more.
    """

    def __call__(
        self, sequences: str, beside: int = 0, again: Callable[[], object] | None = None
    ) -> Awaitable[None]: ...


class PictureWriter:
    """A `Send`. `write` writes whole escape sequences. `send_again` has all widgets on the screen send their pictures
    again. `other_terminal` is called if another terminal was attached to tmux; `adopt` once it is known how it draws.

    All text for the screen passes through `show`.
    """

    def __init__(
        self, renderer: SwitchableRenderer, write: Callable[[str], None], send_again: Callable[[], None],
        other_terminal: Callable[[], None],
    ) -> None:  # fmt: skip
        self._renderer, self._send_again, self._other_terminal = renderer, send_again, other_terminal
        self.pacer = Pacer(1.0)
        self._written = 0
        self._rests = self._is_due = False
        self._one_at_a_time = asyncio.Lock()  # or tmux would draw for one over what another has painted
        self._throttle = Throttle(write)
        self._layer = PictureLayer()
        self._sent = asyncio.Event()
        self._unsure: set[Callable[[], object]] = set()
        self.adopt()

    def adopt(self) -> None:
        """Follow the renderer, which may draw in another way now."""
        self._rests = False
        link = self._renderer.link
        asks = self._renderer.name in PIXELS  # such a terminal has answered before
        self.pacer.set_limits(link.previews_per_second, link.bytes_per_second, asks=asks)
        self._throttle.rate = link.bytes_per_second
        self._layer.in_tmux = link.in_tmux
        self._layer.place = None if self._paints_through_tmux else HERE
        self._layer.forget()

    def rest(self) -> None:
        """Paint nothing, and ask the terminal nothing, until `adopt`."""
        self._rests = True
        self._layer.place = None
        self.pacer.set_limits(1.0, asks=False)

    def __call__(self, sequences: str, beside: int = 0, again: Callable[[], object] | None = None) -> Awaitable[None]:
        self.pacer.spent(len(sequences) + beside)
        through = self._throttle.send(sequences, beside)
        if (sequences or beside) and again and self._renderer.link.lost:
            through.add_done_callback(lambda _: self._doubt(again))
        return through

    def show(self, pieces: Iterable[Piece], render: Render) -> str:
        """What to write so that the screen shows these pieces."""
        before = self._layer.painted
        text = self._layer.show(pieces, render)
        if self._layer.painted > before:
            self._sent.set()
        self._written += len(text)
        return text + ASK_CURSOR if self.pacer.asks() else text

    @property
    def keeps_pictures(self) -> bool:
        """Whether the terminal itself keeps pictures, as kitty does: it may have lost them, or be another one."""
        return self._renderer.name in PIXELS and not self._renderer.link.paints

    def resized(self) -> None:
        """The terminal has another size: what stands in it is unknown, and in tmux also where it is."""
        self._layer.forget()
        if self._paints_through_tmux:
            self._layer.place = None

    async def again(self) -> None:
        """Send all pictures again, to where the screen is now."""
        self.resized()
        if self._is_due:
            return  # another call is about to
        self._is_due = True
        async with self._one_at_a_time:
            self._is_due = False
            if not self._rests and not await self._is_another_terminal() and await self._settle():
                self._send_again()

    async def settled(self) -> None:
        """The terminal has had its size for a while: send again what it, or tmux, may have lost."""
        before = self._renderer.cell
        async with self._one_at_a_time:
            if self._rests or await self._is_another_terminal() or not await self._settle():
                return
            if self.keeps_pictures or self._renderer.link.in_tmux or self._renderer.cell != before:
                self._send_again()

    async def watch(self) -> None:
        """Check for losses as long as they are possible: old versions of tmux drop output while they redraw."""
        before = Loss.NOTHING
        while self._renderer.link.lost:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sent.wait(), _OFTEN if self._paints_through_tmux else _NOW_AND_THEN)
            self._sent.clear()
            await asyncio.sleep(_A_LITTLE_LATER)
            loss = await self.check()
            if loss and before:
                self._throttle.slow_down()
            before = loss

    async def check(self) -> Loss:
        """Send again what was lost since the last check."""
        if (lost := self._renderer.link.lost) is None or self._rests:
            return Loss.NOTHING
        unsure, self._unsure = self._unsure, set()
        loss = await asyncio.to_thread(lost, self._layer.painted, self._written)
        match loss:
            case Loss.TERMINAL:
                self._other_terminal()
            case Loss.ALL:
                await self.again()
            case Loss.LATEST:
                self._layer.forget()
                for again in unsure:
                    again()
        return loss

    def close(self) -> None:
        """Send nothing more."""
        self._throttle.close()

    async def _settle(self) -> bool:
        """Find out where the screen is, and wait until tmux has drawn it, which takes pictures away.

        Returns whether pictures may be sent; not if it is another terminal by then.
        """
        if self._paints_through_tmux:
            self.resized()
        place = await asyncio.to_thread(self._renderer.settle)
        if not self._rests:
            self._layer.place = place
        return not self._rests

    @property
    def _paints_through_tmux(self) -> bool:
        return self._renderer.link.in_tmux and self._renderer.link.paints

    async def _is_another_terminal(self) -> bool:
        lost = self._renderer.link.lost
        if lost is None or await asyncio.to_thread(lost, self._layer.painted, self._written) is not Loss.TERMINAL:
            return False
        self._other_terminal()
        return True

    def _doubt(self, again: Callable[[], object]) -> None:
        self._unsure.add(again)
        self._sent.set()
