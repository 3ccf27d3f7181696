"""What `doctor` checks of those who could make images: the GPUs of this machine, and the hosts of the settings."""

from __future__ import annotations

import contextlib
import shlex
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from seedtui import __version__
from seedtui.cli.diagnostics import Check
from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.pool.plan import Host
from seedtui.core.text.formatting import counted, size_in_words
from seedtui.engine.client.distant import command_of, start_distant
from seedtui.engine.gpus import gpus
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import Gpu, Hello
from seedtui.library.paths import worker_log

PATIENCE = 15.0
"""Seconds within which a host must answer."""


def check_gpu_use() -> Iterator[Check]:
    """Who uses each GPU of this machine."""
    for gpu in gpus():
        yield Check(f"gpu {gpu.index}", "ok" if gpu.is_free else "note", _use(gpu))


def check_hosts(hosts: Sequence[Host], *, needed: bool = False) -> list[Check]:
    """Whether each host can be reached, and what it has; all are asked at the same time.

    One that cannot be used is a failure if they are `needed`.
    """
    if not hosts:
        return []
    with ThreadPoolExecutor(len(hosts)) as threads:
        found = list(threads.map(_check, hosts, range(len(hosts))))
    return [check._replace(state="bad") if needed and check.state != "ok" else check for check in found]


def _check(host: Host, number: int) -> Check:
    name = f"host {host.host}"
    log = worker_log(f"doctor-{number}")
    try:
        command = command_of(host)
        answer = _ask(command, log)
    except SeedtuiError as error:
        return Check(name, "note", error.problem.message, "Correct its command")
    finally:
        with contextlib.suppress(OSError):
            log.unlink()
    if isinstance(answer, Problem):
        return Check(name, "note", answer.message, _by_hand(command))
    has = "; ".join(f"GPU {gpu.index}: {_use(gpu)}" for gpu in answer.gpus)
    value = f"{answer.machine}, seedtui {answer.version}, {has or 'no GPU, ' + counted(host.workers, 'worker')}"
    if (answer.version, answer.wire) != (__version__, p.own_wire()):
        return Check(name, "note", value, f"It cannot work with seedtui {__version__} here: install the same version")
    return Check(name, "ok", value)


def _by_hand(command: Sequence[str]) -> str:
    """How to find out more: where the command ends as ours do, by one that prints a version."""
    words = [*command[:-2], "--version"] if list(command[-2:]) == ["worker", "--stdio"] else command
    return f"Try it by hand: {shlex.join(words)}"


def _ask(command: Sequence[str], log: Path) -> Hello | Problem:
    """What a host says of itself when `command` is run, without starting a worker there; or why it says nothing."""
    connection = start_distant(command, log)
    timer = threading.Timer(PATIENCE, connection.kill)
    timer.start()
    try:
        for event in connection.events():
            match event:
                case Hello():
                    return event
                case p.WorkerDied(problem):
                    return problem
        return Problem("engine", f"no answer for {PATIENCE:.0f} s")
    finally:
        timer.cancel()
        connection.kill()


def _use(gpu: Gpu) -> str:
    if gpu.is_free:
        return f"{gpu.name}, free"
    used, users = size_in_words(gpu.others), "; ".join(gpu.users) or "by others"
    return f"{gpu.name}, {used} of {size_in_words(gpu.total)} in use ({users})"
