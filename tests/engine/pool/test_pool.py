"""The pool's own thread: whatever goes wrong in it, the client hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.client.connection import Engine
from seedtui.engine.fake import FakeEngine
from seedtui.engine.pool.dispatcher import Dispatcher
from seedtui.engine.pool.lane import LaneSpec
from seedtui.engine.pool.pool import Pool
from seedtui.engine.wire import protocol as p


def test_a_bug_of_the_pool_ends_it_and_is_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def bug(*_: object) -> None:
        raise AssertionError

    started: list[FakeEngine] = []

    def start(spec: LaneSpec) -> Engine:
        started.append(FakeEngine())
        return started[-1]

    monkeypatch.setattr(Dispatcher, "run", bug)
    log = tmp_path / "pool.log"
    pool = Pool([LaneSpec("cpu 1", threads=1, number=1)], start, lambda where, existing: existing[0], log)
    pool.send(p.Load("starter", "/starter"))
    events = pool.events()
    assert any(isinstance(event, p.Loaded) for event in events)
    pool.send(p.Run(explore("a cat", range(4), Recipe())))
    (died,) = [event for event in events if isinstance(event, p.WorkerDied)]
    assert died.problem.message == "the pool failed: AssertionError"
    assert died.problem.hint == f"See its log: {log}"
    assert "raise AssertionError" in log.read_text() and log.stat().st_mode & 0o077 == 0
    assert started[0].killed and capfd.readouterr() == ("", "")
