"""A worker that outlives its client: joined with its model, by one at a time, and by nobody else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from seedtui.core.errors import EngineError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.client.connection import Connection
from seedtui.engine.client.keep_alive import Seen, seen, start_worker, stop
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.fingerprint import fingerprint
from seedtui.engine.wire.socket_path import socket_folder
from tests.support.worker_client import ENDS, WorkerClient

SHORT = explore("a cat", range(4), Recipe(steps=3))
LONG = explore("a cat", range(4), Recipe(steps=900))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the workers of these tests are found."""
    folder = tmp_path_factory.mktemp("run") / "seedtui"
    yield folder
    for worker in seen(folder):
        stop(worker)


@pytest.fixture
def come(folder: Path, tmp_path: Path) -> Iterator[Callable[..., WorkerClient]]:
    """Comes as a client."""
    came: list[Connection] = []

    def start(minutes: float = 5.0, where: Path = folder) -> WorkerClient:
        came.append(start_worker(tmp_path / f"worker-{len(came)}.log", where, minutes))
        return WorkerClient(worker=came[-1])

    yield start
    for worker in came:
        worker.close()


def until(true: Callable[[], object]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never was")


def status(folder: Path) -> p.Status | None:
    found = seen(folder)
    return found[0].status if found else None


def free(folder: Path) -> bool:
    return bool((at := status(folder)) and not at.client and not at.doing)


def leave(worker_client: WorkerClient, folder: Path) -> None:
    until(lambda: (at := status(folder)) and at.client)  # it listens
    worker_client.worker.close()
    until(lambda: free(folder))


def test_a_loaded_model_is_joined_at_once_and_makes_the_same(
    come: Callable[..., WorkerClient], folder: Path, models: dict[str, Path]
) -> None:
    first = come()
    first.load(models["sd"])
    expected = first.hashes(SHORT)
    leave(first, folder)
    second = come()
    assert second.worker.pid == first.worker.pid
    second.worker.send(p.Load("sd", str(models["sd"])))
    assert [type(event) for event in second.until(ENDS)] == [p.Loaded]
    assert second.hashes(SHORT) == expected
    leave(second, folder)


@pytest.mark.slow
def test_another_model_or_a_changed_one_is_loaded(
    come: Callable[..., WorkerClient], folder: Path, models: dict[str, Path]
) -> None:
    worker_client = come()
    worker_client.load(models["sd"])
    worker_client.worker.send(p.Load("sd", str(models["sd"]), dtype="float64"))
    assert len(worker_client.until(ENDS)) > 1
    worker_client.load(models["sd"])
    os.utime(models["sd"] / "model_index.json", ns=(1, 1))
    worker_client.worker.send(p.Load("sd", str(models["sd"])))
    assert len(worker_client.until(ENDS)) > 1
    leave(worker_client, folder)


@pytest.mark.slow
def test_a_second_client_is_told_who_has_it_and_gets_its_own(
    come: Callable[..., WorkerClient], folder: Path, models: dict[str, Path]
) -> None:
    first = come()
    first.load(models["sd"])
    until(lambda: status(folder))
    second = come()
    told = second.until((p.Told,))[-1]
    assert isinstance(told, p.Told)
    assert f"process {os.getpid()}" in told.words
    assert second.worker.pid != first.worker.pid
    second.load(models["sd"])
    assert second.hashes(SHORT) == first.hashes(SHORT)
    second.worker.close()
    leave(first, folder)


def test_a_round_whose_client_is_gone_stops_and_runs_again_for_the_next(
    come: Callable[..., WorkerClient], folder: Path, models: dict[str, Path]
) -> None:
    first = come()
    first.load(models["sd"])
    expected = first.hashes(SHORT)
    first.worker.send(p.Run(LONG))
    first.until((p.Step,))
    first.worker._sock.shutdown(socket.SHUT_RDWR)  # as the system does when the client is killed
    until(lambda: free(folder))
    second = come()
    assert second.worker.pid == first.worker.pid
    second.load(models["sd"])
    assert second.hashes(SHORT) == expected
    leave(second, folder)


GREETINGS = (p.Join(), p.AskStatus())
FRAMED = st.binary(max_size=80).map(lambda body: len(body).to_bytes(4, "big") + body)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | FRAMED)
@example(b"GET / HTTP/1.1\r\n\r\n")
@example(b"\xff\xff\xff\xff")
@example(b"\0\0\xff\xff" + b"\x91" * 65_535)
@example(b"\0\0\0\1\x80")
def test_nonsense_at_the_door_and_behind_it_changes_nothing(
    warm: Path, models: dict[str, Path], nonsense: bytes
) -> None:
    for greeting in (None, p.Join()):
        until(lambda: free(warm))
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(os.fspath(seen(warm)[0].path))
            if greeting is not None:
                framing.send(sock, greeting)
                assert isinstance(framing.receive_reply(sock), p.Welcome)
            sock.sendall(nonsense)
    until(lambda: free(warm))
    assert (at := status(warm)) and at.model == "sd"


@pytest.fixture(scope="module")
def warm(folder: Path, tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Path:
    """A worker that waits with the tiny Stable Diffusion loaded; the folder to find it in."""
    worker_client = WorkerClient(worker=start_worker(tmp_path_factory.mktemp("warm") / "worker.log", folder, 5.0))
    worker_client.load(models["sd"])
    leave(worker_client, folder)
    return folder


def test_after_all_that_nonsense_it_makes_what_a_new_one_makes(
    warm: Path, come: Callable[..., WorkerClient], worker_client: WorkerClient, models: dict[str, Path]
) -> None:
    joined = come()
    assert isinstance(joined.load(models["sd"]), p.Loaded)
    assert joined.hashes(SHORT) == worker_client.hashes(SHORT)
    leave(joined, warm)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be someone else")
def test_another_user_is_not_let_in(warm: Path, tmp_path: Path) -> None:
    path = seen(warm)[0].path
    opened = [folder for folder in (path, *path.parents) if folder != Path("/tmp") and Path("/tmp") in folder.parents]
    modes = {folder: folder.stat().st_mode for folder in opened}
    for folder in opened:
        folder.chmod(0o777)  # so that only the worker itself stands in the way
    code = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534); s = socket.socket(socket.AF_UNIX)\n"
        f"s.connect({os.fspath(path)!r}); s.sendall(bytes.fromhex({_framed(p.AskStatus()).hex()!r})); print(s.recv(99))"
    )
    try:
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)
    hung_up = ("BrokenPipeError", "ConnectionResetError")  # or the end of the stream, as the two race
    assert answer.stdout.strip() == "b''" or any(name in answer.stderr for name in hung_up), answer
    assert status(warm)


def test_a_folder_that_others_can_enter_is_not_used(folder: Path, come: Callable[..., WorkerClient]) -> None:
    near = socket_folder(folder)  # the test's own folder may have too long a name
    open_, link = near / "open", near / "link"
    open_.mkdir(mode=0o755)
    link.symlink_to(near)
    for entered in (open_, link):
        with pytest.raises(EngineError, match="accessible to other users"):
            socket_folder(entered)
    told = come(where=open_).until((p.Told,))[-1]
    assert isinstance(told, p.Told)
    assert "will not stay loaded" in told.words


def test_a_path_that_is_too_long_for_a_socket_has_a_short_stand_in(tmp_path: Path) -> None:
    long = socket_folder(tmp_path / ("x" * 90) / ("y" * 90))
    assert len(os.fsencode(long)) < 75
    assert long.stat().st_mode & 0o777 == 0o700
    assert socket_folder(tmp_path / ("x" * 90) / ("y" * 90)) == long
    long.rmdir()


def test_workers_that_would_make_other_pixels_are_not_the_same() -> None:
    assert fingerprint({"HOME": "/a", "TERM": "x"}) == fingerprint({"HOME": "/b"})
    others = [{"CUDA_VISIBLE_DEVICES": "1"}, {"OMP_NUM_THREADS": "2"}, {"HF_HOME": "/x"}, {"PYTORCH_TUNABLEOP": "1"}]
    assert len({fingerprint(other) for other in (*others, {})}) == len(others) + 1


@pytest.mark.slow
def test_it_leaves_when_nobody_comes_and_takes_its_socket_with_it(
    tmp_path: Path, come: Callable[..., WorkerClient], models: dict[str, Path]
) -> None:
    folder = tmp_path / "brief"
    worker_client = come(minutes=0.02, where=folder)
    worker_client.load(models["sd"])
    until(lambda: status(folder))
    pid = worker_client.worker.pid
    worker_client.worker.close()
    until(lambda: worker_client.worker._process.poll() is not None)  # type: ignore[attr-defined]
    assert not list(folder.glob("*.sock"))
    assert come(minutes=0.02, where=folder).worker.pid != pid


@pytest.mark.slow
def test_a_stopped_worker_is_seen_and_ended(
    tmp_path: Path, come: Callable[..., WorkerClient], models: dict[str, Path]
) -> None:
    folder = tmp_path / "stopped"
    worker_client = come(where=folder)
    worker_client.load(models["sd"])
    until(lambda: status(folder))
    os.kill(worker_client.worker.pid, signal.SIGSTOP)
    told = come(where=folder).until((p.Told,))[-1]
    assert isinstance(told, p.Told)
    assert "does not answer; stop it with: seedtui worker stop" in told.words
    found = seen(folder)
    assert [(worker.pid, worker.status) for worker in found] == [(worker_client.worker.pid, None)]
    assert stop(found[0])
    assert seen(folder) == []
    assert not stop(Seen(found[0].path, found[0].pid, None))


def _framed(message: p.Message) -> bytes:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        framing.send(ours, message)
        return theirs.recv(999)
