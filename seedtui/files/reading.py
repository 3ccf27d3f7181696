"""Opens and reads untrusted files: only regular ones, and only up to a limit."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.files.errors import file_error, shown


@contextlib.contextmanager
def open_file(path: Path) -> Iterator[tuple[BufferedReader, int]]:
    """Open the regular file `path` for reading: the stream, and its size in bytes. Never blocks on pipes or devices.

    Raises:
        FileError: it does not exist, is not a regular file, or cannot be read (also later, within the context).
    """
    try:
        # O_NONBLOCK: opening a pipe without a writer would block forever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise file_error("read", path, error) from error
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, "")
            if not stat.S_ISREG(status.st_mode):
                raise FileError(f"cannot read {shown(path)}: it is a pipe or a device", "Give a file")
            yield file, status.st_size
    except OSError as error:
        raise file_error("read", path, error) from error
    finally:
        os.close(descriptor)


def read_bytes(path: Path, most: int) -> bytes:
    """All of `path`.

    Raises:
        FileError: as in `open_file`, or it has more than `most` bytes.
    """
    with open_file(path) as (file, _):
        data = file.read(most + 1)  # do not rely on the size: files in /proc have none, and files grow
    if len(data) > most:
        raise FileError(f"cannot use {shown(path)}: it has more than {most:,} bytes", "Check that it is the right file")
    return data


def read_text(path: Path, most: int) -> str:
    """All of `path` as text, without the byte order mark that Windows programs write.

    Raises:
        FileError: as in `read_bytes`, or it is not UTF-8.
    """
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except UnicodeError as error:
        raise FileError(f"cannot use {shown(path)}: it is not UTF-8", "Save it as UTF-8") from error
