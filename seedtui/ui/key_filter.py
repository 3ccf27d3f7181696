"""Only what the user presses is a key: answers of the terminal that come late are not."""

from __future__ import annotations

import time
from collections.abc import Iterable

from textual.app import App
from textual.events import Event, Key

from seedtui.terminal.probe.late_answers import LateAnswers

_WHILE = 0.2
"""Seconds without a key after which what was held back is the user's; Textual itself waits for half of it, where
a sequence may go on."""


class KeyFilter(App[None]):
    """The part of the app that every key goes through while the terminal owes answers."""

    _owed: LateAnswers[Key] | None = None
    _last_key = 0.0

    def expect_late_answers(self) -> None:
        """The terminal was asked, and has not said all yet."""
        self._owed = LateAnswers()

    async def on_event(self, event: Event) -> None:
        if self._owed is None or not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._last_key = time.monotonic()
        self.set_timer(_WHILE, self._wait_no_more)
        await self._press(self._owed.take(event, event.character))

    async def _wait_no_more(self) -> None:
        if self._owed is None or time.monotonic() - self._last_key < _WHILE * 0.9:
            return  # another key has come meanwhile, with a timer of its own
        held, over = self._owed.release(), self._owed.over
        if over:
            self._owed = None
        await self._press(held)

    async def _press(self, keys: Iterable[Key]) -> None:
        for key in keys:
            await super().on_event(key)
