"""One connection at a time for each client: a new one ends the old one, which may not have noticed that it was cut.

Otherwise the old one's worker would keep its memory for a while, and the new one's would have no room.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from seedtui.engine.wire.socket_path import socket_folder

_PATIENCE = 2.0
"""Seconds that the old one has to end, before it is killed."""


def take_over(folder: Path, client: str) -> BinaryIO:
    """End the process that holds the connection of `client`, if there is one, and be it from now on.

    Returns the lock in `folder` that says so, as long as it is open.

    Raises:
        EngineError: the folder cannot be used.
        OSError: nothing can be written there.
    """
    folder = socket_folder(folder)
    name = f"{socket.gethostname()} {client}"  # hosts may share the folder, but not the numbers of processes
    path = folder / f"line-{hashlib.sha256(name.encode()).hexdigest()[:12]}.lock"
    with suppress(FileNotFoundError), open(path, "rb") as held:
        _end_holder(held)
    for other in folder.glob("line-*.lock"):
        with suppress(OSError), open(other, "rb") as file:
            if _is_free(file):
                other.unlink()
    # Locked before it has its name: whoever finds it locked can rely on the number in it.
    new = path.with_suffix(f".{os.getpid()}")
    lock = os.fdopen(os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w+b")
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write(str(os.getpid()).encode())
    lock.flush()
    new.rename(path)
    return lock


def _end_holder(held: BinaryIO) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _is_free(held):
            return
        held.seek(0)
        with suppress(OSError):
            os.kill(int(held.read()), number)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and not _is_free(held):
            time.sleep(0.05)


def _is_free(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
