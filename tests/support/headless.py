"""The app without a screen: the controller on a real library, its events handled in the thread that waits for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

from seedtui.app.controller import Controller
from seedtui.app.events import BackendEvent
from seedtui.app.rounds.saved_states import USUAL_SAVING, Saving
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.stop import Stop
from seedtui.engine.client.connection import Engine
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId
from seedtui.library.wildcards import WildcardFolder
from seedtui.terminal import Pacer

WAIT = 30.0
"""Seconds for something that happens by itself, on a machine that may be busy."""


class Headless:
    """Started on `home`; `engines` are those it started, the last one in use."""

    def __init__(
        self, home: Path, make: Callable[[int], Engine] = lambda number: FakeEngine(),
        session: SessionId | None = None, recipe: Recipe | None = None, saving: Saving = USUAL_SAVING,
    ) -> None:  # fmt: skip
        self.engines: list[Engine] = []
        self._events: queue.SimpleQueue[BackendEvent] = queue.SimpleQueue()
        self.changes: list[tuple[State, State]] = []

        def start() -> Engine:
            self.engines.append(make(len(self.engines)))
            return self.engines[-1]

        self.controller = Controller(
            start, lambda: Library(home / "library"), recipe or Recipe(), Pacer(1000.0), self._events.put,
            lambda old, new: self.changed(old, new), lambda: WildcardFolder(home / "wildcards", "off"), session, saving,
        )  # fmt: skip
        self.controller.start()

    def changed(self, old: State, new: State) -> None:
        """What the screen would be told."""

    @property
    def state(self) -> State:
        return self.controller.state

    @property
    def engine(self) -> FakeEngine:
        """The engine in use, a fake one."""
        assert isinstance(self.engines[-1], FakeEngine)
        return self.engines[-1]

    @property
    def view(self) -> RoundView:
        """The shown round."""
        assert self.state.round_view is not None
        return self.state.round_view

    def until(self, true: Callable[[], object], what: str = "") -> None:
        """Handle events until something is so."""
        while not true():
            try:
                self.controller.handle(self._events.get(timeout=WAIT))
            except queue.Empty:
                raise AssertionError(f"never happened: {what or true}") from None

    def done(self, count: int = 1) -> None:
        """Until so many rounds are done."""
        views = self.state.round_views
        self.until(lambda: [view.status for view in self.state.round_views.values()].count("done") == count, str(views))

    def scout(self, seeds: str = "0-7", stop: Stop | None = None, prompt: str = "a cat") -> RoundView:
        """A scout round, done and shown."""
        before = [view.status for view in self.state.round_views.values()].count("done")
        assert self.controller.scouting.begin(prompt, seeds, stop or Stop(share=0.3)), self.state.problem
        self.done(before + 1)
        self.controller.pictures.show(self.state.lineage.rounds[-1])
        return self.view

    def until_written(self) -> None:
        """Until all that was asked of the library is done."""
        written = threading.Event()
        self.controller._persistence._thread.submit(written.set)
        assert written.wait(WAIT)

    @property
    def runs(self) -> list[p.Run]:
        """What the last worker was asked to make."""
        return [request for request in self.engine.requests if isinstance(request, p.Run)]

    def close(self) -> None:
        """As at the end of the app."""
        assert self.controller.close() == 0
