"""What the app reports beside its screen: the window's title, a round's progress, and a note when a long one ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import App
from textual.timer import Timer

from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.core.text.formatting import counted, time_in_words
from seedtui.terminal.output.reports import note, progress, short, title
from seedtui.terminal.probe.reports import Reports

_PAUSE = 0.5
"""Least seconds between two titles."""

LONG = 10.0
"""Seconds from which on a round's end is worth a note."""

NAME = "seedtui"


class Reporter:
    """`write` sends sequences to the terminal. `notify` is the setting of that name."""

    def __init__(
        self, app: App[None], write: Callable[[str], object], reports: Reports, notify: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._app, self._write, self._reports, self._clock = app, write, reports, clock
        self._note = Reports() if notify == "bell" else reports if notify == "auto" else None
        self._state = State()
        self._begun: dict[str, float] = {}
        self._shown: tuple[str, str] = ("", "")
        self._timer: Timer | None = None
        self._last = -_PAUSE

    def follow(self, state: State) -> None:
        """Report `state`, at once or as soon as the last title has stood long enough."""
        self._state = state
        self._tell_ends(state)
        if self._timer is None:
            wait = self._last + _PAUSE - self._clock()
            if wait <= 0:
                self._send()
            else:
                self._timer = self._app.set_timer(wait, self._send)

    def _send(self) -> None:
        self._timer = None
        wanted = title_of(self._state), progress(*_percent(self._state), reports=self._reports)
        if wanted == self._shown:
            return
        changed = [words for words, before in zip(wanted, self._shown, strict=True) if words != before]
        self._shown, self._last = wanted, self._clock()
        if self._reports.title:
            self._write("".join(changed))

    def _tell_ends(self, state: State) -> None:
        """Note the rounds that ended since the last state, if they took long and nobody is looking."""
        now = self._clock()
        for job in state.round_jobs:
            self._begun.setdefault(job.round_id, now)
        for round_id, begun in list(self._begun.items()):
            round_view = state.round_views.get(round_id)
            if round_view and round_view.status in ("running", "waiting"):
                continue
            del self._begun[round_id]
            if round_view and round_view.status in ("done", "failed") and now - begun >= LONG:
                self._tell_end(round_view, now - begun)

    def _tell_end(self, round_view: RoundView, seconds: float) -> None:
        if self._note is not None and not self._app.app_focus:
            self._write(note(NAME, _words(round_view, seconds), self._note))


def title_of(state: State) -> str:
    """The title as a sequence: the step and the prompt of what runs, else the app's name."""
    if state.job is None:
        return title(NAME)
    activity, running = state.activity, state.running
    steps = f" {activity.done}/{activity.total}" if activity.total else ""
    words = short(running.prompt) if running else activity.words
    return title(f"{NAME}{steps} · {words}")


def _percent(state: State) -> tuple[int | None, bool]:
    """How far the work is, and whether something failed."""
    if state.job is None:
        return None, state.retryable
    return (100 * state.activity.done // state.activity.total if state.activity.total else 0), False


def _words(round_view: RoundView, seconds: float) -> str:
    done = round_view.status == "done"
    what = f"{counted(len(round_view.records), 'image')} in {time_in_words(seconds)}" if done else "a round failed"
    return f"{what} · {short(round_view.round.prompt)}"
