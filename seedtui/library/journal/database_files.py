"""The journal's database as files: checks them and moves them aside, without opening them as SQLite."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.files.errors import file_error, shown
from seedtui.files.reading import open_file
from seedtui.library.files import unique_path
from seedtui.library.private import close_to_others, private_file

_BESIDE = ("-wal", "-shm")
"""Suffixes of the files that SQLite keeps next to a database."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100


def has_content(path: Path) -> bool:
    """Whether the file at `path` exists and is not empty."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def is_sqlite(path: Path) -> bool:
    """Whether the file at `path` has the header of a database that SQLite can write. True if it cannot be read.

    See https://sqlite.org/fileformat2.html#the_database_header: bytes 18 and 19 are format versions. Do not call this
    for a database in use: closing the file drops the locks that SQLite holds in this process.
    """
    try:
        with open_file(path) as (file, _):
            head = file.read(_HEADER)
    except FileError:
        return True
    return head.startswith(_MAGIC) and {*head[18:20]} <= {1, 2}


def check_is_file(path: Path) -> None:
    """Check that `path` is a regular file or does not exist; on a pipe, for example, SQLite would block.

    Raises:
        FileError: it is something else.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise file_error("read", path, error) from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise FileError(f"cannot use the library {shown(path)}: it is {what}", "Move it away")


def make_private(path: Path) -> None:
    """Create the database if needed, and make it and the files next to it accessible only to their user.

    SQLite gives new files next to a database the database's own mode.
    """
    with contextlib.suppress(OSError):  # SQLite's error will say why
        if not path.exists():
            private_file(path)
    for beside in path.parent.glob(f"{path.stem}*"):
        close_to_others(beside)


def set_aside(path: Path) -> Path | None:
    """Rename the database at `path` and SQLite's files next to it. The new path, None if there was nothing.

    Files next to a missing database are renamed too: SQLite would apply them to the next database.
    """
    aside = unique_path(path.parent, f"{path.stem}-damaged-{time.strftime('%Y-%m-%d_%H-%M-%S')}", path.suffix)
    found = False
    try:
        for tail in ("", *_BESIDE):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{path}{tail}", f"{aside}{tail}")
                found = True
    except OSError as error:
        raise file_error("rename", path, error) from error
    return aside if found else None


def is_anything_there(path: Path) -> bool:
    """Whether there is a database at `path`, or a file that SQLite kept next to one."""
    return has_content(path) or any(os.path.lexists(f"{path}{tail}") for tail in _BESIDE)


def remove(path: Path) -> None:
    """Remove the database at `path` and SQLite's files next to it, if they exist."""
    for tail in ("", *_BESIDE, "-journal"):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{tail}")
