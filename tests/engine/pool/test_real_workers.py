"""A pool of real worker processes: the same pixels as one worker, and nothing lost, whatever happens to them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.client.keep_alive import seen, stop
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import ChangeWorker
from tests.support.pool_client import PoolClient

pytestmark = pytest.mark.slow

FAULTS = int(os.environ.get("SEEDTUI_TEST_FAULTS", "10"))
"""How often workers are killed or stopped; a release is tested with 30."""

RECIPE = Recipe(steps=3, width=64, height=64, batch_size=2)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


def pool(folder: Path, workers: int, keep_alive: float = 0.0) -> PoolClient:
    client = PoolClient(PoolPlan(workers=workers, threads=1), folder, keep_alive)
    client.load(RECIPE)
    client.first(p.Loaded)
    return client


def made(client: PoolClient, round_: Round, saved: str = "") -> list[str]:
    """The hashes of the images of `round_`."""
    client.run(round_, saved)
    return client.hashes(round_)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What one worker makes of the seeds 0 to 15."""
    one = pool(tmp_path_factory.mktemp("one"), 1)
    hashes = made(one, explore("a cat", range(16), RECIPE))
    pids = children()
    one.engine.kill()
    assert gone(pids)
    return hashes


_OTHERS: set[int] = set()
"""Worker processes that tests before these share."""


@pytest.fixture(scope="module", autouse=True)
def others() -> None:
    _OTHERS.update(children())


def children() -> list[int]:
    """The worker processes of this test."""
    found = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "seedtui.engine.worker"], capture_output=True)
    return [pid for pid in map(int, found.stdout.split()) if pid not in _OTHERS]


def gone(pids: list[int], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state != b"Z"


@pytest.mark.parametrize("workers", [2, 4])
def test_the_same_pixels_as_one_worker(logs: Path, expected: list[str], workers: int) -> None:
    client = pool(logs, workers)
    round_ = explore("a cat", range(16), RECIPE)
    assert made(client, round_) == expected
    assert {image.record.worker for image in client.images(round_)} <= {f"cpu {n}" for n in range(1, workers + 1)}
    listening = subprocess.run(["ss", "-Hltnup"], capture_output=True, text=True).stdout
    pids = children()
    assert len(pids) == workers
    assert not [line for line in listening.splitlines() if any(f"pid={pid}," in line for pid in (*pids, os.getpid()))]
    client.engine.close()
    assert gone(pids)


class Trouble:
    """While it lasts, kills or stops one of our workers again and again, but never all of them."""

    def __init__(self, chance: random.Random) -> None:
        self.faults = 0
        self._chance, self._over, self._stopped = chance, threading.Event(), set[int]()
        self._thread = threading.Thread(target=self._make)

    def __enter__(self) -> Trouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._let_go()

    def _make(self) -> None:
        while not self._over.wait(self._chance.uniform(0.05, 1.5)):
            alive = [pid for pid in children() if pid not in self._stopped]
            if len(alive) < 2:
                self._let_go()
                continue
            pid, kill = self._chance.choice(alive), self._chance.random() < 0.6
            _signal(pid, signal.SIGKILL if kill else signal.SIGSTOP)
            self._stopped.update(() if kill else (pid,))
            self.faults += 1

    def _let_go(self) -> None:
        for pid in self._stopped:
            _signal(pid, signal.SIGCONT)
        self._stopped.clear()


def test_whatever_happens_nothing_is_lost_and_nothing_comes_twice(logs: Path, expected: list[str]) -> None:
    """Killed and stopped at random moments."""
    chance = random.Random(18)
    client = pool(logs, 2)
    faults = 0
    while faults < FAULTS:
        round_ = explore("a cat", range(16), RECIPE)
        client.run(round_)
        with Trouble(chance) as trouble:
            end = client.end_of(round_, 240)
        faults += trouble.faults
        mine = client.images(round_)
        found = {image.index: image.record.sha256 for image in mine}
        assert len(found) == len(mine), "an image came twice"
        assert all(expected[index] == sha256 for index, sha256 in found.items())
        # Whoever kills three workers in the middle of one batch is told so, and may run the round again.
        if isinstance(end, p.RoundFailed):
            assert "failed on three workers" in end.problem.message
        else:
            assert found == dict(enumerate(expected))
        for worker in client.workers.values():
            if worker.state == "failed":  # killed too often, without a batch in between
                client.engine.send(ChangeWorker(worker.id, "restart"))
    assert not any("different images" in words for words in client.said)
    pids = children()
    client.engine.close()
    assert gone(pids)


def test_a_scout_round_and_its_finish_over_two_workers(logs: Path, tmp_path: Path, expected: list[str]) -> None:
    client = pool(logs, 2)
    saved = tmp_path / "saved"
    saved.mkdir()
    round_ = scout("a cat", range(16), Stop(share=0.5), RECIPE)
    assert len(made(client, round_, str(saved))) == 16
    for _ in range(2):  # the first time both ways are computed and compared
        finish = explore("a cat", range(16), RECIPE)
        assert made(client, finish, str(saved)) == expected
    done = client.end_of(finish)
    assert isinstance(done, p.RoundDone) and done.replayed > 0
    client.engine.close()


def test_a_small_round_does_not_wait_for_a_large_one(logs: Path) -> None:
    client = pool(logs, 2)
    large, small = explore("a cat", range(40), RECIPE), explore("a dog", range(2), RECIPE)
    client.run(large)
    client.wait(lambda: client.images(large))
    client.run(small)
    assert isinstance(client.end_of(small), p.RoundDone)
    assert len(client.images(large)) < 40
    client.engine.send(p.Cancel(large.id))
    assert isinstance(client.end_of(large), p.RoundCancelled)
    client.engine.close()


def test_cancel_reaches_every_worker_within_a_step(logs: Path) -> None:
    client = pool(logs, 2)
    round_ = explore("a cat", range(16), RECIPE.with_changes(steps=200))
    client.run(round_)

    def steps() -> int:
        return sum(step.round_id == round_.id for step in client.all(p.Step))

    client.wait(lambda: steps() > 1)
    client.engine.send(p.Cancel(round_.id))
    asked = steps()
    assert isinstance(client.end_of(round_), p.RoundCancelled)
    assert steps() - asked <= 4, "for each worker the step under way, and one on its way to us"
    assert made(client, explore("a cat", range(2), RECIPE)), "both work again"
    client.engine.close()


def test_workers_that_are_kept_stay_and_are_joined_again(logs: Path, expected: list[str]) -> None:
    first = pool(logs, 2, keep_alive=5)
    kept = {found.pid for found in seen(logs / "run")}
    assert len(kept) == 2
    first.engine.close()
    again = pool(logs, 2, keep_alive=5)
    assert {found.pid for found in seen(logs / "run")} == kept
    assert made(again, explore("a cat", range(16), RECIPE)) == expected
    again.engine.close()
    for found in seen(logs / "run"):
        stop(found)
    assert gone(sorted(kept))


_KILLED = """
import sys, time
from pathlib import Path
from tests.engine.pool.test_real_workers import RECIPE, pool
from seedtui.core.rounds.make import explore
from seedtui.engine.wire import protocol as p
client = pool(Path(sys.argv[1]), 2)
client.run(explore("a cat", range(64), RECIPE))
client.first(p.ImageReady)
print("running", flush=True)
time.sleep(600)
"""


def test_a_client_that_is_killed_leaves_nothing_running(logs: Path) -> None:
    client = subprocess.Popen([sys.executable, "-c", _KILLED, str(logs)], stdout=subprocess.PIPE, text=True)
    assert client.stdout and client.stdout.readline() == "running\n"
    found = subprocess.run(["pgrep", "-P", str(client.pid)], capture_output=True)
    pids = [int(pid) for pid in found.stdout.split()]
    assert len(pids) == 2
    client.kill()
    client.wait()
    assert gone(pids)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
