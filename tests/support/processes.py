"""Processes of one test, wherever they come from: they are told by what is in their environment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def processes(home: Path) -> dict[int, str]:
    """The command lines of processes whose `SEEDTUI_HOME` is `home` or below, by their pid."""
    found: dict[int, str] = {}
    marker = b"\0SEEDTUI_HOME=" + os.fsencode(home)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker in b"\0" + (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue  # gone, or another user's
    return {pid: words for pid, words in found.items() if words}  # without words it is a zombie


def children(pid: int) -> list[int]:
    """All processes below `pid`, the nearest first."""
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(folder.name))
    found, todo = [], [pid]
    while todo:
        new = below.get(todo.pop(0), [])
        found += new
        todo += new
    return found


def eventually(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    """Whether `condition` becomes true, in a time that is ample."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
