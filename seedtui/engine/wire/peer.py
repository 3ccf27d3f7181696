"""The process at the other end of a Unix socket, according to the system."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import NamedTuple

from seedtui.core.errors import EngineError

_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid


class Peer(NamedTuple):
    """A process and its user. For a listening socket it is the process that listens."""

    pid: int
    uid: int

    @property
    def is_ours(self) -> bool:
        """Whether it runs as the same user."""
        return self.uid == os.geteuid()


def peer_of(sock: socket.socket) -> Peer:
    """The process that was at the other end when the connection was made.

    Raises:
        EngineError: this system cannot tell.
        OSError: the connection is gone.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        raise EngineError("this system cannot identify the process at the other end of a socket")
    pid, uid, _gid = _CREDENTIALS.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return Peer(pid, uid)


def is_stopped(pid: int) -> bool:
    """Whether the process is stopped by a signal or a debugger. Linux only; False if unknown."""
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return status.rpartition(b")")[2].split()[:1] in ([b"T"], [b"t"])  # the name, in parentheses, may contain anything
