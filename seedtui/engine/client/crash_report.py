"""Explains in one line why a worker died, from its exit code and its log."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from seedtui.core.errors import FileError, Problem, one_line
from seedtui.engine.wire.exit_codes import DEVICE_FAILED, LEAVING
from seedtui.files.reading import open_file

_TAIL = 65_536
"""Number of bytes read from the end of a log."""

_FATAL = "Fatal Python error: "
_NOISE = ("Extension modules:", "Current thread ", "Thread ", "  ")
_FRAME = re.compile(r'  File ".*?([^/"]+)", line (\d+) in (\S+)')
"""One line of faulthandler's traceback, innermost first: file, line, function."""


def worker_died(code: int | None, log: Path, who: str = "the worker") -> Problem:
    """Why the process `who` with exit code `code` (None if unknown) died, and the last thing it logged."""
    lines = last_lines(log)
    words = _telling(lines)
    if code is None:
        why = f"{who} is gone"
    elif code == -signal.SIGKILL:
        why, words = f"{who} was killed, by a user or by the system when memory ran out", ""
    elif code in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
        why, words = f"{who} was ended with {_name(-code)}", ""
    elif code < 0:
        why = f"{who} crashed with {_name(-code)}"
    elif code == DEVICE_FAILED:
        why = f"the device failed and took {who} with it"
    else:
        why = f"{who} exited with code {code}"
    hint = f"See its log: {one_line(log)}" if any(lines) else ""
    return Problem("engine", one_line(f"{why} ({words})" if words else why), hint)


def keep_log(log: Path) -> Path:
    """Where the log of a process that is gone is from now on: the next process begins `log` anew.

    Only the last one of each name is kept.
    """
    kept = log.with_suffix(".died.log")
    try:
        log.replace(kept)
    except FileNotFoundError:
        return kept if kept.exists() else log  # another client of that worker was first
    except OSError:
        return log
    return kept


def _telling(lines: Sequence[str]) -> str:
    """The most informative line: why the worker left; for a crash, what and where; else the last line."""
    said = [line for line in lines if line.strip() and not line.startswith(_NOISE)]
    if said and said[-1].startswith(LEAVING):
        return one_line(said[-1].removeprefix(LEAVING), 160)
    fatal = next((i for i, line in enumerate(said) if line.startswith(_FATAL)), None)
    if fatal is None:
        return one_line(said[-1], 160) if said else ""
    what = one_line(said[fatal].removeprefix(_FATAL), 80)
    crashed = next((i for i, line in enumerate(lines) if line.startswith("Current thread ")), 0)  # not the others
    where = next(filter(None, map(_FRAME.match, lines[crashed:])), None)
    return f"{what} in {where[3]}, {where[1]} line {where[2]}" if where else what


def last_lines(log: Path) -> list[str]:
    """The last lines of `log`, none if it cannot be read."""
    try:
        with open_file(log) as (file, size):
            file.seek(max(0, size - _TAIL))
            return file.read(_TAIL).decode(errors="replace").split("\n")
    except FileError:
        return []


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
