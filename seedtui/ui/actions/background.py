"""Work that would block the screen, done in a thread."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from seedtui.core.errors import Problem, SeedtuiError


class Background:
    """`tell` shows the problem when work fails, `done` what it did on the status line."""

    def __init__(self, app: App[None], tell: Callable[[Problem], object], done: Callable[[str], object]) -> None:
        self._app, self._tell, self._done = app, tell, done

    def run(self, work: Callable[[], str]) -> None:
        """Do `work` in a thread, then say what it returns, or show its error as a problem."""

        def run() -> None:
            try:
                words = work()
            except SeedtuiError as error:
                self._app.call_from_thread(self._tell, error.problem)
            else:
                self._app.call_from_thread(self.say, words)

        self._app.run_worker(run, thread=True, group="background")

    def say(self, words: str) -> None:
        """Show `words` on the status line, if any; different keys may work now."""
        if words:
            self._done(words)
        self._app.refresh_bindings()
