"""What can happen to a worker: each is told for what it is, and the next worker makes the same pixels."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import explore
from seedtui.engine.client import connection
from seedtui.engine.wire import protocol as p
from tests.support.talk import ENDS, Talk

TROUBLE = Path(__file__).parent / "trouble"
SHORT = explore("a cat", range(4), Recipe(steps=3))


@pytest.fixture
def troubled(
    new_talk: Callable[[], Talk], models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], Talk]:
    """A worker in the middle of a long round, to which a signal is sent that makes trouble."""
    monkeypatch.setenv("PYTHONPATH", f"{TROUBLE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("SEEDTUI_TROUBLE", "1")
    monkeypatch.setattr(connection, "BEAT", 0.1)

    def start(number: int) -> Talk:
        talk = new_talk()
        talk.load(models["sd"])
        talk.worker.send(p.Run(explore("a cat", range(4), Recipe(steps=900))))
        talk.until((p.Step,))
        os.kill(talk.worker.pid, number)
        return talk

    return start


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGUSR1], ids=["stopped", "hangs"])
def test_a_worker_that_hangs_is_noticed_and_can_be_killed(troubled: Callable[[int], Talk], number: int) -> None:
    talk = troubled(number)
    silent = talk.until((p.Silent,))[-1]
    assert isinstance(silent, p.Silent)
    assert "not answered" in silent.problem.message
    for _ in range(50):
        talk.worker.send(p.CountTokens(1, ("x" * 9999,)))  # more than a socket holds: the sender must not wait
    talk.worker.kill()
    assert not list(talk.rest())


@pytest.mark.slow
def test_a_worker_that_goes_on_is_heard_again(troubled: Callable[[int], Talk]) -> None:
    talk = troubled(signal.SIGSTOP)
    talk.until((p.Silent,))
    os.kill(talk.worker.pid, signal.SIGCONT)
    talk.until((p.Answering,))
    talk.until((p.Step,))


@pytest.mark.slow
def test_a_crash_is_told_with_what_crashed_and_where(troubled: Callable[[int], Talk]) -> None:
    died = troubled(signal.SIGUSR2).until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert "crashed with SIGSEGV (Segmentation fault in string_at" in died.problem.message


@pytest.mark.slow
def test_a_device_that_failed_ends_the_worker(troubled: Callable[[int], Talk]) -> None:
    died = troubled(signal.SIGALRM).until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert "the device failed" in died.problem.message
    assert "illegal memory access" in died.problem.message


@pytest.mark.slow
def test_a_worker_that_prints_nonsense_is_understood(troubled: Callable[[int], Talk], talk: Talk) -> None:
    babbler = troubled(signal.SIGURG)
    round_id = next(e.round_id for e in babbler.until((p.Step,)) if isinstance(e, p.Step))
    for _ in range(3):
        os.kill(babbler.worker.pid, signal.SIGURG)
        babbler.until((p.Step,))
    babbler.worker.send(p.Cancel(round_id))
    babbler.until(ENDS)
    assert babbler.hashes(SHORT) == talk.hashes(SHORT)
    os.kill(babbler.worker.pid, signal.SIGKILL)
    died = babbler.until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert died.problem.message.isprintable()


def test_a_half_written_model_is_told_and_the_worker_goes_on(
    shared: Talk, models: dict[str, Path], tmp_path: Path
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
