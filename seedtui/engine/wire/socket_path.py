"""Where a worker that outlives its clients is found: a socket in a folder that only its user can enter."""

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
"""Bytes in a socket's path: 108 on Linux and 104 on macOS, with the zero at the end."""


def doorstep(folder: Path) -> Path:
    """`folder`, made if it is not there, or one in the temporary folder if a socket's path there is too long.

    Raises:
        EngineError: it cannot be made, or another user could enter it.
    """
    if len(os.fsencode(folder)) > _LONGEST - len("/worker-123456789012.sock"):
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"seedtui-{os.geteuid()}-{name}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise EngineError(f"the folder of the worker's socket cannot be made: {one_line(error.strerror)}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise EngineError(f"{one_line(folder)} is open to others", "Make it yours alone: chmod 700, or remove it")
    return folder


def sockets(folder: Path) -> list[Path]:
    """The sockets of all workers there, of this and other versions of the program.

    Raises:
        EngineError: as `doorstep`.
    """
    return sorted(path for path in doorstep(folder).glob("worker-*.sock") if stat.S_ISSOCK(path.lstat().st_mode))


def claim(path: Path) -> BinaryIO | None:
    """The right to listen at `path`, held as long as the file is open; None if another worker has it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe in its place would be waited for
    file = os.fdopen(os.open(path.with_suffix(".lock"), flags, 0o600), "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
