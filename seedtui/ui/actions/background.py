"""Work that would block the screen, done in a thread."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from seedtui.core.errors import Problem, SeedtuiError


class Background:
    """`tell` shows the problem when work fails."""

    def __init__(self, app: App[None], tell: Callable[[Problem], object]) -> None:
        self._app, self._tell = app, tell

    def run(self, work: Callable[[], str]) -> None:
        """Do `work` in a thread, then show what it returns as a notice, or its error as a problem."""

        def run() -> None:
            try:
                words = work()
            except SeedtuiError as error:
                self._app.call_from_thread(self._tell, error.problem)
            else:
                self._app.call_from_thread(self.say, words)

        self._app.run_worker(run, thread=True, group="background")

    def say(self, words: str) -> None:
        """Show `words` as a notice, if any; different keys may work now."""
        if words:
            self._app.notify(words)
        self._app.refresh_bindings()
