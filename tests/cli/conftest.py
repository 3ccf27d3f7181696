"""The command line in this process, on a worker that all tests share; a pool has workers of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from seedtui.cli.main import run
from seedtui.cli.worker import runner
from seedtui.core.pool.plan import PoolPlan
from seedtui.engine.client.connection import Engine, Worker
from seedtui.engine.pool.start import start_engine


class Result(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON objects it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Result]


class SharedWorker(Worker):
    """A worker that outlives the commands, as starting one takes seconds."""

    def __init__(self, log: Path) -> None:
        super().__init__(log)
        self._all_events = super().events()

    def events(self) -> Iterator[Any]:
        return self._all_events

    def close(self) -> None:
        """Stay, for the next command."""


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedWorker]:
    shared = SharedWorker(tmp_path_factory.mktemp("worker") / "worker.log")
    yield shared
    Worker.close(shared)


@pytest.fixture
def bare(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs a command line that must not start a worker."""
    monkeypatch.chdir(tmp_path)

    def no_worker(*_: object, **__: object) -> Worker:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(runner, "start_engine", no_worker)
    return lambda *words: _run(capfd, words)


@pytest.fixture
def seedtui(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, worker: SharedWorker
) -> Command:
    """Runs a command line, in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)

    def start(plan: PoolPlan, *about: Any, **more: Any) -> Engine:
        return start_engine(plan, *about, **more) if plan.is_pool else worker

    monkeypatch.setattr(runner, "start_engine", start)
    return lambda *words: _run(capfd, words)


@pytest.fixture
def pictures(seedtui: Command, models: dict[str, Path]) -> list[Path]:
    """The PNG files of an explore round of seeds 0 to 3 of the tiny Stable Diffusion."""
    result = seedtui("generate", "a cat", "--model", models["sd"], "--steps", 3, "--out", "pictures", "--json")
    return [Path(line["path"]) for line in result.lines]


def _run(capfd: pytest.CaptureFixture[str], words: tuple[object, ...]) -> Result:
    capfd.readouterr()
    code = run([str(word) for word in words])
    result = Result(code, *capfd.readouterr())
    assert "Traceback" not in result.err
    assert "bug in seedtui" not in result.err
    return result
