"""Which running app a round belongs to, in a way that a kill cannot leave wrong.

Each open library holds a lock on a file of its own. The system drops the lock when the process ends, however it
ends, so a round whose owner's file is not locked is not being run by anyone. (A process id would not tell: ids are
used again, and mean nothing in another container.)
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
"""Seconds to wait while another app opens the same library, or gets no further in rebuilding it."""


_ID = re.compile(r"[0-9a-f]{16}")

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
"""Not blocking: a pipe in the place of a lock would be waited for without end."""


class Owner:
    """This library's own lock, held until `release`. Made while the library's lock is held.

    Raises:
        FileError: the lock file cannot be made.
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
        """Whether the library of that id is still open, in this process or another; what a dead one left is removed."""
        path = self._path(owner_id)
        if not _ID.fullmatch(owner_id) or not path.exists():
            return False
        try:
            _locked(path).close()
        except OSError:
            return True  # or it cannot be told: then its rounds are not ours to take
        path.unlink(missing_ok=True)
        return False

    def release(self) -> None:
        """Give the lock up."""
        self._path(self.id).unlink(missing_ok=True)
        self._file.close()

    def _path(self, owner_id: str) -> Path:
        return self._folder / f"{owner_id}.lock"


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, as one app at a time does. Whoever holds it for long calls `get_further` now and then.

    Raises:
        FileError: another app holds it and gets no further for `_PATIENCE`, or it cannot be made.
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
                    f"another seedtui is at work on the library in {shown(path.parent)}", "Try again in a minute"
                ) from error
            time.sleep(0.02)
        except OSError as error:
            raise file_error("write", path, error) from error
    with file:
        yield


def get_further(path: Path) -> None:
    """Tell those who wait for the lock file `path`, which we hold, that there is progress."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _changed(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _locked(path: Path) -> BinaryIO:
    """The file `path`, locked until it is closed. Raises BlockingIOError if another holds the lock."""
    file = os.fdopen(os.open(path, _FLAGS, 0o600), "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
