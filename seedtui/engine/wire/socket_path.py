"""The sockets of workers that outlive their clients, in a folder that only their user can enter."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

from seedtui.core.errors import EngineError, one_line

_LONGEST = 100
"""Maximum length of a socket's path in bytes. The system's limit is 108 on Linux, 104 on macOS, with the final NUL."""


def socket_folder(folder: Path) -> Path:
    """`folder`, created if needed, or one in the temporary folder if a socket's path in `folder` would be too long.

    Raises:
        EngineError: it cannot be created, or another user could enter it.
    """
    if len(os.fsencode(folder)) > _LONGEST - len("/worker-123456789012.sock"):
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"seedtui-{os.geteuid()}-{name}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise EngineError(f"cannot create the folder for the worker's socket: {one_line(error.strerror)}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise EngineError(f"{one_line(folder)} is accessible to other users", "Run chmod 700 on it, or remove it")
    return folder


def sockets(folder: Path) -> list[Path]:
    """The sockets of all workers in `folder`, of any version of the program.

    Raises:
        EngineError: as in `socket_folder`.
    """
    return sorted(path for path in socket_folder(folder).glob("worker-*.sock") if stat.S_ISSOCK(path.lstat().st_mode))


def claim(path: Path) -> BinaryIO | None:
    """A lock for listening at `path`, held as long as the file is open; None if another worker has it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK  # do not block if it is a pipe
    file = os.fdopen(os.open(path.with_suffix(".lock"), flags, 0o600), "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
