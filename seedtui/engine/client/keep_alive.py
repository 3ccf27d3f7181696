"""Workers that outlive their clients: find them, join them, ask for their status, and stop them."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from seedtui.core.errors import EngineError, one_line
from seedtui.engine.client.connection import Connection, FoundWorker, Stay, Worker
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.fingerprint import fingerprint
from seedtui.engine.wire.peer import Peer, peer_of
from seedtui.engine.wire.socket_path import socket_folder, sockets

_PATIENCE = 2.0
"""Seconds within which a worker must answer a new connection."""


class Seen(NamedTuple):
    """A worker that listens at `path`. `status` is None if it does not answer, or its answer is unknown."""

    path: Path
    pid: int
    status: p.Status | None


def start_worker(log: Path, folder: Path, minutes: float, environ: Mapping[str, str] = os.environ) -> Connection:
    """Join the matching worker that waits in `folder`, or start one that stays for `minutes`.

    With 0 minutes, always start one that ends with this client.

    Raises:
        EngineError: it cannot be started.
    """
    if minutes <= 0:
        return Worker(log, environ=environ)
    try:
        path = socket_folder(folder) / f"worker-{fingerprint(environ)}.sock"
        found = _join(path)
    except EngineError as error:
        return Worker(log, told=f"the model will not stay loaded: {error.problem.message}", environ=environ)
    if isinstance(found, Connection):
        return found
    return Worker(log, Stay(path, minutes * 60), found, environ)


def seen(folder: Path) -> list[Seen]:
    """All workers of this user whose sockets are in `folder`. Removes the sockets of dead workers.
    Raises:
        EngineError: the folder cannot be used.
    """
    return [found for path in sockets(folder) if (found := _look(path)) is not None]


def stop(worker: Seen) -> bool:
    """Stop `worker`, by force if it does not react. False if it was already gone."""
    with contextlib.suppress(OSError, EngineError):
        sock, peer = _greet(worker.path, p.Stop())
        with sock:
            handle = FoundWorker(peer.pid)
            with contextlib.suppress(OSError, EngineError):
                framing.receive_reply(sock)  # it answers by hanging up
            handle.kill()
            worker.path.unlink(missing_ok=True)
        return True
    return False


def _join(path: Path) -> Connection | str:
    """Join the worker at `path`. A message if that is impossible, "" if there is no worker."""
    end = time.monotonic() + _PATIENCE
    while isinstance(found := _ask_to_join(path), p.Taken):
        if (
            os.path.exists(f"/proc/{found.pid}") or time.monotonic() > end
        ):  # or else it has yet to notice that it is free
            return f"the kept worker is in use by process {found.pid}; this new one ends when you quit"
        time.sleep(0.05)
    return found


def _ask_to_join(path: Path) -> Connection | p.Taken | str:
    """As `_join`; `Taken` if it has a client."""
    try:
        sock, peer = _greet(path, p.Join())
    except (OSError, EngineError):
        return ""
    try:
        process = FoundWorker(peer.pid)
        match framing.receive_reply(sock):
            case p.Welcome(log):
                sock.settimeout(None)
                return Connection(process, sock, Path(log), stays=True)
            case p.Taken() as taken:
                sock.close()
                return taken
    except TimeoutError:
        sock.close()
        return f"the kept worker, process {peer.pid}, does not answer; stop it with: seedtui worker stop"
    except (OSError, EngineError):
        pass
    sock.close()
    return ""


def _look(path: Path) -> Seen | None:
    try:
        sock, peer = _greet(path, p.AskStatus())
    except (ConnectionRefusedError, FileNotFoundError):
        path.unlink(missing_ok=True)  # no process listens there any more
        return None
    except (OSError, EngineError):
        return None
    with sock:
        try:
            reply = framing.receive_reply(sock)
        except (OSError, EngineError):
            reply = None
        return Seen(path, peer.pid, reply if isinstance(reply, p.Status) else None)


def _greet(path: Path, greeting: p.Greeting) -> tuple[socket.socket, Peer]:
    """Connect to `path` and send `greeting`: the socket, and the process that listens. Raises OSError, EngineError."""
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(_PATIENCE)
        sock.connect(os.fspath(path))
        peer = peer_of(sock)
        if not peer.is_ours:
            raise EngineError(f"{one_line(path)} belongs to another user")
        framing.send(sock, greeting)
    except BaseException:
        sock.close()
        raise
    return sock, peer
