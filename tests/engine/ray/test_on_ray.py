"""A pool on a real Ray cluster: the same pixels as a worker without it, whatever happens, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from tests.support.pool_client import PoolClient, scout_and_finish
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.slow

RECIPE = Recipe(steps=8, width=128, height=128, batch_size=4)
PLAN = PoolPlan(ray="local", threads=1)


def seeds(count: int, recipe: Recipe = RECIPE) -> Round:
    return explore("a cat", range(count), recipe)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The hashes of 16 seeds, from one worker without Ray, with one thread."""
    with PoolClient(PoolPlan(threads=1), tmp_path_factory.mktemp("local")) as client:
        client.load(RECIPE)
        client.run(round_ := seeds(16))
        return client.hashes(round_)


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[PoolClient]:
    """A pool on a cluster of its own, of which nothing is left in the end."""
    with PoolClient(PLAN, tmp_path / "logs") as client:
        client.load(RECIPE)
        client.first(p.Loaded)
        yield client
    assert eventually(lambda: not processes(home)), processes(home)


def pids(home: Path, words: str) -> list[int]:
    return [pid for pid, command in processes(home).items() if words in command]


def workers(home: Path) -> list[int]:
    return pids(home, "seedtui.engine.worker")


def actors(home: Path) -> list[int]:
    return pids(home, "ray::RemoteWorker")


def working(client: PoolClient) -> bool:
    views = client.workers.values()
    return len(views) > 1 and all(view.state == "working" for view in views)


def test_the_same_pixels_and_nobody_else_can_reach_it(client: PoolClient, home: Path, expected: list[str]) -> None:
    client.run(round_ := seeds(16))
    assert client.hashes(round_) == expected
    assert {image.record.worker for image in client.images(round_)} >= {"ray 1", "ray 2"}
    assert "ray" not in sys.modules
    ours = processes(home)
    sockets = [
        line.split() for line in subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True).stdout.splitlines()
        if any(f"pid={pid}," in line for pid in ours)
    ]  # fmt: skip
    assert sockets  # Ray's own
    assert {words[3].rpartition(":")[0] for words in sockets} <= {"127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"}
    (bridge,) = bridges(home)
    environ = dict(
        line.split("=", 1) for line in Path(f"/proc/{actors(home)[0]}/environ").read_text().split("\0") if "=" in line
    )
    token = Path(environ["RAY_AUTH_TOKEN_PATH"])
    assert environ["RAY_AUTH_MODE"] == "token" and environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700
    assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in workers(home)} == {os.getpriority(os.PRIO_PROCESS, bridge)}
    client.engine.close()
    assert eventually(lambda: not processes(home)), processes(home)
    assert not token.parent.exists()


def test_what_a_scout_round_saves_comes_here_and_is_finished_there_exactly(
    client: PoolClient, expected: list[str], tmp_path: Path
) -> None:
    scout_and_finish(client, RECIPE, expected, tmp_path / "saved")


def bridges(home: Path) -> list[int]:
    return pids(home, "seedtui.engine.ray")


@pytest.mark.parametrize(
    ("whom", "reason"),
    [
        (workers, "the worker was killed"),
        (actors, "its Ray actor died"),
        (bridges, "the bridge to Ray was killed"),
    ],
    ids=["worker", "actor", "bridge"],
)
def test_who_is_killed_loses_nothing(
    client: PoolClient, home: Path, expected: list[str], whom: Callable[[Path], list[int]], reason: str
) -> None:
    client.run(round_ := seeds(16))
    client.wait(lambda: working(client) and client.all(p.Step))
    before = processes(home)
    os.kill(whom(home)[0], signal.SIGKILL)
    assert client.hashes(round_) == expected
    assert any(reason in words for words in client.said), client.said
    client.wait(lambda: len(client.workers) > 1 and all(v.state == "ready" for v in client.workers.values()))
    if whom is bridges:  # its cluster has gone with it
        assert eventually(lambda: not before.keys() & processes(home).keys())


def test_stopped_actors_are_noticed_and_replaced(client: PoolClient, home: Path, expected: list[str]) -> None:
    client.run(round_ := seeds(16))
    client.wait(lambda: working(client) and client.all(p.Step))
    actor = actors(home)[0]
    os.kill(actor, signal.SIGSTOP)
    assert client.hashes(round_) == expected
    client.wait(lambda: actor not in processes(home) or any("no answer" in words for words in client.said))
    assert eventually(lambda: actor not in processes(home))


def test_cancel_reaches_every_worker_within_a_step(client: PoolClient) -> None:
    client.run(round_ := seeds(32, Recipe(steps=60, width=128, height=128, batch_size=4)))
    client.wait(lambda: working(client) and client.all(p.Step))
    client.engine.send(p.Cancel(round_.id))
    seen = client.all(p.Step)[-1].step
    cancelled = client.first(p.RoundCancelled)
    assert cancelled.step - seen <= 2 * len(client.workers)  # the step in progress, and one whose event was on its way
    client.run(short := seeds(4))
    assert len(client.hashes(short)) == 4


_KILLED = """
import sys, time
from pathlib import Path
from seedtui.engine.wire import protocol as p
from tests.engine.ray.test_on_ray import PLAN, RECIPE, seeds
from tests.support.pool_client import PoolClient
client = PoolClient(PLAN, Path(sys.argv[1]))
client.load(RECIPE)
client.first(p.Loaded)
client.run(seeds(64))
client.first(p.Step)
print("running", flush=True)
time.sleep(600)
"""


def test_a_client_that_is_killed_leaves_nothing_running(home: Path, tmp_path: Path) -> None:
    client = subprocess.Popen([sys.executable, "-c", _KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert client.stdout and client.stdout.readline() == "running\n"
    assert workers(home)
    client.kill()
    client.wait()
    assert eventually(lambda: not processes(home)), processes(home)


def test_a_client_that_quits_at_once_leaves_nothing_running(home: Path, tmp_path: Path) -> None:
    client = PoolClient(PLAN, tmp_path)
    assert eventually(lambda: pids(home, "gcs_server"))
    client.engine.close()
    assert eventually(lambda: not processes(home)), processes(home)


def test_a_cluster_that_is_not_there(tmp_path: Path) -> None:
    with PoolClient(PoolPlan(ray="127.0.0.1:1"), tmp_path) as client:
        died = client.first(p.WorkerDied)
        assert "cannot connect to the Ray cluster at 127.0.0.1:1" in died.problem.message


@contextlib.contextmanager
def running_ray(
    home: Path, folder: Path, *, machine: str = "", resources: str = "--num-cpus=2", **environ: str
) -> Iterator[str]:
    """The address of a cluster that a user has started, on this machine or, as far as it can be told, on `machine`.

    `folder` is where Ray has its files.
    """
    ray = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--disable-usage-stats", resources]
    where = ["--node-ip-address=127.0.0.1", "--port=0", "--include-dashboard=false"]
    there = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', machine] if machine else []
    subprocess.run([*there, *ray, *where], check=True, capture_output=True, env={**os.environ, **environ})
    yield (folder / "ray" / "ray_current_cluster").read_text()
    for pid in processes(home):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def ray_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a user's Ray has its files; and the user's settings for it, in the environment."""
    token = tmp_path / "token"
    token.write_text("0123456789abcdef" * 4)
    for name, value in {
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with tempfile.TemporaryDirectory(prefix="ray-test-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("RAY_TMPDIR", folder)  # a short one, as there are sockets in it
        yield Path(folder)


@pytest.mark.parametrize("how", ["auto", "address"])
def test_a_running_cluster_is_joined_and_outlives_us(
    ray_folder: Path, home: Path, tmp_path: Path, expected: list[str], how: str
) -> None:
    with running_ray(home, ray_folder) as address:
        _join(PoolPlan(ray="auto" if how == "auto" else address, threads=1), home, tmp_path / "logs", expected)


def _join(plan: PoolPlan, home: Path, logs: Path, expected: list[str]) -> None:
    before = set(pids(home, "gcs_server")) | set(pids(home, "raylet"))
    with PoolClient(plan, logs) as client:
        client.load(RECIPE)
        client.run(round_ := seeds(16))
        assert client.hashes(round_) == expected
        assert {view.name for view in client.workers.values()} == {"ray 1", "ray 2"}
        assert len(pids(home, "gcs_server")) == 1
    assert eventually(lambda: not (workers(home) or actors(home) or bridges(home)))
    assert before <= set(processes(home))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a machine another name")
def test_each_worker_has_a_gpu_of_its_own_and_the_name_of_its_machine(
    ray_folder: Path, home: Path, tmp_path: Path
) -> None:
    with (
        running_ray(home, ray_folder, machine="node7", resources="--num-gpus=2") as address,
        PoolClient(PoolPlan(ray=address, threads=1), tmp_path / "logs") as client,
    ):
        client.load(RECIPE)
        client.wait(lambda: {view.name for view in client.workers.values()} == {"ray node7 1", "ray node7 2"})
        client.wait(lambda: all(view.state == "ready" for view in client.workers.values()))
        environs = [Path(f"/proc/{pid}/environ").read_text().split("\0") for pid in workers(home)]
        seen = sorted(line for environ in environs for line in environ if line.startswith("CUDA_VISIBLE_DEVICES="))
        assert seen == ["CUDA_VISIBLE_DEVICES=0", "CUDA_VISIBLE_DEVICES=1"]


def test_who_comes_second_waits_until_there_is_room(ray_folder: Path, home: Path, tmp_path: Path) -> None:
    with running_ray(home, ray_folder) as address:
        plan = PoolPlan(ray=address, threads=2)
        with PoolClient(plan, tmp_path / "first") as first:
            first.load(RECIPE)
            first.first(p.Loaded)
            second = PoolClient(plan, tmp_path / "second")
            second.load(RECIPE)
            second.wait(lambda: any("waiting until 2 CPUs are free" in words for words in second.said))
            assert second.state("ray") == "starting"
        second.first(p.Loaded)
        second.engine.close()


def test_a_cluster_whose_machines_have_no_seedtui(ray_folder: Path, home: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('import sys; sys.modules["seedtui"] = None')
    with (
        running_ray(home, ray_folder, PYTHONPATH=str(tmp_path)) as address,
        PoolClient(PoolPlan(ray=address, threads=1), tmp_path / "logs") as client,
    ):
        died = client.first(p.WorkerDied)
        assert "no worker can start on Ray" in died.problem.message and "seedtui" in died.problem.message
        assert "Install the same version" in died.problem.hint


def test_a_token_that_is_not_the_clusters(
    ray_folder: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_ray(home, ray_folder) as address:
        other = tmp_path / "other"
        other.write_text("f" * 64)
        monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(other))
        with PoolClient(PoolPlan(ray=address, threads=1), tmp_path / "logs") as client:
            died = client.first(p.WorkerDied)
            assert "cannot connect to the Ray cluster" in died.problem.message
            assert "token" in died.problem.hint
