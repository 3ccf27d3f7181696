"""The parts of the Ray lanes that need no Ray."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from seedtui.core.errors import InputError
from seedtui.core.pool.plan import PoolPlan, check_ray
from seedtui.engine.pool.start import another, lane_specs, start_engine
from seedtui.engine.ray import remote_worker
from seedtui.engine.ray.place import Room, room_on
from seedtui.engine.ray.remote_worker import ChunkStream, own_environ
from seedtui.engine.ray.settings import private_folder, running_cluster
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p


@pytest.mark.parametrize(
    ("nodes", "threads", "room"),
    [
        ([{"CPU": 8.0}], 2, Room(4, 2, 0, 2)),
        ([{"CPU": 8.0}, {"CPU": 3.0}], 2, Room(5, 2, 0, 2)),
        ([{"CPU": 8.0}, {"CPU": 4.0}], 0, Room(3, 4, 0, 4)),
        ([{"CPU": 4.0}], 8, Room(0, 8, 0, 8)),
        ([{"CPU": 8.0, "GPU": 2.0}, {"CPU": 4.0}], 0, Room(2, 0, 1, 0)),
        ([{"memory": 1.0}], 0, Room(0, 1, 0, 1)),
    ],
)
def test_how_many_workers_a_cluster_has_room_for(nodes: list[dict[str, float]], threads: int, room: Room) -> None:
    assert room_on(nodes, threads, use_gpus=True) == room


def test_gpus_can_be_left_alone() -> None:
    assert room_on([{"CPU": 8.0, "GPU": 2.0}], 4, use_gpus=False) == Room(2, 4, 0, 4)


@pytest.mark.parametrize("address", ["auto", "local", "10.0.0.7:6379", "node7.cluster:6379", "[fe80::1]:6379"])
def test_addresses_of_clusters(address: str) -> None:
    assert check_ray(address) == address


@pytest.mark.parametrize("address", ["", "node7", "ray://node7:10001", "--block:1", "node7:port", "a b:1"])
def test_what_is_no_address_of_a_cluster(address: str) -> None:
    with pytest.raises(InputError):
        check_ray(address)


def test_without_ray_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"Ray is not installed.*pip install 'seedtui\[ray\]'"):
        start_engine(PoolPlan(ray="auto"), lambda name: tmp_path / name, tmp_path, 0)


def test_another_worker_on_ray() -> None:
    first, *_ = lane_specs(PoolPlan(ray="auto", threads=2), (), 4)
    added = another("ray", [first], (), 2)
    assert (added.kind, added.threads, added.number) == ("ray", 2, 1)


def test_chunks_may_arrive_in_any_order() -> None:
    sent = ChunkStream()
    for message in (p.Ping(), p.Cancel("a round"), p.Quit()):
        framing.send(sent, message)
    sent.close()
    data = b"".join(sent.sent())
    chunks = [data[first : first + 5] for first in range(0, len(data), 5)]
    received = ChunkStream()
    for number in (*range(1, len(chunks)), 0):
        received.feed(number, chunks[number])
    received.feed(len(chunks), b"")
    requests = []
    while (request := framing.receive_request(received)) is not None:
        requests.append(request)
    assert requests == [p.Ping(), p.Cancel("a round"), p.Quit()]
    assert framing.receive_request(received) is None  # an end stays one


def test_a_client_that_is_not_heard_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_worker, "CUT", 0.01)
    with pytest.raises(TimeoutError):
        framing.receive_request(ChunkStream())


def test_the_number_of_threads_that_ray_sets_is_not_the_users(tmp_path: Path) -> None:
    at_start = tmp_path / "environ"
    environ = {"OMP_NUM_THREADS": "1", "HOME": "/home/ana"}
    at_start.write_bytes(b"HOME=/home/ana\0MY_OMP_NUM_THREADS=2\0")
    assert own_environ(environ, at_start) == {"HOME": "/home/ana"}
    at_start.write_bytes(b"OMP_NUM_THREADS=1\0HOME=/home/ana\0")
    assert own_environ(environ, at_start) == environ
    assert own_environ(environ, tmp_path / "none") == environ


def test_the_folder_of_a_cluster_is_private_and_goes_with_it(tmp_path: Path) -> None:
    with private_folder(tmp_path) as (folder, token):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
        assert len(token.read_text()) == 64
        with private_folder(tmp_path) as (other, _token):  # two beside each other
            assert other != folder and folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_behind_is_removed(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with private_folder(tmp_path):
            os._exit(0)
    os.waitpid(child, 0)
    (left,) = tmp_path.iterdir()
    with private_folder(tmp_path) as (folder, _token):
        assert list(tmp_path.iterdir()) == [folder]
    assert not left.exists()


def test_a_cluster_is_found_only_where_one_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("RAY_ADDRESS", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    assert running_cluster() is None
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "ray_current_cluster").write_text("127.0.0.1:1\n")  # left behind
    assert running_cluster() is None
    monkeypatch.setenv("RAY_ADDRESS", "node7:6379")
    assert running_cluster() == "node7:6379"
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    assert running_cluster() is None
    monkeypatch.setenv("RAY_ADDRESS", "ray://node7:10001")
    with pytest.raises(InputError):
        running_cluster()
