"""The app's line to its engine: starts it, loads the model, and reads what it says in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from seedtui.core.errors import SeedtuiError
from seedtui.core.recipes.lora import Lora, asked
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.client.connection import Engine
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import find_model
from seedtui.ui.messages import EngineEvent


class ModelSpec(NamedTuple):
    """What has to be loaded for a round: as in `protocol.Load`."""

    name: str
    dtype: str | None
    device: str | None
    lora: tuple[Lora, ...] = ()


def model_spec_of(recipe: Recipe) -> ModelSpec:
    """What rounds of `recipe` need."""
    return ModelSpec(recipe.model, recipe.dtype, recipe.device, asked(recipe.lora))


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

    `wanted` is what was asked for last: what is loaded, or comes.
    """

    def __init__(self, start_engine: Callable[[], Engine], tell: Callable[[EngineEvent], object]) -> None:
        self._start_engine = start_engine
        self._tell = tell
        self._engine: Engine | None = None
        self._loads = ThreadPoolExecutor(1, thread_name_prefix="load")  # one after the other, as they were asked for
        self.wanted = ModelSpec("", None, None)
        self._recipe: Recipe | None = None
        self.number = 0

    def start(self, recipe: Recipe) -> None:
        """Start an engine, in place of the one there was, which ends, and load the recipe's model."""
        if self._engine is not None:
            self._engine.kill()  # it is dead or does not answer, or else it would be needed still
            self._engine = None
        self.number += 1
        self.wanted, self._recipe = model_spec_of(recipe), recipe
        threading.Thread(target=self._serve, args=(self.number,), name="engine", daemon=True).start()

    def load(
        self, name: str, dtype: str | None, device: str | None, threads: int = 0, recipe: Recipe | None = None
    ) -> None:
        """Load a model into the engine that there is, in place of the one it has; `recipe` as in `protocol.Load`."""
        self.wanted, self._recipe = ModelSpec(name, dtype, device, asked(recipe.lora) if recipe else ()), recipe
        if self._engine is None:
            return  # what is wanted when it has started is loaded
        self._loads.submit(self._load, self.number, name, dtype, device, threads, recipe)

    def send(self, request: p.Request) -> None:
        """Ask the engine; nothing happens while there is none."""
        if self._engine is not None:
            self._engine.send(request)

    def close(self) -> None:
        """Give the engine up, one that is still being started too."""
        self.number += 1
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _serve(self, number: int) -> None:
        try:
            engine = self._start_engine()  # before the model is looked for: its imports take the longest
            if number != self.number:
                engine.kill()  # another one was asked for meanwhile, or none any more
                return
            self._engine = engine
        except SeedtuiError as error:
            self._tell(EngineEvent(number, p.LoadFailed(error.problem)))
            return
        self._load(number, *self.wanted[:3], 0, self._recipe)
        sparing = EventFilter()
        for event in filter(sparing.passes, engine.events()):
            self._tell(EngineEvent(number, event))

    def _load(
        self, number: int, name: str, dtype: str | None, device: str | None, threads: int, recipe: Recipe | None
    ) -> None:
        try:
            load = p.Load(name, str(find_model(name).path), dtype, device, threads, recipe)
            if number == self.number:
                self.send(load)
        except SeedtuiError as error:
            self._tell(EngineEvent(number, p.LoadFailed(error.problem)))
