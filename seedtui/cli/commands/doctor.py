"""``seedtui doctor``: checks this installation, and suggests improvements."""

from __future__ import annotations

import os
import sys

from seedtui.cli import options as o
from seedtui.cli.declaration import command
from seedtui.cli.diagnostics import Check, all_checks
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import print_json, say_lines
from seedtui.cli.pool_options import host_options, hosts_named
from seedtui.cli.worker_checks import check_gpu_use, check_hosts
from seedtui.core.errors import SeedtuiError
from seedtui.core.pool.plan import ONE_WORKER, Host
from seedtui.core.text.gated_stream import ungated
from seedtui.terminal.lifecycle import prepared_terminal
from seedtui.terminal.probe.modes import Terminal

_MARKS = {"ok": ("✓", "green"), "note": ("·", "yellow"), "bad": ("✗", "red")}
_PICTURE = (24, 12)
"""Columns and rows of the test picture."""


@command
@o.json
@host_options
def doctor(json: bool, hosts: tuple[str, ...], via: str | None) -> int:
    """Check this installation.

    Looks at versions, GPUs and who uses them, folders, the starter model, the terminal and tmux, and whether the hosts
    of the settings can be reached, or those of --host.

    Exit code 0: seedtui can run. 1: something is missing, or a host of --host cannot be used.
    """
    asked = _hosts(hosts, via)
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return _report(None, asked, json, named=bool(hosts))
    with prepared_terminal(_images_setting()) as (terminal, _, _):
        return _report(terminal, asked, json, named=bool(hosts))


def _images_setting() -> str:
    try:
        return load_config().images
    except SeedtuiError:
        return ""  # a check reports it


def _hosts(names: tuple[str, ...], via: str | None) -> tuple[Host, ...]:
    """Those of the settings, or if any are named, these.

    Raises:
        InputError: a name or the command cannot be used.
    """
    try:
        plan = load_config().pool
    except SeedtuiError:
        plan = ONE_WORKER  # a check reports it
    return hosts_named(names, via, plan) if names or via else plan.hosts


def _report(terminal: Terminal | None, hosts: tuple[Host, ...], as_json: bool, *, named: bool) -> int:
    checks = [*all_checks(terminal, os.environ), *check_gpu_use(), *check_hosts(hosts, needed=named)]
    if as_json:
        for check in checks:
            print_json(check._asdict())
    else:
        _print_table(checks)
        if terminal:
            _print_sample(terminal)
    return 1 if any(check.state == "bad" for check in checks) else 0


def _print_table(checks: list[Check]) -> None:
    from rich.table import Table

    from seedtui.core.text.console import cell, console

    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for check in checks:
        mark, colour = _MARKS[check.state]
        value = cell(check.value)
        if check.hint:
            value.append("\n").append_text(cell(check.hint, "dim"))
        grid.add_row(cell(mark, colour), cell(check.name), value)
    console().print(grid)


def _print_sample(terminal: Terminal) -> None:
    from seedtui.terminal.output.print_picture import print_picture, sample_picture

    say_lines("\nTest picture: a round disc, smooth colours, and sixteen greys at the bottom.\n")
    print_picture(sample_picture(), terminal, ungated(sys.stdout), *_PICTURE)
