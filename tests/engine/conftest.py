"""A worker to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedtui.engine.wire import protocol as p
from tests.support.worker_client import WorkerClient


@pytest.fixture
def new_talk(tmp_path: Path) -> Iterator[Callable[[], WorkerClient]]:
    """Starts workers of the test's own."""
    talks: list[WorkerClient] = []

    def start() -> WorkerClient:
        talks.append(WorkerClient(tmp_path / f"worker-{len(talks)}.log"))
        return talks[-1]

    yield start
    for worker_client in talks:
        worker_client.worker.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerClient]:
    """One worker for all tests that leave it alive, as starting one takes seconds."""
    worker_client = WorkerClient(tmp_path_factory.mktemp("worker") / "worker.log")
    yield worker_client
    worker_client.worker.close()


@pytest.fixture
def worker_client(shared: WorkerClient, models: dict[str, Path]) -> WorkerClient:
    """The shared worker, with the tiny Stable Diffusion loaded."""
    assert isinstance(shared.load(models["sd"]), p.Loaded)
    return shared
