"""Workers on two hosts, each with a real sshd and, where the machine allows it, a network that can be cut."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from tests.support.hosts import Box, boxes, has_networks
from tests.support.pool_client import PoolClient, scout_and_finish
from tests.support.processes import children, eventually, processes
from tests.support.sshd import lacking

pytestmark = pytest.mark.slow

RECIPE = Recipe(steps=8, width=64, height=64, batch_size=4)
ENVIRON = {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "SEEDTUI_LINE_TIMEOUT": "12",
}


def seeds(count: int, recipe: Recipe = RECIPE) -> Round:
    return explore("a cat", range(count), recipe)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Box]]:
    """The hosts ``left`` and ``right``."""
    if program := lacking():
        pytest.skip(f"not installed: {program}")
    folder = tmp_path_factory.mktemp("hosts")
    with boxes(folder, "left", "right", networks=has_networks(), environ=ENVIRON) as found:
        yield found


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The hashes of 64 seeds, from one worker of this machine with one thread."""
    with PoolClient(PoolPlan(threads=1), tmp_path_factory.mktemp("local")) as client:
        client.load(RECIPE)
        client.run(round_ := seeds(64))
        return client.hashes(round_)


@pytest.fixture
def left(two: list[Box]) -> Box:
    return two[0]


@pytest.fixture(scope="module")
def shared(two: list[Box], tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolClient]:
    """One worker on each of the hosts. At the end, nothing of it may be left there."""
    folder = tmp_path_factory.mktemp("pool")
    with PoolClient(PoolPlan(hosts=tuple(box.host() for box in two), threads=1), folder) as client:
        client.load(RECIPE)
        yield client
    assert eventually(lambda: not any(box.processes() for box in two)), "something was left behind"


@pytest.fixture
def pool(shared: PoolClient, two: list[Box]) -> PoolClient:
    """Both workers are ready."""
    shared.wait(lambda: {shared.state(box.name) for box in two} == {"ready"})
    return shared


def working(pool: PoolClient, box: Box) -> None:
    """Wait until that worker has a batch and has begun with it."""
    pool.wait(lambda: pool.state(box.name) == "working" and pool.workers[box.name].doing)


def test_two_hosts_make_what_one_worker_here_makes_and_nothing_listens(
    pool: PoolClient, two: list[Box], expected: list[str]
) -> None:
    pool.run(round_ := seeds(64))
    working(pool, two[0])
    ours = [os.getpid(), *(pid for box in two for pid in box.processes()), *(pid for pid in children(os.getpid()))]
    ours = [pid for pid in ours if not Path(f"/proc/{pid}/comm").read_text().startswith("sshd")]
    assert len(ours) >= 7  # this one; and for each host its ssh, its relay and its worker
    if shutil.which("ss"):
        assert "sshd" in (found := listeners(two))
        assert not [pid for pid in ours if f"pid={pid}," in found]
    assert pool.hashes(round_) == expected
    assert {image.record.worker for image in pool.images(round_)} == {"left", "right"}
    assert len(pool.images(round_)) == 64


def test_a_line_that_is_cut_is_noticed_its_batch_made_elsewhere_and_the_worker_comes_back(
    pool: PoolClient, left: Box, expected: list[str]
) -> None:
    if not left.client:
        pytest.skip("this user can make no networks")
    pool.run(round_ := seeds(32))
    working(pool, left)
    relays, said = left.relays, len(pool.said)
    left.cut()
    try:
        pool.wait(lambda: pool.state("left") in ("silent", "away"))
        assert pool.hashes(round_) == expected[:32]
        pool.wait(lambda: pool.state("left") == "away")  # mended sooner, it would simply go on
    finally:
        left.mend()
    pool.wait(lambda: pool.state("left") == "ready")
    assert eventually(lambda: len(left.relays) == 1) and left.relays != relays
    pool.run(again := seeds(16))
    assert pool.hashes(again) == expected[:16]
    assert "left" in {image.record.worker for image in pool.images(again)}
    *before, back = pool.said[said:]
    passing = ("left does not answer; another worker makes its batch", "left answers again")
    lost = [words for words in before if words not in passing]
    # The line's end; and if that took long, why it could not be made again, which is another reason, told once.
    assert lost and all(words.startswith("left: ") for words in lost) and len(set(lost)) == len(lost)
    assert back == "left is back"


@pytest.mark.parametrize(
    ("which", "number"),
    [("workers", signal.SIGKILL), ("workers", signal.SIGSTOP), ("relays", signal.SIGKILL), ("relays", signal.SIGSTOP)],
)
def test_whatever_is_killed_or_stopped_there_comes_back(
    pool: PoolClient, left: Box, expected: list[str], which: str, number: int
) -> None:
    pool.run(round_ := seeds(16))
    working(pool, left)
    (pid,) = getattr(left, which)
    os.kill(pid, number)
    assert pool.hashes(round_) == expected[:16]
    pool.wait(lambda: pool.state("left") == "ready")
    assert eventually(lambda: len(left.processes()) == 2) and pid not in left.processes()
    pool.run(again := seeds(8))
    assert pool.hashes(again) == expected[:8]


def test_an_sshd_that_is_killed_is_waited_for(pool: PoolClient, left: Box, expected: list[str]) -> None:
    pool.run(round_ := seeds(16))
    working(pool, left)
    left.server.kill()
    try:
        assert pool.hashes(round_) == expected[:16]
        pool.wait(lambda: "refused" in pool.workers["left"].why or "closed" in pool.workers["left"].why)
    finally:
        left.server.start()
    pool.wait(lambda: pool.state("left") == "ready")
    assert len(left.processes()) == 2


FAULTS = int(os.environ.get("SEEDTUI_TEST_FAULTS", "8"))
"""How many things go wrong in the next test; a release is tested with 30."""


class Trouble:
    """While it lasts, something goes wrong on one of the hosts again and again; the other one works meanwhile."""

    def __init__(self, two: list[Box], chance: random.Random) -> None:
        self.faults = 0
        self._two, self._chance, self._over = two, chance, threading.Event()
        self._thread = threading.Thread(target=self._make)

    def __enter__(self) -> Trouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _make(self) -> None:
        while not self._over.wait(self._chance.uniform(0.1, 3)):
            box = self._chance.choice(self._two)
            kinds = ["kill", "stop", "relay", *(["cut"] if box.client else [])]
            match self._chance.choice(kinds):
                case "kill":
                    self._signal(box.workers, signal.SIGKILL)
                case "relay":
                    self._signal(box.relays, signal.SIGKILL)
                case "stop":
                    pids = box.workers
                    self._signal(pids, signal.SIGSTOP)
                    self._over.wait(self._chance.uniform(0.5, 20))
                    self._signal(pids, signal.SIGCONT)
                case "cut":
                    box.cut()
                    self._over.wait(self._chance.uniform(0.5, 25))
                    box.mend()
            self.faults += 1

    def _signal(self, pids: list[int], number: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def test_whatever_goes_wrong_nothing_is_lost_and_nothing_comes_twice(
    pool: PoolClient, two: list[Box], expected: list[str]
) -> None:
    chance, faults = random.Random(18), 0
    while faults < FAULTS:
        with Trouble(two, chance) as trouble:
            pool.run(round_ := seeds(64))
            end = pool.end_of(round_, 600)
        faults += trouble.faults
        images = pool.images(round_)
        found = {image.index: image.record.sha256 for image in images}
        assert len(found) == len(images), "an image came twice"
        if isinstance(end, p.RoundFailed):  # three workers in turn were lost with one batch, and it says so
            assert "failed on three workers" in end.problem.message
        else:
            assert found == dict(enumerate(expected))
    assert not [words for words in pool.said if "different images" in words]


def test_what_a_scout_round_saves_comes_here_and_is_finished_there_exactly(
    pool: PoolClient, expected: list[str], tmp_path: Path
) -> None:
    scout_and_finish(pool, RECIPE, expected[:16], tmp_path / "saved")
    assert {image.record.worker for image in pool.all(p.ImageReady)} == {"left", "right"}


CLIENT = """
import sys
from pathlib import Path
import msgspec
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from tests.support.pool_client import PoolClient

plan = msgspec.json.decode(sys.argv[1], type=PoolPlan)
recipe = Recipe(steps=50, width=64, height=64, batch_size=4)
client = PoolClient(plan, Path(sys.argv[2]))
client.load(recipe)
client.wait(lambda: list(view.state for view in client.workers.values()) == ["ready", "ready"])
client.run(explore("a cat", range(400), recipe))
client.wait(lambda: [view.state for view in client.workers.values()] == ["working", "working"])
print("working", flush=True)
client.wait(lambda: False, 600)
"""


@pytest.mark.parametrize("how", ["line up", "line cut"])
def test_of_a_client_that_is_killed_nothing_is_left_on_any_side(
    two: list[Box], tmp_path: Path, home: Path, how: str
) -> None:
    if how == "line cut" and not two[0].client:
        pytest.skip("this user can make no networks")
    before = {pid for box in two for pid in box.processes()}  # of the pool of the tests above
    plan = msgspec.json.encode(PoolPlan(hosts=tuple(box.host() for box in two), threads=1)).decode()
    client = subprocess.Popen([sys.executable, "-c", CLIENT, plan, str(tmp_path)], stdout=subprocess.PIPE)
    with client:
        assert client.stdout and client.stdout.readline() == b"working\n"
        if how == "line cut":
            two[0].cut()
        client.kill()
    try:
        assert eventually(lambda: not processes(home)), "here"
        assert eventually(lambda: before.issuperset(two[1].processes())), "there"
        assert eventually(lambda: before.issuperset(two[0].processes())), "there, where nobody tells it"
    finally:
        if how == "line cut":
            two[0].mend()


def test_two_workers_of_one_host_share_its_cores(pool: PoolClient, left: Box, tmp_path: Path) -> None:
    before = set(left.processes())
    with PoolClient(PoolPlan(hosts=(left.host(workers=2),)), tmp_path) as client:
        client.load(RECIPE)
        client.wait(lambda: [client.state("left 1"), client.state("left 2")] == ["ready", "ready"])
        share = max(1, len(os.sched_getaffinity(0)) // 2)
        threads = "1 thread" if share == 1 else f"{share} threads"
        assert {view.device.removesuffix("s") for view in client.workers.values()} == {
            f"cpu, {threads}".removesuffix("s")
        }
        client.run(round_ := seeds(16))
        assert len(client.hashes(round_)) == 16
        assert {image.record.worker for image in client.images(round_)} == {"left 1", "left 2"}
    assert eventually(lambda: before.issuperset(left.processes()))


def listeners(two: list[Box]) -> str:
    """What listens, and where: on this machine, at the client's end of the lines, and on the hosts."""
    names = [two[0].client, *(f"{two[0].client}-{box.name}" for box in two)] if two[0].client else []
    networks = [[], *(["ip", "netns", "exec", name] for name in names)]
    commands = [[*network, "ss", "-ltnpH"] for network in networks]
    return "".join(subprocess.run(words, capture_output=True, text=True, check=True).stdout for words in commands)
