"""Which terminals show a title, a program's progress, and notes on the desktop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seedtui.terminal.probe.modes import Terminal

Note = Literal["bell", "osc9", "osc777", "osc99"]

PROGRESS_SINCE: dict[str, tuple[int, ...]] = {
    "ghostty": (1, 2), "iterm2": (3, 6, 6), "kitty": (0, 43), "konsole": (26, 4), "mintty": (3, 6), "vte": (8000,),
    "wezterm": (20250301,),
}  # fmt: skip
"""Terminals that show the progress of OSC 9;4, and a version from which they surely do. Others, and earlier versions,
may show it as a note on the desktop, once for each percent."""

NOTES: dict[str, Note] = {
    "contour": "osc777", "foot": "osc777", "ghostty": "osc9", "iterm2": "osc9", "kitty": "osc99", "wezterm": "osc9",
}  # fmt: skip
"""Terminals that show notes on the desktop, and the sequence that asks them to; for the others a bell must do."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What may be sent. `title`: it can be set; `progress`: it is shown. `tmux`: progress and notes go through tmux."""

    title: bool = False
    progress: bool = False
    note: Note = "bell"
    tmux: bool = False


def reports_of(terminal: Terminal, environ: Mapping[str, str]) -> Reports:
    """What `terminal` shows. tmux sets titles itself, but passes on only what it is told to."""
    name = terminal.name.lower()
    title = environ.get("TERM", "") not in ("", "dumb", "linux", "unknown")
    if terminal.tmux and not terminal.passes:
        return Reports(title)
    since = PROGRESS_SINCE.get(name)
    version = tuple(int(number) for number in re.findall(r"\d+", terminal.version)[:3])
    progress = since is not None and version >= since
    if not name and environ.get("WT_SESSION") and not (terminal.tmux or terminal.ssh):
        progress = True  # Windows Terminal, which may not tell its name
    return Reports(title, progress, NOTES.get(name, "bell"), terminal.tmux)
