"""What can happen to a worker: each is told for what it is, and the next worker makes the same pixels."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.client import connection
from seedtui.engine.wire import protocol as p
from tests.support.worker_client import ENDS, WorkerClient

TROUBLE = Path(__file__).parent / "trouble"
SHORT = explore("a cat", range(4), Recipe(steps=3))


@pytest.fixture
def troubled(
    new_talk: Callable[[], WorkerClient], models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], WorkerClient]:
    """A worker in the middle of a long round, to which a signal is sent that makes trouble."""
    monkeypatch.setenv("PYTHONPATH", f"{TROUBLE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("SEEDTUI_TROUBLE", "1")
    monkeypatch.setattr(connection, "BEAT", 0.1)

    def start(number: int) -> WorkerClient:
        worker_client = new_talk()
        worker_client.load(models["sd"])
        worker_client.worker.send(p.Run(explore("a cat", range(4), Recipe(steps=900))))
        worker_client.until((p.Step,))
        os.kill(worker_client.worker.pid, number)
        return worker_client

    return start


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGUSR1], ids=["stopped", "hangs"])
def test_a_worker_that_hangs_is_noticed_and_can_be_killed(troubled: Callable[[int], WorkerClient], number: int) -> None:
    worker_client = troubled(number)
    silent = worker_client.until((p.Silent,))[-1]
    assert isinstance(silent, p.Silent)
    assert "not answered" in silent.problem.message
    for _ in range(50):
        worker_client.worker.send(p.CountTokens(1, ("x" * 9999,)))  # more than a socket holds: the sender must not wait
    worker_client.worker.kill()
    assert not list(worker_client.rest())


@pytest.mark.slow
def test_a_worker_that_goes_on_is_heard_again(troubled: Callable[[int], WorkerClient]) -> None:
    worker_client = troubled(signal.SIGSTOP)
    worker_client.until((p.Silent,))
    os.kill(worker_client.worker.pid, signal.SIGCONT)
    worker_client.until((p.Answering,))
    worker_client.until((p.Step,))


@pytest.mark.slow
def test_a_crash_is_told_with_what_crashed_and_where(troubled: Callable[[int], WorkerClient]) -> None:
    died = troubled(signal.SIGUSR2).until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert "crashed with SIGSEGV (Segmentation fault in string_at" in died.problem.message


@pytest.mark.slow
def test_a_device_that_failed_ends_the_worker(troubled: Callable[[int], WorkerClient]) -> None:
    died = troubled(signal.SIGALRM).until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert "the device failed" in died.problem.message
    assert "illegal memory access" in died.problem.message


@pytest.mark.slow
def test_a_worker_that_prints_nonsense_is_understood(
    troubled: Callable[[int], WorkerClient], worker_client: WorkerClient
) -> None:
    babbler = troubled(signal.SIGURG)
    round_id = next(e.round_id for e in babbler.until((p.Step,)) if isinstance(e, p.Step))
    for _ in range(3):
        os.kill(babbler.worker.pid, signal.SIGURG)
        babbler.until((p.Step,))
    babbler.worker.send(p.Cancel(round_id))
    babbler.until(ENDS)
    assert babbler.hashes(SHORT) == worker_client.hashes(SHORT)
    os.kill(babbler.worker.pid, signal.SIGKILL)
    died = babbler.until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert died.problem.message.isprintable()


def test_a_half_written_model_is_told_and_the_worker_goes_on(
    shared: WorkerClient, models: dict[str, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(models["sd"], tmp_path / "half")
    weights = next((folder / "unet").glob("*.safetensors"))
    whole = weights.read_bytes()
    for part in (whole[: len(whole) // 2], whole[:4], b""):
        weights.write_bytes(part)
        shared.worker.send(p.Load("half", str(folder)))
        failed = shared.until((p.LoadFailed,))[-1]
        assert isinstance(failed, p.LoadFailed)
        assert f"unet/{weights.name} is damaged" in failed.problem.message
    weights.write_bytes(whole)
    assert isinstance(shared.load(folder), p.Loaded)
    expected = shared.hashes(SHORT)
    shared.load(models["sd"])
    assert shared.hashes(SHORT) == expected
