"""Folders and files that only their user may read: the journal holds every prompt, and machines are shared."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Literal, TextIO

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(folder: Path) -> Path:
    """`folder` itself, made if it was not there, open to its user alone (0700); an older one is closed to others.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(folder)
    return folder


def private_file(path: Path) -> Path:
    """`path` itself, an empty file if there was none, for its user to read and write alone (0600).

    Raises:
        OSError: it cannot be made.
    """
    # O_NONBLOCK: a pipe in its place would be waited for without end.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600))
    close_to_others(path)
    return path


def open_private(path: Path, mode: Literal["w", "a"]) -> TextIO:
    """`path` opened to be written (``w``) or added to (``a``), as `private_file` makes it.

    Raises:
        OSError: it cannot be written.
    """
    private_folder(path.parent)
    return private_file(path).open(mode, encoding="utf-8", errors="replace")


def close_to_others(path: Path) -> None:
    """Take all rights at `path` from other users; what is not ours, or not there, stays as it is."""
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)
