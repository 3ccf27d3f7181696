"""What a dead worker's end and its log say, in one line."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from seedtui.core.errors import FileError, Problem, one_line
from seedtui.engine.wire.exit_codes import DEVICE_FAILED, LEAVING
from seedtui.files.reading import open_file

_TAIL = 65_536
"""Bytes at the end of a log that are looked at."""

_FATAL = "Fatal Python error: "
_NOISE = ("Extension modules:", "Current thread ", "Thread ", "  ")
_FRAME = re.compile(r'  File ".*?([^/"]+)", line (\d+) in (\S+)')
"""One line of faulthandler's trace, innermost first: file, line, function."""


def worker_died(code: int | None, log: Path) -> Problem:
    """Why a worker with that exit code is gone, and what it said at last; None for a code that nobody knows."""
    words = _telling(_last_lines(log))
    if code is None:
        why = "the worker is gone"
    elif code == -signal.SIGKILL:
        why, words = "the worker was killed: by someone, or by the system when memory ran out", ""
    elif code in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
        why, words = f"the worker was ended by someone, with {_name(-code)}", ""
    elif code < 0:
        why = f"the worker crashed with {_name(-code)}"
    elif code == DEVICE_FAILED:
        why = "the device failed, and the worker with it"
    else:
        why = f"the worker ended by itself with code {code}"
    return Problem("engine", one_line(f"{why} ({words})" if words else why), f"Its log is {one_line(log)}")


def _telling(lines: Sequence[str]) -> str:
    """The line that says the most: why it left; of a crash, what and where; else the last one that is no trace."""
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


def _last_lines(log: Path) -> list[str]:
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
