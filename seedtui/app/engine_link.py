"""The app's side of its engine: starts it, loads models, and reads its events in a separate thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from seedtui.app.events import EngineEvent
from seedtui.core.errors import SeedtuiError
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.client.connection import Engine
from seedtui.engine.wire import protocol as p
from seedtui.models.pipeline_spec import PipelineSpec
from seedtui.models.resolve import NotHere, find_model


class EventFilter:
    """Drops steps that would only move the bar a little: drawing takes cores from a worker on a CPU."""

    EVERY = 0.2
    """Minimum seconds between two steps of a round, except for those with previews and the last one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}

    def passes(self, event: p.Event) -> bool:
        """Whether to pass `event` on."""
        if not isinstance(event, p.Step):
            return True
        now = self._clock()
        if now < self._next.get(event.round_id, 0.0) and not event.previews and event.step < event.steps:
            return False
        self._next = {id_: then for id_, then in self._next.items() if now < then}
        self._next[event.round_id] = now + self.EVERY
        return True


class EngineLink:
    """Holds at most one engine. Each start has a number, which identifies the events of a previous engine.

    `wanted` is the last request: what is loaded or loading; None before the first start. `elsewhere`: a model that is
    not on this machine may be on those of the workers, which find it by its name.
    """

    def __init__(
        self, start_engine: Callable[[], Engine], post: Callable[[EngineEvent], object], *, elsewhere: bool = False
    ) -> None:
        self._start_engine = start_engine
        self._post = post
        self._elsewhere = elsewhere
        self._lock = threading.Lock()  # guards the number, the engine, and what to load
        self._engine: Engine | None = None
        self._loads = ThreadPoolExecutor(1, thread_name_prefix="load")  # one at a time, in the order requested
        self._recipe = Recipe()
        self.wanted: PipelineSpec | None = None
        self.number = 0

    def start(self, recipe: Recipe) -> None:
        """Start an engine, end the previous one, and load the recipe's model."""
        with self._lock:
            former, self._engine = self._engine, None
            self.number += 1
            number = self.number
            self.wanted, self._recipe = PipelineSpec.of(recipe), recipe
        if former is not None:
            former.kill()  # it is dead or does not answer; otherwise it would still be needed
        threading.Thread(target=self._serve, args=(number,), name="engine", daemon=True).start()

    def load(self, spec: PipelineSpec, recipe: Recipe) -> None:
        """Load the model of `spec` in place of the current one; `recipe` as in `protocol.Load`."""
        with self._lock:
            self.wanted, self._recipe = spec, recipe
            if self._engine is not None:  # otherwise it is loaded once the engine has started
                self._loads.submit(self._load, self.number, spec, recipe)

    def send(self, request: p.Request) -> None:
        """Send a request to the engine; does nothing while there is none."""
        if (engine := self._engine) is not None:
            engine.send(request)

    def close(self) -> None:
        """Release the engine, even one that is still starting."""
        with self._lock:
            self.number += 1
            former, self._engine = self._engine, None
        if former is not None:
            former.close()

    def _serve(self, number: int) -> None:
        try:
            engine = self._start_engine()  # before looking for the model: its imports take the longest
        except SeedtuiError as error:
            self._post(EngineEvent(number, p.WorkerDied(error.problem)))
            return
        with self._lock:
            is_current = number == self.number
            if is_current:
                self._engine = engine
                assert self.wanted is not None
                self._loads.submit(self._load, number, self.wanted, self._recipe)
        if not is_current:
            engine.kill()  # another engine has been requested since, or none
            return
        event_filter = EventFilter()
        for event in filter(event_filter.passes, engine.events()):
            self._post(EngineEvent(number, event))

    def _load(self, number: int, spec: PipelineSpec, recipe: Recipe) -> None:
        try:
            path = self._path(spec.model)
        except SeedtuiError as error:
            self._post(EngineEvent(number, p.LoadFailed(error.problem, spec)))
            return
        with self._lock:
            engine = self._engine if number == self.number else None
        if engine is not None:
            engine.send(p.Load(spec.model, path, spec.dtype, spec.device, spec.threads, recipe))

    def _path(self, model: str) -> str:
        """The folder or the file of that model, "" if only other machines may have it.

        Raises:
            ModelError: there is no such model.
        """
        try:
            return str(find_model(model).path)
        except NotHere:
            if self._elsewhere:
                return ""
            raise
