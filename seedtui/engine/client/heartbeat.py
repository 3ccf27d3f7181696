"""Whether a worker is alive, told by what is heard of it and by how often nothing was.

It counts beats of waiting, not seconds of the clock: a client that was stopped itself has missed nothing.
"""

from __future__ import annotations

from seedtui.core.errors import Problem
from seedtui.engine.wire import protocol as p

BEAT = 1.0
"""Seconds that a client waits for a word before it asks for one."""

SILENT = 10
"""Beats without an answer after which a worker is called silent."""

SILENT_LOADING = 60
"""The same while it loads: importing a library from a slow disk can keep all of its threads waiting."""

STOPPED = 4
"""The same where the system itself says that the process is stopped: nothing else has to be waited for."""

QUIET = 10.0
"""Seconds without a step that are worth telling."""

QUIET_LOADING = 60.0
"""The same while it loads."""


class Heartbeat:
    """Told of every event and of every beat without one; says what follows."""

    def __init__(self) -> None:
        self.silent = False
        self._unanswered = 0
        self._loading = True  # it starts

    def heard(self, event: p.Event) -> list[p.Event]:
        """What to tell after `event`, which is among it if it is worth telling."""
        told: list[p.Event] = [p.Answering()] if self.silent else []
        self.silent, self._unanswered = False, 0
        match event:
            case p.Loading():
                self._loading = True
            case p.Loaded() | p.LoadFailed() | p.Step():
                self._loading = False
        if isinstance(event, p.Pong) and event.quiet < (QUIET_LOADING if self._loading else QUIET):
            return told
        return [*told, event]

    def missed(self, stopped: bool = False) -> tuple[bool, list[p.Event]]:
        """A beat went by in silence, of a process that may be `stopped`: whether to ask now, and what to tell."""
        ask, self._unanswered = not self._unanswered, self._unanswered + 1
        limit = STOPPED if stopped else SILENT_LOADING if self._loading else SILENT
        if self.silent or self._unanswered <= limit:
            return ask, []
        self.silent = True
        words = f"the worker has not answered for {self._unanswered * BEAT:.0f} s"
        return ask, [p.Silent(Problem("engine", words, "It is stopped" if stopped else "It may be stopped or hang"))]
