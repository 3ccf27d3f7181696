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
from seedtui.engine.client.connection import Engine
from seedtui.engine.client.keep_alive import seen, stop
from seedtui.engine.pool.start import start_engine
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import ChangeWorker, PoolChanged, WorkerView
from seedtui.models.resolve import find_model

pytestmark = pytest.mark.slow

RECIPE = Recipe(steps=3, width=64, height=64, batch_size=2)
ENDS = (p.RoundDone, p.RoundCancelled, p.RoundFailed, p.WorkerDied)


class Client:
    """Reads what an engine says in a thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.images: list[p.ImageReady] = []
        self.steps: list[p.Step] = []
        self.told: list[str] = []
        self.workers: tuple[WorkerView, ...] = ()
        self._news = threading.Condition()
        self._seen: list[p.Event] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for event in self.engine.events():
            with self._news:
                match event:
                    case p.ImageReady():
                        self.images.append(event)
                    case p.Told(words):
                        self.told.append(words)
                    case p.Step():
                        self.steps.append(event)
                    case PoolChanged(workers):
                        self.workers = workers
                self._seen.append(event)
                self._news.notify_all()

    def wait_for(self, kinds: tuple[type, ...], seconds: float = 120.0) -> p.Event:
        """The next event of these kinds that was not waited for yet."""
        with self._news:
            end = time.monotonic() + seconds
            while True:
                while self._seen:
                    event = self._seen.pop(0)
                    if isinstance(event, kinds):
                        return event
                assert self._news.wait(end - time.monotonic()), f"none of {kinds}: {self.workers}, {self.told}"

    def load(self) -> None:
        self.engine.send(p.Load("starter", str(find_model("starter").path), recipe=RECIPE, threads=1))
        assert isinstance(loaded := self.wait_for((p.Loaded, p.LoadFailed, p.WorkerDied)), p.Loaded), loaded

    def hashes(self, round_: Round) -> dict[int, str]:
        """Make the round: the hash of each image, none of which came twice."""
        self.engine.send(p.Run(round_))
        end = self.wait_for(ENDS)
        assert isinstance(end, p.RoundDone), end
        mine = [image for image in self.images if image.round_id == round_.id]
        assert sorted(image.index for image in mine) == list(range(len(round_.shots)))
        return {image.index: image.record.sha256 for image in mine}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


def pool(logs: Path, workers: int) -> Client:
    plan = PoolPlan(workers=workers, threads=1)
    client = Client(start_engine(plan, lambda name: logs / f"{name or 'one'}.log", logs / "run", 0))
    client.load()
    return client


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What one worker makes of the seeds 0 to 15."""
    one = pool(tmp_path_factory.mktemp("one"), 1)
    hashes = one.hashes(explore("a cat", range(16), RECIPE))
    pids = children()
    one.engine.kill()
    assert gone(pids)
    return hashes


def children() -> list[int]:
    """The worker processes of this test."""
    found = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "seedtui.engine.worker"], capture_output=True)
    return [int(pid) for pid in found.stdout.split()]


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
def test_the_same_pixels_as_one_worker(logs: Path, expected: dict[int, str], workers: int) -> None:
    client = pool(logs, workers)
    round_ = explore("a cat", range(16), RECIPE)
    assert client.hashes(round_) == expected
    records = {image.index: image.record for image in client.images}
    assert {record.worker for record in records.values()} <= {f"cpu {n}" for n in range(1, workers + 1)}
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


def test_whatever_happens_nothing_is_lost_and_nothing_comes_twice(logs: Path, expected: dict[int, str]) -> None:
    """Killed and stopped at random moments, thirty times."""
    chance = random.Random(18)
    client = pool(logs, 2)
    faults = 0
    while faults < 30:
        round_ = explore("a cat", range(16), RECIPE)
        client.engine.send(p.Run(round_))
        with Trouble(chance) as trouble:
            end = client.wait_for(ENDS, 240)
        faults += trouble.faults
        mine = [image for image in client.images if image.round_id == round_.id]
        found = {image.index: image.record.sha256 for image in mine}
        assert len(found) == len(mine), "an image came twice"
        assert all(expected[index] == sha256 for index, sha256 in found.items())
        # Whoever kills three workers in the middle of one batch is told so, and may run the round again.
        assert isinstance(end, p.RoundDone) or (
            isinstance(end, p.RoundFailed) and "failed on three workers" in end.problem.message
        ), end
        if isinstance(end, p.RoundDone):
            assert found == expected
        for worker in client.workers:
            if worker.state == "failed":  # killed too often, without a batch in between
                client.engine.send(ChangeWorker(worker.id, "restart"))
    assert not any("different images" in words for words in client.told)
    pids = children()
    client.engine.close()
    assert gone(pids)


def test_a_scout_round_and_its_finish_over_two_workers(logs: Path, tmp_path: Path, expected: dict[int, str]) -> None:
    client = pool(logs, 2)
    saved = tmp_path / "saved"
    saved.mkdir()
    round_ = scout("a cat", range(16), Stop(share=0.5), RECIPE)
    client.engine.send(p.Run(round_, saved=str(saved)))
    assert isinstance(client.wait_for(ENDS), p.RoundDone)
    assert len([image for image in client.images if image.round_id == round_.id]) == 16
    for _ in range(2):  # the first time both ways are computed and compared
        finish = explore("a cat", range(16), RECIPE)
        client.engine.send(p.Run(finish, saved=str(saved)))
        done = client.wait_for(ENDS)
        assert isinstance(done, p.RoundDone)
        made = {image.index: image.record.sha256 for image in client.images if image.round_id == finish.id}
        assert made == expected
    assert done.replayed > 0
    client.engine.close()


def test_a_small_round_does_not_wait_for_a_large_one(logs: Path) -> None:
    client = pool(logs, 2)
    large, small = explore("a cat", range(40), RECIPE), explore("a dog", range(2), RECIPE)
    client.engine.send(p.Run(large))
    client.wait_for((p.ImageReady,))
    client.engine.send(p.Run(small))
    first = client.wait_for(ENDS)
    assert isinstance(first, p.RoundDone) and first.round_id == small.id
    client.engine.send(p.Cancel(large.id))
    cancelled = client.wait_for(ENDS)
    assert isinstance(cancelled, p.RoundCancelled) and cancelled.round_id == large.id
    client.engine.close()


def test_cancel_reaches_every_worker_within_a_step(logs: Path) -> None:
    client = pool(logs, 2)
    round_ = explore("a cat", range(16), RECIPE.with_changes(steps=200))
    client.engine.send(p.Run(round_))
    first = client.wait_for((p.Step,))
    second = client.wait_for((p.Step,))
    assert isinstance(first, p.Step) and isinstance(second, p.Step)
    client.engine.send(p.Cancel(round_.id))
    asked = len([event for event in client.steps if event.round_id == round_.id])
    cancelled = client.wait_for(ENDS)
    assert isinstance(cancelled, p.RoundCancelled)
    later = [event for event in client.steps if event.round_id == round_.id][asked:]
    assert len(later) <= 4, "for each worker the step under way, and one on its way to us"
    assert client.hashes(explore("a cat", range(2), RECIPE)), "both work again"
    client.engine.close()


def test_workers_that_are_kept_stay_and_are_joined_again(logs: Path, expected: dict[int, str]) -> None:
    plan, folder = PoolPlan(workers=2, threads=1), logs / "run"
    first = Client(start_engine(plan, lambda name: logs / f"{name}.log", folder, 5))
    first.load()
    kept = {found.pid for found in seen(folder)}
    assert len(kept) == 2
    first.engine.close()
    again = Client(start_engine(plan, lambda name: logs / f"{name}.log", folder, 5))
    again.load()
    assert {found.pid for found in seen(folder)} == kept
    assert again.hashes(explore("a cat", range(16), RECIPE)) == expected
    again.engine.close()
    for found in seen(folder):
        stop(found)
    assert gone(sorted(kept))


_KILLED = """
import sys, time
from pathlib import Path
from tests.engine.pool.test_real_workers import RECIPE, pool
from seedtui.core.rounds.make import explore
from seedtui.engine.wire import protocol as p
client = pool(Path(sys.argv[1]), 2)
client.engine.send(p.Run(explore("a cat", range(64), RECIPE)))
client.wait_for((p.ImageReady,))
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
