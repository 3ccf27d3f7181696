"""The client's end of a worker: starts the process, sends requests, and gives its events one by one."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import msgspec

from seedtui.core.errors import EngineError, Problem, one_line
from seedtui.engine.client.crash_report import worker_died
from seedtui.engine.client.heartbeat import BEAT, Heartbeat
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.peer import is_stopped


class Engine(Protocol):
    """What makes images: `Worker` here, or anything of this shape in its place.

    `send` may be called from any thread and neither fails nor waits: a request to a dead engine is lost, and `events`
    tells of the death. `events` is read by one thread, and ends with `WorkerDied` unless `close` or `kill` was called
    first. `close` gives the engine up, which may stay for others; `kill` ends it.
    """

    def send(self, request: p.Request) -> None: ...

    def events(self) -> Iterator[p.Event]: ...

    def close(self) -> None: ...

    def kill(self) -> None: ...


class Process(Protocol):
    """A worker's process: a child, or one that was there before."""

    pid: int

    def kill(self) -> None: ...

    def wait(self) -> int | None: ...


class Stay(NamedTuple):
    """That a worker outlives its client by `seconds`, to be found at the socket `path`."""

    path: Path
    seconds: float


class Connection:
    """A worker's process, the socket to it, and the file `log` that it prints to.

    It is not killed at the end if it `stays`. `told` is something to know about it, given first of all events.
    """

    def __init__(self, process: Process, sock: socket.socket, log: Path, *, stays: bool, told: str = "") -> None:
        self._process, self._sock, self._log, self._stays, self._told = process, sock, log, stays, told
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
        if isinstance(request, p.Load):  # a worker that was there before stands in another folder
            request = msgspec.structs.replace(request, path=os.path.abspath(request.path))
        self._write_queue.put(request)

    def events(self) -> Iterator[p.Event]:
        if self._told:
            yield p.Told(self._told)
        while not self._closed:
            try:
                event = self._inbox.get(timeout=BEAT)
            except queue.Empty:
                ask, told = self._heartbeat.missed(is_stopped(self._process.pid))
                if ask:
                    self.send(p.Ping())
                yield from told
                continue
            if event is None or isinstance(event, EngineError):
                if not self._closed:
                    yield p.WorkerDied(self._reason(event))
                return
            yield from self._heartbeat.heard(event)

    def close(self) -> None:
        """Give the worker up; it ends too, unless it stays. Safe to call twice."""
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
        # Not waited for here: a driver can hold on to a process that is dead already.
        threading.Thread(target=self._process.wait, name="reaper", daemon=True).start()
        self._hang_up()

    def _hang_up(self) -> None:
        """Only wakes the reader: closing here would free the number while it is still being read."""
        self._closed = True
        self._write_queue.put(None)
        with suppress(OSError):  # the worker's end is gone already
            self._sock.shutdown(socket.SHUT_RDWR)

    def _write(self) -> None:
        """In a thread of its own, as a worker that is stopped does not read."""
        with suppress(OSError):  # the reader learns of it, with the reason
            while (request := self._write_queue.get()) is not None:
                framing.send(self._sock, request)

    def _read(self) -> None:
        end: EngineError | None = None
        try:
            while (event := framing.receive_event(self._sock)) is not None:
                self._inbox.put(event)
        except EngineError as error:
            end = error
        except OSError:
            pass
        self._inbox.put(end)

    def _reason(self, error: EngineError | None) -> Problem:
        self._write_queue.put(None)
        if error is not None:
            self._process.kill()
            self._process.wait()
            return Problem("engine", f"the worker spoke nonsense: {one_line(error)}")
        return worker_died(self._process.wait(), self._log)


class Worker(Connection):
    """A worker of our own. What it prints goes to the file `log`.

    Raises:
        EngineError: it cannot be started.
    """

    def __init__(self, log: Path, stay: Stay | None = None, told: str = "") -> None:
        process, sock = _spawn(log, stay)
        super().__init__(process, sock, log, stays=stay is not None, told=told)


class FoundWorker:
    """A process that is no child of ours: by a handle, as its number may be another's once it is gone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        with suppress(OSError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> int | None:
        """Only a parent learns the code."""
        return None


def open_log(log: Path) -> BinaryIO:
    """A new `log`, for its user alone: what libraries print may hold paths and prompts."""
    return open(log, "wb", opener=lambda path, flags: os.open(path, flags, 0o600))


def _spawn(log: Path, stay: Stay | None) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    words = [os.fspath(stay.path), os.fspath(log), str(stay.seconds)] if stay else []
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with theirs, open_log(log) as file:
            process = subprocess.Popen(
                # -P: a folder named "torch" where the user stands must not be imported
                [sys.executable, "-P", "-m", "seedtui.engine.worker", str(theirs.fileno()), *words],
                pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True,  # Ctrl+C is the client's to handle
            )  # fmt: skip
    except OSError as error:
        ours.close()
        raise EngineError(f"the worker cannot be started: {one_line(error.strerror)}: {log}") from error
    return process, ours
