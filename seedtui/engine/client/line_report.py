"""Explains in one line why the connection to a worker on another machine ended: mostly, what ssh said last."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from typing import NamedTuple

from seedtui import __version__
from seedtui.core.errors import Problem, one_line
from seedtui.core.pool.plan import SSH, Host
from seedtui.engine.wire import protocol as p

_NOISE = re.compile(
    r"\*\* |Warning: Permanently added |Killed by signal |Connection to \S+ closed\.|Pseudo-terminal |\s*$"
)
"""What ssh says besides its reason."""

_CANNOT_RUN, _NOT_FOUND = 126, 127
"""The exit codes of a shell."""


class _Reason(NamedTuple):
    """A line that has `sign` means `words`; {line} is the line, {host} the host. `lasting` as in `WorkerDied`."""

    sign: re.Pattern[str]
    words: str
    hint: str
    lasting: bool = True


_REASONS = (
    _Reason(
        re.compile(r"Permission denied \(|Too many authentication failures"), "login failed: {line}",
        "This must work without a password: ssh -o BatchMode=yes {host} true",
    ),
    _Reason(
        re.compile("REMOTE HOST IDENTIFICATION HAS CHANGED"), "its host key is not the one that ssh knows",
        "If that is right, run: ssh-keygen -R {name}, and connect once by hand: ssh {host}",
    ),
    _Reason(
        re.compile("Host key verification failed"), "ssh does not know its host key",
        "Connect once by hand, and compare the key: ssh {host}",
    ),
    _Reason(
        re.compile(r"Could not resolve hostname .*(not known|No address)"), "there is no host of that name",
        "Check the name in the settings or in ~/.ssh/config",
    ),
    _Reason(
        re.compile(r"No such option: --stdio|unrecognized arguments: --stdio"), "seedtui there is older than this one",
        f"Install seedtui {__version__} there",
    ),
)  # fmt: skip


def line_ended(code: int | None, lines: Sequence[str], host: Host, *, began: bool) -> p.WorkerDied:
    """Why a command with exit code `code` ended: `lines` are the last that it wrote besides messages.

    `began`: the worker had answered.
    """
    said = [line for line in lines if not _NOISE.match(line)]
    last = one_line(said[-1], 160) if said else ""
    if not began:
        if code in (_NOT_FOUND, _CANNOT_RUN):
            return _cannot_run(code, last, host)
        for reason in _REASONS:
            if line := next((line for line in reversed(said) if reason.sign.search(line)), ""):
                return _told(reason, one_line(line, 160), host)
    if code is not None and code < 0:
        why = f"its command was ended with {_name(-code)}"
    elif last and (began or code):
        why = last
    elif last:
        why = f"its command ended without starting a worker: {last}"
    elif began:
        why = "the connection ended"
    else:
        why = f"its command exited with code {code} without starting a worker"
    hint = "" if began else "Check that its command starts seedtui worker --stdio" if not last else ""
    return p.WorkerDied(Problem("engine", why, hint))


def _cannot_run(code: int, last: str, host: Host) -> p.WorkerDied:
    program = one_line(host.seedtui, 80)
    what = "was not found" if code == _NOT_FOUND else "cannot be run"
    said = f" ({last})" if last else ""
    hint = (
        f'Install seedtui {__version__} there, or name it under [[hosts]] in the settings: seedtui = "/path/to/seedtui"'
    )
    if host.template != SSH and program not in last:
        return p.WorkerDied(Problem("engine", f"a program of its command {what}{said}", "Check the command"), True)
    return p.WorkerDied(Problem("engine", f"{program} {what} there{said}", hint), True)


def _told(reason: _Reason, line: str, host: Host) -> p.WorkerDied:
    name = host.host.rpartition("@")[2]
    words = {
        "line": line.partition(": ")[2] if line.startswith(host.host + ": ") else line,
        "host": host.host,
        "name": name,
    }
    return p.WorkerDied(
        Problem("engine", reason.words.format(**words), reason.hint.format(**words)), lasting=reason.lasting
    )


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
