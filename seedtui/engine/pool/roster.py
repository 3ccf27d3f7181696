"""Starts the workers of a pool, each with a thread that reads its events, and ends them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from seedtui.core.errors import InputError, Problem, SeedtuiError, one_line
from seedtui.engine.client.connection import Engine
from seedtui.engine.pool.lane import LaneSpec
from seedtui.engine.wire import protocol as p

Start = Callable[[LaneSpec], Engine]
"""Starts a worker without waiting for it. Raises EngineError, or InputError if that can never work."""


class Key(NamedTuple):
    """A worker's process: its place in the pool, and the how-manieth process there it is."""

    lane: int
    generation: int


class WorkerStarted(NamedTuple):
    """The process runs."""

    key: Key
    engine: Engine


class WorkerSaid(NamedTuple):
    """An event of the worker. The last one is `WorkerDied`."""

    key: Key
    event: p.Event


News = WorkerStarted | WorkerSaid


class Roster:
    """Calls `post` from any thread with what happens. Safe to use from several threads."""

    def __init__(self, start: Start, post: Callable[[News], object]) -> None:
        self._start, self._post = start, post
        self._lock = threading.Lock()
        self._engines: dict[Key, Engine] = {}
        self._ended: set[Key] = set()
        self._closed = False

    def begin(self, key: Key, spec: LaneSpec) -> None:
        """Start a worker in a thread of its own."""
        threading.Thread(target=self._serve, args=(key, spec), name=f"lane {key.lane}", daemon=True).start()

    def end(self, key: Key) -> None:
        """End that worker now, if it runs."""
        with self._lock:
            engine = self._engines.pop(key, None)
            self._ended.add(key)
        if engine is not None:
            engine.kill()

    def close(self, *, kill: bool) -> None:
        """Disconnect from all workers, or `kill` them; those that are still starting too."""
        with self._lock:
            self._closed = True
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            (engine.kill if kill else engine.close)()

    def _serve(self, key: Key, spec: LaneSpec) -> None:
        try:
            engine = self._start(spec)
        except SeedtuiError as error:
            self._post(WorkerSaid(key, p.WorkerDied(error.problem, lasting=isinstance(error, InputError))))
            return
        except Exception as error:  # a bug must not leave the pool waiting for this worker
            self._post(WorkerSaid(key, p.WorkerDied(Problem("engine", f"{type(error).__name__}: {one_line(error)}"))))
            return
        with self._lock:
            if self._closed or key in self._ended:
                engine.kill()
                return
            self._engines[key] = engine
        self._post(WorkerStarted(key, engine))
        for event in engine.events():
            self._post(WorkerSaid(key, event))
        with self._lock:
            self._engines.pop(key, None)
