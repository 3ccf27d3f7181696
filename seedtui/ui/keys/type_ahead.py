"""Type-ahead: each key reaches the place that the keys before it lead to, however busy the machine is.

Textual gives a key to the widget that has the focus when it arrives. If keys arrive faster than they are handled, that
is the wrong one: the dialog that the first opens, or the field that it goes to, is not there yet. Here each key waits
until the one before has had its whole effect.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from textual.app import App, ScreenStackError
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.screen import Screen

from seedtui.ui.textual_internals import CONTROL_ESCAPE

AT_ONCE = frozenset({"ctrl+c", "ctrl+q"})
"""Keys that wait for nothing."""

_PATIENCE = 5.0
"""Seconds after which a key goes on although the one before has not had its effect: never wait for ever."""

_POLL = 0.02
_MAX_PASSES = 8


class TypeAhead:
    """Every key and paste of `app` passes through it before `take`. `waits` says which must wait for something to read.

    Runs in the app's thread; `take` is called in the app's own message loop.
    """

    def __init__(
        self, app: App[None], take: Callable[[Event], Awaitable[None]], waits: Callable[[Key | Paste], bool]
    ) -> None:
        self._app, self._take, self._waits = app, take, waits
        self._held: deque[Key | Paste] = deque()
        self._busy = False
        self._waiting_since = 0.0
        self._settling: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        """Pass `event` on; a key perhaps later."""
        if (
            not isinstance(event, Key | Paste)
            or event.is_forwarded
            or (isinstance(event, Key) and event.key in AT_ONCE)
        ):
            await self._take(event)
            return
        is_escape = isinstance(event, Key) and event.key == CONTROL_ESCAPE
        self._held.append(Key("escape", "\x1b") if is_escape else event)
        if not self._busy:
            await self._next()

    async def _next(self) -> None:
        self._busy = bool(self._held)
        if not self._held:
            return
        self._waiting_since = self._waiting_since or time.monotonic()
        if self._waits(self._held[0]) and time.monotonic() - self._waiting_since < _PATIENCE:
            self._app.set_timer(_POLL, self._next)
            return
        self._waiting_since = 0.0
        before, screen = self._places(), self._app.screen
        await self._take(self._held.popleft())
        self._settling = asyncio.create_task(self._settle(before, screen))

    async def _settle(self, before: tuple[DOMNode, ...], screen: Screen[object]) -> None:
        """Wait until what the key began is done: in the places it went through, and where it led to."""
        until = time.monotonic() + _PATIENCE
        for number in range(_MAX_PASSES):
            for place in dict.fromkeys((*before, *self._places())):
                await _handled(place, place.call_later, until)
            now = self._places()
            if self._app.is_running and self._app.screen is not screen:
                screen = self._app.screen
                await _handled(screen, screen.call_after_refresh, until)
            elif number and not any(place.message_queue_size for place in now):
                break
        self._app.call_later(self._next)

    def _places(self) -> tuple[DOMNode, ...]:
        """Where a key goes now: from the focus to the app."""
        try:
            return (*(self._app.focused or self._app.screen).ancestors_with_self,)
        except ScreenStackError:  # the app is closing
            return (self._app,)


async def _handled(place: DOMNode, call: Callable[[Callable[[], object]], object], until: float) -> None:
    """Wait until `place` has handled all its messages; or is gone, as a dialog that was closed."""
    done = asyncio.get_running_loop().create_future()
    if not call(lambda: None if done.done() else done.set_result(None)):
        return
    while not done.done() and place.is_attached and time.monotonic() < until:
        await asyncio.wait([done], timeout=_POLL)


def needs_no_list(event: Key | Paste) -> bool:
    """Whether it writes in a field, which needs no list to be there; or closes one."""
    return isinstance(event, Paste) or event.is_printable or event.key in ("backspace", "delete", "escape")


@runtime_checkable
class WaitingScreen(Protocol):
    """A screen that reads something in the background which keys are for."""

    def must_wait(self, event: Key | Paste) -> bool:
        """Whether `event` needs what is not there yet."""
