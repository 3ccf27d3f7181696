"""Workers that outlive their clients: found, joined, asked what they do, and ended."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from seedtui.core.errors import EngineError, one_line
from seedtui.engine.client.connection import Connection, FoundWorker, Stay, Worker
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.fingerprint import fingerprint
from seedtui.engine.wire.peer import Peer, peer_of
from seedtui.engine.wire.socket_path import doorstep, sockets

_PATIENCE = 2.0
"""Seconds in which a worker has to answer one who knocks."""


class Seen(NamedTuple):
    """A worker that listens at `path`. `status` is None if it does not answer, or not in words that we know."""

    path: Path
    pid: int
    status: p.Status | None


def start_worker(log: Path, folder: Path, minutes: float, environ: Mapping[str, str] = os.environ) -> Connection:
    """A worker of our own, or, if workers stay for `minutes` (0: they do not), the one that waits in `folder`.

    Raises:
        EngineError: it cannot be started.
    """
    if minutes <= 0:
        return Worker(log)
    try:
        path = doorstep(folder) / f"worker-{fingerprint(environ)}.sock"
        found = _join(path)
    except EngineError as error:
        return Worker(log, told=f"the model will not be kept: {error.problem.message}")
    if isinstance(found, Connection):
        return found
    return Worker(log, Stay(path, minutes * 60), found)


def seen(folder: Path) -> list[Seen]:
    """All workers of this user that wait or work in `folder`. What dead ones have left is taken away.

    Raises:
        EngineError: the folder cannot be used.
    """
    return [found for path in sockets(folder) if (found := _look(path)) is not None]


def stop(worker: Seen) -> bool:
    """End it, by force if it does not listen; False if it was gone already."""
    with contextlib.suppress(OSError, EngineError):
        sock, peer = _knock(worker.path, p.Stop())
        with sock:
            handle = FoundWorker(peer.pid)
            with contextlib.suppress(OSError, EngineError):
                framing.receive_reply(sock)  # its end is the answer
            handle.kill()
            worker.path.unlink(missing_ok=True)
        return True
    return False


def _join(path: Path) -> Connection | str:
    """The worker at `path` with us as its client, or why not: "" if there is none."""
    try:
        sock, peer = _knock(path, p.Join())
    except (OSError, EngineError):
        return ""
    try:
        process = FoundWorker(peer.pid)
        match framing.receive_reply(sock):
            case p.Welcome(log):
                sock.settimeout(None)
                return Connection(process, sock, Path(log), stays=True)
            case p.Taken(pid):
                sock.close()
                return f"the warm worker is in use by process {pid}; this one ends with you"
    except TimeoutError:
        sock.close()
        return f"the warm worker, process {peer.pid}, does not answer; seedtui worker stop ends it"
    except (OSError, EngineError):
        pass
    sock.close()
    return ""


def _look(path: Path) -> Seen | None:
    try:
        sock, peer = _knock(path, p.AskStatus())
    except (ConnectionRefusedError, FileNotFoundError):
        path.unlink(missing_ok=True)  # nobody listens there any more
        return None
    except (OSError, EngineError):
        return None
    with sock:
        try:
            reply = framing.receive_reply(sock)
        except (OSError, EngineError):
            reply = None
        return Seen(path, peer.pid, reply if isinstance(reply, p.Status) else None)


def _knock(path: Path, knock: p.Knock) -> tuple[socket.socket, Peer]:
    """A socket on which `knock` was said, and who listens there. Raises OSError, EngineError."""
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(_PATIENCE)
        sock.connect(os.fspath(path))
        peer = peer_of(sock)
        if not peer.is_ours:
            raise EngineError(f"{one_line(path)} is another user's")
        framing.send(sock, knock)
    except BaseException:
        sock.close()
        raise
    return sock, peer
