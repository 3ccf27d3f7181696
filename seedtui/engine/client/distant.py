"""Starts a worker on another machine: a command such as ssh carries our messages on its standard input and output.

Nothing listens anywhere. The other end is `relay`.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from seedtui.core.errors import EngineError, InputError, one_line
from seedtui.core.pool.plan import SEEDTUI, Host
from seedtui.engine.client.connection import Connection, open_log
from seedtui.engine.client.crash_report import last_lines
from seedtui.engine.client.distant_connection import DistantConnection
from seedtui.engine.client.line_report import line_ended
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p

_PATIENCE = 5.0
"""Seconds that a command has to end, after it was told to or its output ended, before it is killed."""


def command_of(host: Host) -> list[str]:
    """The words that start a worker on `host`.

    Raises:
        InputError: its command has an open quote.
    """
    try:
        words = shlex.split(host.template)
    except ValueError as error:
        raise InputError(f"the command of host {host.host} cannot be read: {one_line(error)}") from error
    program = host.seedtui
    is_ours = host.template != host.command
    if is_ours and words[0] == "srun" and program == SEEDTUI:
        program = str(Path(sysconfig.get_path("scripts")) / SEEDTUI)
    return [word.replace("{host}", host.host).replace("{seedtui}", program) for word in words]


def start_distant(command: Sequence[str], log: Path, host: Host | None = None) -> Connection:
    """Run `command`, whose standard error goes to `log`. `host` is where it leads, as far as it has a name.

    Raises:
        EngineError: it cannot be started.
        InputError: there is no such program.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        file = open_log(log)
    except OSError as error:
        raise EngineError(f"cannot write {one_line(log)}: {one_line(error.strerror)}") from error
    ours, theirs = socket.socketpair()
    try:
        with theirs, file:
            process = subprocess.Popen(
                list(command), stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=file,
                start_new_session=True,  # Ctrl+C is ours to handle; and ssh must not ask in our terminal
                cwd="/", env={**os.environ, "SSH_ASKPASS_REQUIRE": "never"},  # nor in a window
            )  # fmt: skip
    except (FileNotFoundError, PermissionError) as error:
        ours.close()
        hint = f"Install it, or change the command of {host.host}" if host else "Install it"
        raise InputError(f"cannot run {one_line(command[0])}: {one_line(error.strerror)}", hint) from error
    except OSError as error:
        ours.close()
        raise EngineError(f"cannot start {one_line(command[0])}: {one_line(error.strerror)}") from error
    return Line(Command(process), ours, log, host)


class Command:
    """A command with all processes that it starts here, such as a script and the srun in it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def kill(self) -> None:
        """Tell it to end. Not by force at first: srun and kubectl would leave the other end running."""
        self._signal(signal.SIGTERM)
        self._signal(signal.SIGCONT)  # a stopped one does not hear

    def wait(self) -> int | None:
        """Its exit code. If it does not end soon, it is killed."""
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            return self._process.wait()

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:  # or its number may be another's by now
            with suppress(OSError):
                os.killpg(self.pid, number)


class Line(DistantConnection):
    """The connection to a worker on another machine, over the pipes of `process`."""

    def __init__(self, process: Command, sock: socket.socket, log: Path, host: Host | None) -> None:
        self._host = host
        self._began, self._said = False, b""
        super().__init__(process, sock, log)

    def _skip_preface(self, stream: framing.Stream) -> None:
        said = framing.skip_to_mark(stream)
        self._began, self._said = said is None, said or b""

    def _death(self, error: EngineError | None) -> p.WorkerDied:
        died = super()._death(error)
        return died if error is None or self._began else msgspec.structs.replace(died, lasting=True)

    def _explain(self, code: int | None) -> p.WorkerDied:
        lines = last_lines(self._log)
        if self._said:  # some write their errors there
            lines = [*self._said.decode(errors="replace").splitlines(), *lines]
        return line_ended(code, lines, self._host or Host(""), began=self._began)
