"""Tracks which running app owns a round, in a way that stays correct after a kill.

Each open library holds a lock on its own file. The system drops the lock when the process ends, however it ends, so no
process is running a round whose owner's file is not locked. (A process id would not do: ids are reused, and mean
nothing in another container.)
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from seedtui.core.errors import FileError
from seedtui.files.errors import file_error, shown
from seedtui.library.private import private_folder

_PATIENCE = 10.0
"""Seconds to wait while another app holds the library's lock without making progress."""


_ID = re.compile(r"[0-9a-f]{16}")

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
"""O_NONBLOCK: opening a pipe instead of a lock file would block forever."""


class Owner:
    """The lock of one open library, held until `release`. Created while the library's own lock is held.

    Raises:
        FileError: the lock file cannot be created.
    """

    def __init__(self, folder: Path) -> None:
        self.id = secrets.token_hex(8)
        self._folder = folder
        try:
            private_folder(folder)
            for left in folder.glob("*.lock"):
                self.is_alive(left.stem)
            self._file = _locked(self._path(self.id))
        except OSError as error:
            raise file_error("write", folder, error) from error

    def is_alive(self, owner_id: str) -> bool:
        """Whether the library with that id is still open, in any process. Removes the file of a dead one."""
        path = self._path(owner_id)
        if not _ID.fullmatch(owner_id) or not path.exists():
            return False
        try:
            _locked(path).close()
        except OSError:
            return True  # locked, or unknown: then its rounds are not ours to take
        path.unlink(missing_ok=True)
        return False

    def release(self) -> None:
        """Release the lock."""
        self._path(self.id).unlink(missing_ok=True)
        self._file.close()

    def _path(self, owner_id: str) -> Path:
        return self._folder / f"{owner_id}.lock"


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, which only one app can do at a time. If it takes long, call `get_further` regularly.

    Raises:
        FileError: another app holds it without progress for `_PATIENCE` seconds, or the file cannot be created.
    """
    since, age = time.monotonic(), 0
    while True:
        try:
            file = _locked(path)
            break
        except BlockingIOError as error:
            if (now := _changed(path)) != age:
                since, age = time.monotonic(), now
            if time.monotonic() - since > _PATIENCE:
                raise FileError(
                    f"another seedtui is using the library in {shown(path.parent)}", "Try again in a minute"
                ) from error
            time.sleep(0.02)
        except OSError as error:
            raise file_error("write", path, error) from error
    with file:
        yield


def get_further(path: Path) -> None:
    """Signal progress to apps that wait for the lock file `path`, which we hold."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _changed(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _locked(path: Path) -> BinaryIO:
    """The file `path`, locked until it is closed. Raises BlockingIOError if another process holds the lock."""
    file = os.fdopen(os.open(path, _FLAGS, 0o600), "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
