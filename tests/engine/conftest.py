"""A worker to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedtui.engine.wire import protocol as p
from tests.support.talk import Talk


@pytest.fixture
def new_talk(tmp_path: Path) -> Iterator[Callable[[], Talk]]:
    """Starts workers of the test's own."""
    talks: list[Talk] = []

    def start() -> Talk:
        talks.append(Talk(tmp_path / f"worker-{len(talks)}.log"))
        return talks[-1]

    yield start
    for talk in talks:
        talk.worker.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    """One worker for all tests that leave it alive, as starting one takes seconds."""
    talk = Talk(tmp_path_factory.mktemp("worker") / "worker.log")
    yield talk
    talk.worker.close()


@pytest.fixture
def talk(shared: Talk, models: dict[str, Path]) -> Talk:
    """The shared worker, with the tiny Stable Diffusion loaded."""
    assert isinstance(shared.load(models["sd"]), p.Loaded)
    return shared
