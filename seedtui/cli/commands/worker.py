"""``seedtui worker``: shows and stops the workers that outlive the app."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import argument, command, one_of, option
from seedtui.cli.messages import print_json, say
from seedtui.core.errors import InputError, quoted
from seedtui.core.text.formatting import size_in_words
from seedtui.engine.client.connection import Connection
from seedtui.engine.client.keep_alive import Seen, seen, stop
from seedtui.engine.wire.pool_protocol import Open
from seedtui.library.paths import runtime_dir


@command
@argument("action", metavar="[status|stop]", default="status", about="Show the workers (the default), or stop them.",
          shell_complete=one_of(["status", "stop"]))  # fmt: skip
@option("--stdio", is_flag=True, help="Run a worker for a program on another machine, on stdin and stdout.")
@o.json
def worker(action: str, stdio: bool, json: bool) -> int:
    """Show or stop the workers that keep a model loaded.

    A worker stays for keep_alive minutes (see the settings) after the app or a command has ended.

    Exit code 1: there are none.
    """
    if stdio:
        _serve_stdio()
        return 0
    if action not in ("status", "stop"):
        raise InputError(f"there is no worker action {quoted(action)}", "Use status or stop")
    found = seen(runtime_dir())
    for each in found:
        stopped = action == "stop" and stop(each)
        if json:
            print_json(_fields(each) | ({"stopped": stopped} if action == "stop" else {}))
        else:
            say(f"{_words(each)}{', stopped' if stopped else ''}")
    if not found and not json:
        say("no workers")
    return 0 if found else 1


def _serve_stdio() -> None:
    from seedtui.engine.client.keep_alive import start_worker
    from seedtui.engine.client.relay import line_timeout, serve_stdio
    from seedtui.library.paths import worker_log

    if os.isatty(0) or os.isatty(1):
        raise InputError("--stdio is for programs, not for a terminal", "Use seedtui generate --host with this host")
    logs: list[Path] = []

    def start(request: Open, environ: Mapping[str, str]) -> Connection:
        log = worker_log(request.lane or "0")
        if not request.keep_alive:
            logs.append(log)
        return start_worker(log, runtime_dir(), request.keep_alive, environ)

    if serve_stdio(start, runtime_dir(), line_timeout(os.environ)):
        for log in logs:
            log.unlink(missing_ok=True)


def _fields(worker: Seen) -> dict[str, object]:
    at = worker.status
    if at is None:
        return {"pid": worker.pid, "answers": False, "socket": str(worker.path)}
    return {
        "pid": at.pid,
        "answers": True,
        "socket": str(worker.path),
        "version": at.version,
        "model": at.model or None,
        "dtype": at.dtype or None,
        "device": at.device or None,
        "doing": at.doing or None,
        "client": at.client or None,
        "seconds": round(at.seconds, 1),
        "seconds_left": None if at.client else round(at.left, 1),
        "rounds": at.rounds,
        "bytes": at.bytes,
    }


def _words(worker: Seen) -> str:
    at = worker.status
    if at is None:
        return f"process {worker.pid}  not responding"
    model = f"{at.model} {at.dtype} {at.device}" if at.model else "no model"
    doing = f", {at.doing}" if at.doing else ""
    client = f"in use by process {at.client}{doing}" if at.client else f"free{doing}, ends in {_time(at.left)}"
    return f"process {at.pid}  {model}  {size_in_words(at.bytes)}  {client}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
