"""Folders and files that only their user can read: the journal has every prompt, and machines are shared."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Literal, TextIO

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(folder: Path) -> Path:
    """Return `folder`, created if needed, accessible only to its user (0700), even if it existed before.

    Raises:
        OSError: it cannot be created.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(folder)
    return folder


def private_file(path: Path) -> Path:
    """Return `path`, created as an empty file if needed, accessible only to its user (0600).

    Raises:
        OSError: it cannot be created.
    """
    # O_NONBLOCK: opening a pipe instead would block forever.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600))
    close_to_others(path)
    return path


def open_private(path: Path, mode: Literal["w", "a"]) -> TextIO:
    """Open the private file `path` for writing (``w``) or appending (``a``).

    Raises:
        OSError: it cannot be written.
    """
    private_folder(path.parent)
    return private_file(path).open(mode, encoding="utf-8", errors="replace")


def close_to_others(path: Path) -> None:
    """Remove all permissions of other users on `path`. Does nothing if it is not ours or does not exist."""
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)
