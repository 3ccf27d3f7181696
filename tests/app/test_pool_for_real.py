"""The app with a pool of two real workers: a small round overtakes a scout round, and a killed worker loses nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from pathlib import Path

import pytest

from seedtui.app import events as e
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.stop import Stop
from seedtui.engine.client.connection import Connection, Engine
from seedtui.engine.pool.pool import Pool
from seedtui.engine.pool.start import start_engine
from seedtui.engine.wire import protocol as p
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.library import Library
from tests.support.headless import Headless

pytestmark = pytest.mark.slow


class PoolApp(Headless):
    """The app with two CPU workers of one thread each; `came` counts the images that the engine sent."""

    def __init__(self, home: Path) -> None:
        self.came: Counter[tuple[str, int]] = Counter()
        self.told: list[str] = []
        super().__init__(home, lambda number: self._start(home), recipe=Recipe(steps=10, width=128, height=128))
        handle = self.controller.handle

        def heard(event: e.BackendEvent) -> None:
            match event:
                case e.EngineEvent(event=p.ImageReady(round_id, index)):
                    self.came[round_id, index] += 1
                case e.EngineEvent(event=p.Told(words)):
                    self.told.append(words)
            handle(event)

        self.controller.handle = heard  # type: ignore[method-assign]

    def _start(self, home: Path) -> Engine:
        plan = PoolPlan(workers=2, threads=1)
        return start_engine(plan, lambda name: home / f"worker-{name}.log", home / "run", 0, device="cpu")

    @property
    def processes(self) -> list[Connection]:
        """The workers."""
        (pool,) = self.engines
        assert isinstance(pool, Pool)
        return [engine for engine in pool._roster._engines.values() if isinstance(engine, Connection)]


def test_a_small_round_overtakes_and_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    app = PoolApp(tmp_path)
    app.until(lambda: [worker.state for worker in app.state.workers] == ["ready", "ready"])
    assert app.controller.scouting.begin("a red fox", "0-31", Stop(share=0.5))
    scout = app.state.lineage.rounds[-1]
    app.until(lambda: len(app.state.round_views[scout.id].kept) >= 8)
    app.controller.requests.generate("a red fox", "100-103")
    small = app.state.lineage.rounds[-1]
    app.until(lambda: app.state.runs(small.id))
    assert app.state.runs(scout.id)
    os.kill(app.processes[0].pid, signal.SIGKILL)
    app.done(1)
    assert app.state.round_views[small.id].status == "done" and app.state.runs(scout.id)
    app.done(2)
    assert app.came == {(round_.id, shot.index): 1 for round_ in (scout, small) for shot in round_.shots}
    assert any("killed" in words for words in app.told)
    app.until(lambda: [worker.state for worker in app.state.workers] == ["ready", "ready"], "it is back")
    processes = app.processes
    session = app.controller.sessions.session
    app.close()
    with Library(tmp_path / "library") as library:
        stored = library.load_session(session).images
        assert len(stored) == 36
        assert all(pixels_intact(*read_png(one.path)) for one in stored.values())
        assert {read_png(one.path)[1].worker for one in stored.values()} == {"cpu 1", "cpu 2"}
    for process in processes:
        reaper = threading.Thread(target=process._process.wait, daemon=True)
        reaper.start()
        reaper.join(30)
        assert not reaper.is_alive()
