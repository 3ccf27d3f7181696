"""Keeps answers from the terminal apart from keys that the user presses: late ones, and those to an interview."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

from textual.app import App
from textual.events import CursorPosition, Event, Key

from seedtui.terminal.probe.detect import SECONDS
from seedtui.terminal.probe.interview import Interview
from seedtui.terminal.probe.late_answers import LateAnswers

_WHILE = 0.2
"""Seconds without a key after which the keys held back count as the user's; Textual itself waits half as long
where a sequence may continue."""


_GIVES_UP = 10.0
"""Seconds after which a terminal will not answer to an image any more."""


class KeyFilter:
    """Every event of `app` passes through it before `take`; it holds keys back while the terminal owes answers."""

    def __init__(self, app: App[None], take: Callable[[Event], Awaitable[None]], owes: bool) -> None:
        self._app, self._take = app, take
        self._owed: LateAnswers[Key] | None = LateAnswers() if owes else None
        self._last_key = 0.0
        self._tell: Callable[[str], object] | None = None
        self._interview: Interview | None = None
        self._write: Callable[[str], object] = str
        self._done: Callable[[], object] = str

    def expect_clipboard(self, tell: Callable[[str], object]) -> None:
        """The terminal is about to answer to an image for its clipboard: `tell` gets the answer."""
        self._owed, self._tell = self._owed or LateAnswers(), tell

        def give_up() -> None:
            if self._tell is tell:  # an old terminal: keys need not wait for it any longer
                self._owed = self._tell = None

        self._app.set_timer(_GIVES_UP, give_up)

    def ask(self, interview: Interview, write: Callable[[str], object], done: Callable[[], object]) -> None:
        """Ask the terminal what `interview` asks, by `write`; `done` is called when it is over.

        Send the terminal no other question about the cursor meanwhile. An interview that is still going on is dropped.
        """
        self._owed, self._interview, self._write, self._done = self._owed or LateAnswers(), interview, write, done
        write(interview.questions())
        self._app.set_timer(SECONDS, lambda: self._end(interview))

    async def on_event(self, event: Event) -> None:
        """Pass `event` on; a key perhaps later, or never if it is part of an answer."""
        if isinstance(event, CursorPosition) and self._interview and self._interview.has_drawn:
            self._hear(f"\x1b[{event.y + 1};{event.x + 1}R".encode())
            return
        if self._owed is None or not isinstance(event, Key) or event.is_forwarded:
            await self._take(event)
            return
        self._last_key = time.monotonic()
        self._app.set_timer(_WHILE, self._wait_no_more)
        left = self._owed.take(event, event.character)
        if self._owed.clipboard and self._tell is not None:
            self._tell(self._owed.clipboard)
            self._tell = None
        if self._owed.answer:
            self._hear(self._owed.answer)
        await self._press(left)

    def _hear(self, answer: bytes) -> None:
        """Take an answer for the interview, and ask what comes next."""
        if (interview := self._interview) is None:
            return
        interview.hear(answer)
        if interview.is_answered:
            if questions := interview.questions():
                self._write(questions)
            else:
                self._end(interview)

    def _end(self, interview: Interview) -> None:
        if self._interview is interview:
            self._interview = None
            self._done()

    async def _wait_no_more(self) -> None:
        if self._owed is None or time.monotonic() - self._last_key < _WHILE * 0.9:
            return  # another key has arrived since, with its own timer
        held, over = self._owed.release(), self._owed.over
        if over and self._interview is None and self._tell is None:
            self._owed = None
        await self._press(held)

    async def _press(self, keys: Iterable[Key]) -> None:
        for key in keys:
            await self._take(key)
