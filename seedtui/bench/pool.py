"""A pool beside one of its own workers: how much faster it is, and whether the images are the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from seedtui.bench.report import PoolResult
from seedtui.core.errors import EngineError, from_problem
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.pool.start import Log, start_engine
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import ChangeWorker, PoolChanged, WorkerView
from seedtui.models.resolve import Model

SEEDS = 64
"""Seeds of a round on GPUs, and the most on CPUs."""

_COMING = ("starting", "loading", "checking")


class PoolBench:
    """The workers of `plan`, started now, with their logs as `log` says and their sockets in `folder`.

    Raises:
        EngineError, InputError: this machine does not have what the plan asks for.
    """

    def __init__(self, model: Model, recipe: Recipe, plan: PoolPlan, log: Log, folder: Path) -> None:
        self._model, self._recipe, self._threads = model, recipe, plan.threads
        self._engine = start_engine(plan, log, folder, 0, device=recipe.device)
        self._events = self._engine.events()
        self._workers: tuple[WorkerView, ...] = ()

    def load(self) -> None:
        """Load the model on each.

        Raises:
            EngineError, ModelError: none of them can load it.
        """
        recipe, model = self._recipe, self._model
        path = "" if model.source == "elsewhere" else str(model.path)
        self._engine.send(p.Load(model.name, path, recipe.dtype, recipe.device, self._threads, recipe))
        info: p.ModelInfo | None = None
        while info is None or not self._workers or any(one.state in _COMING for one in self._workers):
            if isinstance(event := self._next(), p.Loaded):
                info = event.model
        self._info = info
        groups = [one.group for one in self._workers if one.state == "ready"]
        largest = max(groups, key=groups.count, default=0)
        self._alike = [one for one in self._workers if one.group == largest and one.state == "ready"]
        if not self._alike:
            raise EngineError("no worker of the pool is ready")

    def result(self) -> PoolResult:
        """What there is to measure, without times."""
        return PoolResult(len(self._alike), self._info.environment.threads, self._seeds)

    def turn(self, result: PoolResult, prompt: str) -> None:
        """Have one worker make a round, then all of them, and add both times to `result`.

        Raises:
            EngineError: a round failed.
        """
        others = [one.id for one in self._workers if one.id != self._alike[0].id]
        self._drain(others)
        seconds, alone = self._round(prompt)
        self._drain(others)
        result.one.append(seconds)
        seconds, together = self._round(prompt)
        result.pool.append(seconds)
        result.differing += sum(alone[index] != together.get(index) for index in alone)

    def close(self) -> None:
        self._engine.kill()

    @property
    def _seeds(self) -> int:
        """Two batches for each worker on a CPU, which is slow."""
        few = 2 * len(self._alike) * self._recipe.batch_size
        return min(SEEDS, few) if self._info.device == "cpu" else SEEDS

    def _drain(self, ids: list[int]) -> None:
        """Give those workers no more work; if it is so already, take that back."""
        for id_ in ids:
            self._engine.send(ChangeWorker(id_, "drain"))

    def _round(self, prompt: str) -> tuple[float, dict[int, str]]:
        """Seconds, and the hash of each image by its index."""
        began = time.perf_counter()
        self._engine.send(p.Run(explore(prompt, range(self._seeds), self._recipe)))
        hashes: dict[int, str] = {}
        for event in self._until_done():
            hashes[event.index] = event.record.sha256
        return time.perf_counter() - began, hashes

    def _until_done(self) -> Iterator[p.ImageReady]:
        while not isinstance(event := self._next(), p.RoundDone):
            if isinstance(event, p.ImageReady):
                yield event

    def _next(self) -> p.Event:
        for event in self._events:
            match event:
                case PoolChanged(workers):
                    self._workers = workers
                    if all(one.state in ("away", "failed") for one in workers):
                        raise EngineError("; ".join(f"{one.name}: {one.why}" for one in workers))
                    return event
                case p.LoadFailed(problem) | p.RoundFailed(problem=problem) | p.WorkerDied(problem):
                    raise from_problem(problem)
                case _:
                    return event
        raise EngineError("the pool is gone")
