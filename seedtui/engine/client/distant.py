"""Starts a worker on another machine: a command such as ssh carries our messages on its standard input and output.

Nothing listens anywhere. The other end is `relay`.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from seedtui.core.errors import EngineError, one_line
from seedtui.core.pool.plan import Host
from seedtui.engine.client.connection import Connection, open_log


def command_of(host: Host) -> list[str]:
    """The words that start a worker on `host`.

    Raises:
        EngineError: its command has an open quote.
    """
    try:
        words = shlex.split(host.command)
    except ValueError as error:
        raise EngineError(f"the command of host {host.host} cannot be read: {one_line(error)}") from error
    return [word.replace("{host}", host.host).replace("{seedtui}", host.seedtui) for word in words]


def start_distant(command: Sequence[str], log: Path) -> Connection:
    """Run `command`, whose standard error goes to `log`.

    Raises:
        EngineError: there is no such program.
    """
    ours, theirs = socket.socketpair()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with theirs, open_log(log) as file:
            process = subprocess.Popen(
                list(command), stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=file,
                start_new_session=True,  # Ctrl+C is ours to handle; and ssh must not ask in our terminal
                cwd="/", env=dict(os.environ),
            )  # fmt: skip
    except OSError as error:
        ours.close()
        raise EngineError(f"cannot run {command[0]}: {one_line(error.strerror)}") from error
    return Connection(process, ours, log, stays=False, distant=True)
