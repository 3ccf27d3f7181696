"""Files and folders that are still being written: hidden, locked by the writer, and removed once the writer is dead.

The system drops a lock when the process ends, however it ends, so a part without a lock has no writer any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"\.seedtui-[0-9a-f]{16}\.part")

_OLD = 600.0
"""Age in seconds at which a part counts as abandoned if locks do not work, as on some network file systems."""


_Make = Callable[[Path], int]
"""Creates and opens a part."""


@contextlib.contextmanager
def part_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in `folder`, to be written and then renamed; removed afterwards if it was not renamed.

    Raises:
        OSError: it cannot be created.
    """
    with contextlib.suppress(OSError):
        _sweep_once(folder)
    with _part(folder, _make_file) as (path, descriptor), os.fdopen(descriptor, "wb", closefd=False) as file:
        yield path, file


@contextlib.contextmanager
def part_folder(folder: Path) -> Iterator[Path]:
    """A new folder in `folder`, whose finished files are moved elsewhere; removed afterwards with whatever is left.

    Raises:
        OSError: it cannot be created.
    """
    with _part(folder, _make_folder) as (path, _):
        yield path


def sweep_parts(folder: Path) -> None:
    """Remove what killed writers have left in `folder`. Does nothing if it cannot be read."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with contextlib.suppress(OSError):  # another process may be sweeping here too
                    _sweep(Path(entry.path))


@functools.cache
def _sweep_once(folder: Path) -> None:
    sweep_parts(folder)


@contextlib.contextmanager
def _part(folder: Path, make: _Make) -> Iterator[tuple[Path, int]]:
    path, descriptor = _new_part(folder, make)
    try:
        yield path, descriptor
    finally:
        _remove(path)
        os.close(descriptor)


def _new_part(folder: Path, make: _Make) -> tuple[Path, int]:
    while True:
        path = folder / f".seedtui-{secrets.token_hex(8)}.part"
        descriptor = make(path)
        with contextlib.suppress(OSError):  # some file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.lexists(path):  # else it was removed before it was locked
            return path, descriptor
        os.close(descriptor)


def _make_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)


def _make_folder(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _sweep(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if _is_dead(descriptor):
            _remove(path)
    finally:
        os.close(descriptor)


def _is_dead(descriptor: int) -> bool:
    found = os.fstat(descriptor)
    if found.st_uid != os.geteuid() or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return time.time() - found.st_mtime > _OLD
    return True


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
