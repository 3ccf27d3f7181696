"""Our side of the bridge to Ray: starts its process, and asks it for workers. Imports no Ray.

Each worker has a socket of its own, whose other end is passed to the bridge over the control socket. The bridge ends
when that one closes, and everything on the cluster ends with the bridge.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from seedtui.core.errors import EngineError, InputError, one_line
from seedtui.core.pool.plan import check_ray
from seedtui.engine.client.connection import Connection, spawn
from seedtui.engine.client.crash_report import worker_died
from seedtui.engine.client.distant_connection import DistantConnection
from seedtui.engine.wire import protocol as p

_PATIENCE = 5.0
"""Seconds that a bridge whose sockets are closed takes to be gone."""


class RayBridge:
    """The bridge to the cluster at `address` (see `PoolPlan.ray`), whose output goes to the file `log`.

    Its process starts with the first worker, and again after a failure. Workers have `threads` CPU threads; 0: those of
    a whole machine. With `gpus`, each has a GPU if the cluster has any. Safe to use from several threads.

    Raises:
        InputError: Ray is not installed, or there can be no cluster at `address`.
    """

    def __init__(self, address: str, log: Path, *, threads: int = 0, gpus: bool = True) -> None:
        check_ray(address)
        if importlib.util.find_spec("ray") is None:  # which does not import it
            raise InputError("Ray is not installed", "Run: pip install 'seedtui[ray]'")
        self._words = address, str(threads), "gpus" if gpus else "cpus"
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False

    def connect(self) -> Connection:
        """Another worker. It says `Hello` as soon as it runs.

        Raises:
            EngineError: the bridge cannot be started.
        """
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                process = self._send(theirs)
            except BaseException:
                ours.close()
                raise
        return _RayConnection(_RayWorker(process, ours), ours, self._log)

    def close(self) -> None:
        """End the bridge and all workers, without waiting for it. Safe to call twice."""
        with self._lock:
            self._closed = True
            if self._control is not None:
                self._control.close()
            if self._process is not None:
                threading.Thread(target=self._process.wait, name="reaper", daemon=True).start()

    def _send(self, sock: socket.socket) -> subprocess.Popen[bytes]:
        """Pass `sock` to the bridge, which is started unless it runs: its process."""
        for fresh in (False, True):
            if self._closed:
                raise EngineError("the connection to Ray is closed")
            if fresh or self._process is None or self._control is None or self._process.poll() is not None:
                self._process, self._control = self._start()
            with suppress(OSError):  # it is about to end
                socket.send_fds(self._control, [b"+"], [sock.fileno()])
                return self._process
        raise EngineError("the bridge to Ray ends at once", f"See its log: {one_line(self._log)}")

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        if self._control is not None:
            self._control.close()
        try:
            return spawn("seedtui.engine.ray", self._words, self._log, os.environ, cwd="/")
        except OSError as error:
            raise EngineError(f"cannot start the bridge to Ray: {one_line(error.strerror)}: {self._log}") from error


class _RayWorker:
    """A worker behind the bridge, as a process: the pid is the bridge's, and it ends with its socket."""

    def __init__(self, bridge: subprocess.Popen[bytes], sock: socket.socket) -> None:
        self.pid = bridge.pid
        self._bridge, self._sock = bridge, sock

    def kill(self) -> None:
        with suppress(OSError):  # it has already hung up
            self._sock.shutdown(socket.SHUT_RDWR)

    def wait(self) -> int | None:
        """The exit code of the bridge, None if it still runs."""
        try:
            return self._bridge.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return None


class _RayConnection(DistantConnection):
    """The bridge tells why a worker died. Without that, the bridge itself is gone."""

    def _explain(self, code: int | None) -> p.WorkerDied:
        return p.WorkerDied(worker_died(code, self._log, "the bridge to Ray"))
