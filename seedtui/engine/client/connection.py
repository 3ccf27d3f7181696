"""The client's connection to a worker: starts the process, sends requests, and yields its events one by one."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import msgspec

from seedtui.core.errors import EngineError, Problem, one_line
from seedtui.engine.client.crash_report import keep_log, worker_died
from seedtui.engine.client.environ import torch_environ
from seedtui.engine.client.heartbeat import BEAT, Heartbeat
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.peer import is_stopped

KEEP_ALIVE = 5.0
"""Seconds after which a worker on another machine gets a ping if it gets nothing else."""

_CHUNK, _BUFFERED = 2**16, 2**20
"""Bytes of a message that are sent at once, and that may be sent although nobody takes them."""


class Engine(Protocol):
    """The interface of whatever makes images: `Worker`, or a substitute such as the fake engine.

    `send` may be called from any thread and neither fails nor blocks: a request to a dead engine is lost, and `events`
    reports the death. `events` is read by a single thread and ends with `WorkerDied`, unless `close` or `kill` was
    called first. `close` disconnects from the engine, which may stay alive for other clients; `kill` ends it.
    """

    def send(self, request: p.Request) -> None: ...

    def events(self) -> Iterator[p.Event]: ...

    def close(self) -> None: ...

    def kill(self) -> None: ...


class Process(Protocol):
    """A worker's process: a child of this process, or one that was already running."""

    pid: int

    def kill(self) -> None: ...

    def wait(self) -> int | None: ...


class Stay(NamedTuple):
    """A worker outlives its client by `seconds`, listening at the socket `path`."""

    path: Path
    seconds: float


class Connection:
    """A worker's process, the socket to it, and the file `log` that holds its output.

    A worker that `stays` is not killed by `close`. `told` is a message for the user, yielded as the first event.
    A `distant` one is on another machine: it is pinged all the time, so that it notices when the line is cut.
    """

    def __init__(
        self, process: Process, sock: socket.socket, log: Path, *, stays: bool, told: str = "", distant: bool = False
    ) -> None:  # fmt: skip
        self._process, self._sock, self._log, self._stays, self._told = process, sock, log, stays, told
        self._distant = distant
        self._stream = _CountingStream(sock)
        self._closed = False
        self._heartbeat = Heartbeat()
        self._inbox: queue.SimpleQueue[p.Event | EngineError | None] = queue.SimpleQueue()
        self._write_queue: queue.SimpleQueue[p.Request | None] = queue.SimpleQueue()
        for work in (self._write, self._read):
            threading.Thread(target=work, name="worker", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, request: p.Request) -> None:
        if isinstance(request, p.Load) and not self._distant:  # a running worker has another working directory
            request = msgspec.structs.replace(request, path=os.path.abspath(request.path))
        self._write_queue.put(request)

    def events(self) -> Iterator[p.Event]:
        if self._told:
            yield p.Told(self._told)
        moved = 0
        while not self._closed:
            try:
                event = self._inbox.get(timeout=BEAT)
            except queue.Empty:
                if self._stream.moved > moved:  # a large message on a slow line
                    moved = self._stream.moved
                    yield from self._heartbeat.is_receiving()
                    continue
                ask, told = self._heartbeat.missed(is_stopped(self._process.pid))
                if ask:
                    self.send(p.Ping())
                yield from told
                continue
            if event is None or isinstance(event, EngineError):
                if not self._closed:
                    yield self._death(event)
                return
            if isinstance(event, p.WorkerDied):  # that on another machine; this end of the line goes too
                self._process.kill()
                self._process.wait()
                if not self._closed:
                    yield event
                return
            yield from self._heartbeat.heard(event)

    def close(self) -> None:
        """Disconnect from the worker, which ends unless it stays. Safe to call twice."""
        if self._closed:
            return
        if not self._stays or self._heartbeat.silent:
            self.kill()
            return
        self._hang_up()

    def kill(self) -> None:
        """End the worker now; safe to call twice."""
        if self._closed:
            return
        self._process.kill()  # it holds nothing that could be lost
        # Do not wait here: a driver can keep a killed process around.
        threading.Thread(target=self._process.wait, name="reaper", daemon=True).start()
        self._hang_up()

    def _hang_up(self) -> None:
        """Wake the reader. Closing here would free the file descriptor while it is still being read."""
        self._closed = True
        self._write_queue.put(None)
        with suppress(OSError):  # the worker has already hung up
            self._sock.shutdown(socket.SHUT_RDWR)

    def _write(self) -> None:
        """Runs in its own thread, because a stopped worker does not read."""
        with suppress(OSError):  # the reader gets the error too, with the reason
            while (request := self._next_request()) is not None:
                for message in self._with_files(request):
                    try:
                        framing.send(self._stream, message)
                    except UnicodeEncodeError:
                        self._refuse(request)

    def _with_files(self, request: p.Request) -> Iterable[p.Request]:
        """What to send for `request`: to another machine, files go along with it."""
        return (request,)

    def _next_request(self) -> p.Request | None:
        try:
            return self._write_queue.get(timeout=KEEP_ALIVE if self._distant else None)
        except queue.Empty:
            return p.Ping()

    def _refuse(self, request: p.Request) -> None:
        """Answer a request that cannot be sent."""
        problem = Problem("input", "a path or a text contains bytes that are not UTF-8", "Rename the file or folder")
        match request:
            case p.Load():
                self._inbox.put(p.LoadFailed(problem, request.spec))
            case p.Run(round_):
                self._inbox.put(p.RoundFailed(round_.id, problem))

    def _read(self) -> None:
        end: EngineError | None = None
        try:
            self._skip_preface(self._stream)
            while (event := framing.receive_event(self._stream)) is not None:
                self._inbox.put(event)
        except EngineError as error:
            end = error
        except OSError:
            pass
        self._inbox.put(end)

    def _skip_preface(self, stream: framing.Stream) -> None:
        """Read what comes before the first message: from a worker of this machine, nothing."""

    def _death(self, error: EngineError | None) -> p.WorkerDied:
        """Why there are no more events: an invalid one, or the end of the process."""
        self._write_queue.put(None)
        if error is not None:
            self._process.kill()
            self._process.wait()
            problem = error.problem
            return p.WorkerDied(
                msgspec.structs.replace(problem, message=f"the worker sent an invalid message: {problem.message}")
            )
        return self._explain(self._process.wait())

    def _explain(self, code: int | None) -> p.WorkerDied:
        """Why the process ended with that exit code, None if it is unknown."""
        return p.WorkerDied(worker_died(code, keep_log(self._log)))


class _CountingStream:
    """Reads and writes `sock`. `moved` are the bytes that show that somebody is at the other end.

    These are all that came, and those sent after what fits into the buffers on the way.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._received = self._sent = 0

    @property
    def moved(self) -> int:
        return self._received + self._sent

    def recv_into(self, buffer: memoryview, /) -> int:
        count = self._sock.recv_into(buffer)
        self._received += count
        return count

    def sendall(self, data: bytes, /) -> None:
        view = memoryview(data)
        self._sock.sendall(view[:_BUFFERED])
        for start in range(_BUFFERED, len(view), _CHUNK):
            self._sock.sendall(view[start : start + _CHUNK])
            self._sent += _CHUNK


class Worker(Connection):
    """A worker started by this client. Its output goes to the file `log`.

    Raises:
        EngineError: it cannot be started.
    """

    def __init__(
        self, log: Path, stay: Stay | None = None, told: str = "", environ: Mapping[str, str] = os.environ
    ) -> None:  # fmt: skip
        words = [os.fspath(stay.path), os.fspath(log), str(stay.seconds)] if stay else []
        try:
            process, sock = spawn("seedtui.engine.worker", words, log, torch_environ(environ))
        except OSError as error:
            raise EngineError(f"cannot start the worker: {one_line(error.strerror)}: {log}") from error
        super().__init__(process, sock, log, stays=stay is not None, told=told)


class FoundWorker:
    """A process that is not our child. It is addressed by a handle, because its pid may be reused once it is gone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        with suppress(OSError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> int | None:
        """Only a parent process can learn the exit code."""
        return None


def open_log(log: Path) -> BinaryIO:
    """Create `log`, readable only by its owner: libraries may print paths and prompts."""
    return open(log, "wb", opener=lambda path, flags: os.open(path, flags, 0o600))


def spawn(
    module: str, words: Sequence[str], log: Path, environ: Mapping[str, str], cwd: str | None = None
) -> tuple[subprocess.Popen[bytes], socket.socket]:  # fmt: skip
    """Run a module of ours with the number of a socket and `words`; its output goes to `log`.

    Returns the process and our end of the socket.

    Raises:
        OSError: it cannot be started, or `log` not be written.
    """
    ours, theirs = socket.socketpair()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with theirs, open_log(log) as file:
            process = subprocess.Popen(
                # -P: a folder named "torch" in the current directory must not be imported
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), *words],
                pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True,  # Ctrl+C is the client's to handle
                cwd=cwd, env=dict(environ),
            )  # fmt: skip
    except OSError:
        ours.close()
        theirs.close()
        raise
    return process, ours
