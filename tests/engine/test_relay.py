"""The other end of a line, over pipes, and a worker behind it that only remembers what it was sent."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from seedtui.core.errors import EngineError, InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.scout import finishing, scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine import fake
from seedtui.engine.client.connection import Connection
from seedtui.engine.client.environ import usable_cores
from seedtui.engine.client.relay import Relay, StdStream, environ_of, hello, line_timeout, machine
from seedtui.engine.client.take_over import take_over
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import Gpu, Hello, Open
from seedtui.engine.wire.socket_path import socket_folder
from seedtui.starter import WEIGHTS
from tests.support.processes import eventually, processes


class Child:
    """The process of the worker at the other end of a socket."""

    pid, killed = os.getpid(), False

    def kill(self) -> None:
        self.killed = True

    def wait(self) -> int | None:
        return 0


class Ends:
    """A relay that serves in a thread: the client's end of its pipes, and the worker's socket."""

    def __init__(self, patience: float = 30.0) -> None:
        (self.source, to_relay), (from_relay, self.sink) = os.pipe(), os.pipe()
        self.client = StdStream(from_relay, to_relay)
        self.to_relay, self.from_relay = to_relay, from_relay
        ours, self.worker = socket.socketpair()
        self.child = Child()
        self.log = Path("/nowhere")
        self.opened: queue.SimpleQueue[Open] = queue.SimpleQueue()

        def begin(request: Open) -> Connection:
            self.opened.put(request)
            return Connection(self.child, ours, self.log, stays=False)

        self.relay = Relay(StdStream(self.source, self.sink, patience), begin)
        self.thread = threading.Thread(target=self.relay.serve, args=(hello(),))
        self.thread.start()

    def is_over(self) -> bool:
        self.thread.join(20)
        return not self.thread.is_alive()


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    assert isinstance(framing.receive_event(ends.client), Hello)
    yield ends
    os.close(ends.to_relay)
    assert ends.is_over() and ends.child.killed


def test_messages_go_through_and_the_model_is_found_where_it_is_here(ends: Ends) -> None:
    framing.send(ends.client, p.Ping())
    assert framing.receive_event(ends.client) == p.Pong()
    framing.send(ends.client, p.Park())  # for a worker that is not there yet
    framing.send(ends.client, Open(lane="1"))
    load = p.Load("starter", "/there/starter", threads=1)
    framing.send(ends.client, load)
    got = framing.receive_request(ends.worker)
    assert isinstance(got, p.Load) and (got.path, got.threads) == (str(WEIGHTS), 1)
    framing.send(ends.client, run := p.Run(explore("a cat", range(2), Recipe())))
    assert framing.receive_request(ends.worker) == run
    framing.send(ends.worker, failed := p.RoundFailed(run.round.id, EngineError("full").problem))
    assert framing.receive_event(ends.client) == failed


@pytest.mark.parametrize(
    ("opened", "threads"), [(Open(beside=2), 2), (Open(beside=1), 0), (Open("GPU-1", beside=2), 0)]
)
def test_workers_of_one_cpu_share_its_cores(ends: Ends, opened: Open, threads: int) -> None:
    framing.send(ends.client, opened)
    framing.send(ends.client, p.Load("starter", ""))
    got = framing.receive_request(ends.worker)
    assert isinstance(got, p.Load)
    assert got.threads == (max(1, usable_cores() // threads) if threads else 0)


@pytest.mark.parametrize(
    ("name", "said", "hint"),
    [
        ("ana/cats", "model ana/cats is not there", "Run there: seedtui models --download ana/cats"),
        ("/x/cats", "there is no /x/cats there", "Copy the model to the same place, or use one of the Hub"),
    ],
)
def test_a_model_that_is_missing_is_told_with_what_to_do_there(ends: Ends, name: str, said: str, hint: str) -> None:
    framing.send(ends.client, Open())
    framing.send(ends.client, load := p.Load(name, "/here"))
    failed = framing.receive_event(ends.client)
    assert isinstance(failed, p.LoadFailed) and failed.spec == load.spec
    assert (failed.problem.message, failed.problem.hint) == (said, hint)


def test_what_a_scout_round_saved_goes_along_and_comes_back(ends: Ends) -> None:
    framing.send(ends.client, Open())
    scouted = scout("a cat", [7, 8], Stop(share=0.5), Recipe())
    framing.send(ends.client, p.Run(scouted, saved="/client/folder"))
    run = framing.receive_request(ends.worker)
    assert isinstance(run, p.Run) and Path(run.saved).parent.stat().st_mode & 0o077 == 0
    Path(run.saved).mkdir()
    (Path(run.saved) / "8.safetensors").write_bytes(b"state")
    record = fake.image_of(scouted, scouted.shots[1]).record
    for index in (0, 1):
        framing.send(ends.worker, p.ImageReady(scouted.id, index, 0, 0, b"", record))
    framing.send(ends.worker, p.RoundDone(scouted.id, 1.0))
    said = [framing.receive_event(ends.client) for _ in range(4)]
    assert [type(event) for event in said] == [p.ImageReady, p.SavedState, p.ImageReady, p.RoundDone]
    assert said[1] == p.SavedState(scouted.id, 8, b"state")
    assert not Path(run.saved).exists()

    kept = finishing(scouted, [Pick(scouted.id, 1)])
    framing.send(ends.client, p.SavedState(kept.id, 8, b"state"))
    framing.send(ends.client, p.SavedState("../../elsewhere", 8, b"state"))
    framing.send(ends.client, p.Run(kept, saved="/client/folder"))
    finish = framing.receive_request(ends.worker)
    assert isinstance(finish, p.Run)
    assert (Path(finish.saved) / "8.safetensors").read_bytes() == b"state"
    root = Path(finish.saved).parent
    assert len(list(root.iterdir())) == 2
    framing.send(ends.client, p.Quit())
    assert ends.is_over() and not root.exists()


def test_a_worker_that_dies_is_told(ends: Ends, tmp_path: Path) -> None:
    ends.log = tmp_path / "worker.log"
    ends.log.write_text("the last line\n")
    framing.send(ends.client, Open())
    ends.opened.get()
    ends.worker.close()
    died, kept = framing.receive_event(ends.client), ends.log.with_suffix(".died.log")
    assert isinstance(died, p.WorkerDied) and died.problem.hint == f"See its log: {kept} on {machine()}"
    ends.child.killed = True  # there is nothing left to end


@pytest.mark.parametrize("said", [b"\xff\xff\xff\xff", b"\0\0\0\1\xc1", b"\0\0\0\4abc", b"GET / HTTP/1.1\r\n\r\n"])
def test_an_invalid_message_ends_it_and_its_worker(said: bytes) -> None:
    ends = Ends()
    framing.send(ends.client, Open())
    ends.opened.get()
    os.write(ends.to_relay, said)
    os.close(ends.to_relay)
    assert ends.is_over() and ends.child.killed


def test_silence_ends_it_and_so_does_a_client_that_takes_nothing() -> None:
    silent = Ends(patience=0.2)
    framing.send(silent.client, Open())
    assert silent.is_over() and silent.child.killed

    deaf = Ends(patience=0.5)  # it sends, and does not read
    framing.send(deaf.client, Open())
    end = time.monotonic() + 20
    picture = p.Decoded("r", 0, 1, 1, bytes(10**6))
    threading.Thread(target=lambda: [framing.send(deaf.worker, picture) for _ in range(3)], daemon=True).start()
    while deaf.thread.is_alive() and time.monotonic() < end:
        framing.send(deaf.client, p.Ping())
        time.sleep(0.05)
    assert deaf.is_over() and deaf.child.killed


def test_the_patience_of_a_line_can_be_set() -> None:
    assert line_timeout({}) == 60
    assert line_timeout({"SEEDTUI_LINE_TIMEOUT": "12"}) == 12
    for text in ("0", "soon", "nan", "1e9"):
        with pytest.raises(InputError, match="Use 1 to 86400 seconds"):
            line_timeout({"SEEDTUI_LINE_TIMEOUT": text})


def test_a_worker_sees_its_own_gpu_and_several_on_a_cpu_do_not_spin() -> None:
    environ = environ_of(Open("GPU-1", lane="3", beside=4), {"PATH": "/bin"})
    assert environ["CUDA_VISIBLE_DEVICES"] == "GPU-1" and environ["SEEDTUI_LANE"] == "3"
    assert "GOMP_SPINCOUNT" not in environ
    assert environ_of(Open(beside=2), {})["GOMP_SPINCOUNT"] == "1000"


def test_hello_says_what_this_machine_has_and_one_of_another_version_can_be_read() -> None:
    assert hello().version and hello().machine

    class LaterHello(p.Message, frozen=True, tag="Hello"):
        version: str
        wire: str
        machine: str
        gpus: tuple[Gpu, ...] = ()
        moons: int = 3

    later = msgspec.msgpack.encode(LaterHello("9.0", "fff", "box"))
    assert msgspec.msgpack.decode(later, type=p.Event) == Hello("9.0", "fff", "box")


HOLD = """
import sys, time
from pathlib import Path
from seedtui.engine.client.take_over import take_over
lock = take_over(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize("depth", [0, 120], ids=["folder", "folder with a long name"])
def test_a_client_that_comes_again_ends_its_old_connection_and_no_other(
    tmp_path: Path, stopped: bool, depth: int
) -> None:
    folder = tmp_path / ("x" * depth or "short") / "run"
    folder.parent.mkdir()
    held = socket_folder(folder)  # another one, if the name is too long for a socket
    old, other = (
        subprocess.Popen([sys.executable, "-c", HOLD, str(folder), client], stdout=subprocess.PIPE)
        for client in ("a", "b")
    )
    try:
        assert all(process.stdout and process.stdout.readline() for process in (old, other))
        if stopped:
            old.send_signal(signal.SIGSTOP)
        with take_over(folder, "a"):
            assert old.wait(20) in (-signal.SIGTERM, -signal.SIGKILL)
            assert other.poll() is None
            assert len(list(held.iterdir())) == 2
        with take_over(folder, "c"):
            assert len(list(held.iterdir())) == 2  # that of "a" is gone
    finally:
        for process in (old, other):
            process.kill()
            process.communicate()
        shutil.rmtree(held)


def test_the_program_says_its_mark_and_ends_with_its_input(home: Path) -> None:
    command = [sys.executable, "-m", "seedtui", "worker", "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as relay:
        assert relay.stdin and relay.stdout
        assert relay.stdout.read(len(framing.MARK)) == framing.MARK
        relay.stdin.close()
        assert relay.wait(30) == 0
    assert eventually(lambda: not processes(home), 20)
