"""The app's side of its engine: starts it, loads models, and reads what it says in a thread of its own."""

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
from seedtui.models.resolve import find_model


class EventFilter:
    """Leaves out steps that would only move the bar a little: to draw it takes cores from a worker on a CPU."""

    EVERY = 0.2
    """Seconds between two steps at least, but for those that bring previews, and the last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = 0.0

    def passes(self, event: p.Event) -> bool:
        """Whether `event` is to be told."""
        if not isinstance(event, p.Step):
            return True
        now = self._clock()
        if now < self._next and not event.previews and event.step < event.steps:
            return False
        self._next = now + self.EVERY
        return True


class EngineLink:
    """Holds at most one engine. Each start has a number, by which the words of a former one are known.

    `wanted` is what was asked for last: what is loaded, or comes; None before the first start.
    """

    def __init__(self, start_engine: Callable[[], Engine], post: Callable[[EngineEvent], object]) -> None:
        self._start_engine = start_engine
        self._post = post
        self._lock = threading.Lock()  # over the number, the engine, and what is to be loaded
        self._engine: Engine | None = None
        self._loads = ThreadPoolExecutor(1, thread_name_prefix="load")  # one after the other, as they were asked for
        self._recipe = Recipe()
        self.wanted: PipelineSpec | None = None
        self.number = 0

    def start(self, recipe: Recipe) -> None:
        """Start an engine, in place of the one there was, which ends, and load the recipe's model."""
        with self._lock:
            former, self._engine = self._engine, None
            self.number += 1
            number = self.number
            self.wanted, self._recipe = PipelineSpec.of(recipe), recipe
        if former is not None:
            former.kill()  # it is dead or does not answer, or else it would be needed still
        threading.Thread(target=self._serve, args=(number,), name="engine", daemon=True).start()

    def load(self, spec: PipelineSpec, recipe: Recipe) -> None:
        """Load what `spec` says into the engine, in place of what it has; `recipe` as in `protocol.Load`."""
        with self._lock:
            self.wanted, self._recipe = spec, recipe
            if self._engine is not None:  # else it is loaded when the engine has started
                self._loads.submit(self._load, self.number, spec, recipe)

    def send(self, request: p.Request) -> None:
        """Ask the engine; nothing happens while there is none."""
        if (engine := self._engine) is not None:
            engine.send(request)

    def close(self) -> None:
        """Give the engine up, one that is still being started too."""
        with self._lock:
            self.number += 1
            former, self._engine = self._engine, None
        if former is not None:
            former.close()

    def _serve(self, number: int) -> None:
        try:
            engine = self._start_engine()  # before the model is looked for: its imports take the longest
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
            engine.kill()  # another one was asked for meanwhile, or none any more
            return
        event_filter = EventFilter()
        for event in filter(event_filter.passes, engine.events()):
            self._post(EngineEvent(number, event))

    def _load(self, number: int, spec: PipelineSpec, recipe: Recipe) -> None:
        try:
            path = str(find_model(spec.model).path)
        except SeedtuiError as error:
            self._post(EngineEvent(number, p.LoadFailed(error.problem, spec)))
            return
        with self._lock:
            engine = self._engine if number == self.number else None
        if engine is not None:
            engine.send(p.Load(spec.model, path, spec.dtype, spec.device, spec.threads, recipe))
