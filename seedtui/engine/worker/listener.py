"""Accepts new clients of a worker that outlives them, and decides when it is time to exit."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from seedtui.core.errors import EngineError, one_line
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.peer import peer_of
from seedtui.engine.wire.socket_path import claim

_CLOCK = 1.0
"""Seconds between two calls of `tick`."""

_PATIENCE = 5.0
"""Seconds within which a connecting process must send its first message."""

Greeted = Callable[[socket.socket, int, p.Greeting], bool]
"""Answers the first message of a process, given by its pid; returns whether to keep the socket open."""


class Listener:
    """Listens at `path` after `open`, as soon as no other worker does. `log` is the file with the worker's output.

    The worker exits after `seconds` without a client.
    """

    def __init__(self, path: Path, log: str, seconds: float) -> None:
        self.log = log
        self._path = path
        self._seconds = seconds
        self._claim: BinaryIO | None = None
        self._inode = 0

    def open(self, greeted: Greeted, tick: Callable[[], None]) -> None:
        """Call `greeted` for each process that connects, and `tick` about once a second."""
        threading.Thread(target=self._serve, args=(greeted, tick), name="listener", daemon=True).start()

    def seconds_left(self, alone: float) -> float:
        """Seconds until the worker exits, if it has had no client for `alone` seconds."""
        return max(0.0, self._seconds - alone)

    def time_to_leave(self, alone: float) -> str:
        """Why the worker should exit after `alone` seconds without a client, "" if it should not."""
        if not self._is_ours():
            return "no client can find this worker"
        return "" if self.seconds_left(alone) else f"no client for {self._seconds:.0f} s"

    def close(self) -> None:
        """Remove the socket, so that no client tries to connect."""
        if self._is_ours():
            self._path.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        try:
            return self._inode != 0 and self._path.lstat().st_ino == self._inode
        except OSError:
            return False

    def _serve(self, greeted: Greeted, tick: Callable[[], None]) -> None:
        try:
            while (server := self._listening()) is None:
                time.sleep(_CLOCK)
                tick()
        except (OSError, EngineError) as error:
            print(f"this worker will end with its client: {one_line(error)}", flush=True)
            return
        server.settimeout(_CLOCK)
        while True:
            with contextlib.suppress(TimeoutError):
                sock, _ = server.accept()
                threading.Thread(target=self._answer, args=(sock, greeted), name="greeting", daemon=True).start()
            tick()

    def _listening(self) -> socket.socket | None:
        """The listening socket, None while another worker has it."""
        self._claim = claim(self._path)
        if self._claim is None:
            return None
        self._path.unlink(missing_ok=True)  # left by a dead worker
        server = socket.socket(socket.AF_UNIX)
        server.bind(os.fspath(self._path))
        self._path.chmod(0o600)
        self._inode = self._path.lstat().st_ino
        server.listen(8)
        return server

    def _answer(self, sock: socket.socket, greeted: Greeted) -> None:
        """Answer a process of the same user that sends a valid message; hang up on all others."""
        try:
            peer = peer_of(sock)
            if not peer.is_ours:
                raise EngineError(f"process {peer.pid} belongs to user {peer.uid}")
            sock.settimeout(_PATIENCE)
            greeting = framing.receive_greeting(sock)
            sock.settimeout(None)
            if greeting is not None and greeted(sock, peer.pid, greeting):
                return
        except (OSError, EngineError) as error:
            print(f"connection refused: {one_line(error)}", flush=True)
        sock.close()
