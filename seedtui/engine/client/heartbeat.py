"""Decides whether a worker is alive, from its events and from beats without one.

It counts beats of waiting, not seconds of clock time: a client that was stopped itself has missed nothing.
"""

from __future__ import annotations

from seedtui.core.errors import Problem
from seedtui.engine.wire import protocol as p

BEAT = 1.0
"""Seconds that a client waits for an event before it sends a ping."""

SILENT = 10
"""Unanswered beats after which a worker counts as silent."""

SILENT_LOADING = 60
"""The same during loading: importing a library from a slow disk can block all of its threads."""

STOPPED = 4
"""The same if the system reports the process as stopped: there is nothing else to wait for."""

QUIET = 10.0
"""Seconds without a step that are worth reporting."""

QUIET_LOADING = 60.0
"""The same during loading."""


class Heartbeat:
    """Takes every event and every beat without one, and returns what to report."""

    def __init__(self) -> None:
        self.silent = False
        self._unanswered = 0
        self._loading = True  # a worker starts by loading

    def heard(self, event: p.Event) -> list[p.Event]:
        """The events to report after `event`, including `event` itself if it is worth reporting."""
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

    def is_receiving(self) -> list[p.Event]:
        """The events to report after a beat in which part of an event came, as on a slow line."""
        told: list[p.Event] = [p.Answering()] if self.silent else []
        self.silent, self._unanswered = False, 0
        return told

    def missed(self, stopped: bool = False) -> tuple[bool, list[p.Event]]:
        """Handle a beat without an event; `stopped` if the system reports the process as stopped.

        Returns whether to send a ping now, and the events to report.
        """
        ask, self._unanswered = not self._unanswered, self._unanswered + 1
        limit = STOPPED if stopped else SILENT_LOADING if self._loading else SILENT
        if self.silent or self._unanswered <= limit:
            return ask, []
        self.silent = True
        seconds = self._unanswered * BEAT
        words = f"the worker has not answered for {seconds:.0f} s"
        problem = Problem("engine", words, "It is stopped" if stopped else "It may be stopped or hung")
        return ask, [p.Silent(problem, seconds)]
