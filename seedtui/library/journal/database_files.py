"""The journal's database as files: what lies there, and how it is moved out of the way. Nothing is opened as SQLite."""

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
"""How the names of the files end that SQLite keeps beside a database."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100


def has_content(path: Path) -> bool:
    """Whether there is anything in the file at `path`."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def is_sqlite(path: Path) -> bool:
    """Whether the file at `path` begins as a database does that SQLite can write, or cannot be read.

    See https://sqlite.org/fileformat2.html#the_database_header: the bytes 18 and 19 are versions of the format. Not for
    one that is in use: closing it drops the locks that SQLite holds in this process.
    """
    try:
        with open_file(path) as (file, _):
            head = file.read(_HEADER)
    except FileError:
        return True
    return head.startswith(_MAGIC) and {*head[18:20]} <= {1, 2}


def check_is_file(path: Path) -> None:
    """That nothing lies at `path` which SQLite would wait for, or which is no database for certain.

    Raises:
        FileError: a pipe does, for one.
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
    """Make the database if it is not there; it and what lies beside it, of an older version too, are its user's alone.

    SQLite gives the files beside a database the database's own mode.
    """
    with contextlib.suppress(OSError):  # SQLite's own error says why
        if not path.exists():
            private_file(path)
    for beside in path.parent.glob(f"{path.stem}*"):
        close_to_others(beside)


def set_aside(path: Path) -> Path | None:
    """Rename the database at `path`, with what SQLite keeps beside it; where it is now, None if nothing is there.

    What lies beside a database that is gone goes too: SQLite would take it to be of the next one.
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
    """Whether there is a database at `path`, or something that SQLite kept beside one."""
    return has_content(path) or any(os.path.lexists(f"{path}{tail}") for tail in _BESIDE)


def remove(path: Path) -> None:
    """Remove the database at `path`, and what lies beside it, if it is there."""
    for tail in ("", *_BESIDE, "-journal"):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{tail}")
