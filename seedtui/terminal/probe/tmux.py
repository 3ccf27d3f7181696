"""tmux, as far as pictures need it: enables passthrough for this pane, and restores it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import NamedTuple

Run = Callable[[list[str]], str | None]
"""Runs a tmux command. Returns its output without the final line break, None if it failed."""


class Place(NamedTuple):
    """A cell of the outer terminal."""

    left: int
    top: int


HERE = Place(0, 0)
"""Without tmux around it."""


class Loss(IntEnum):
    """What the terminal may have lost; falsy if nothing."""

    NOTHING = 0
    LATEST = 1
    """What was sent since the last check."""
    ALL = 2


def through_tmux(sequence: str) -> str:
    """`sequence` wrapped so that tmux passes it on to the outer terminal."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


class Tmux:
    """The tmux that this process runs in, and its pane."""

    def __init__(self, pane: str, run: Run | None = None) -> None:
        self._pane = pane
        self._run = run or _run
        self._before: str | None = None
        self._attached = self._discarded = ""
        self.drops = False
        """Whether it is an old version that drops output that comes too fast. Set by `allow_passthrough`."""
        self.passes_anyway = False
        """Whether passthrough was on before `allow_passthrough`, and is after `restore`."""

    @classmethod
    def around(cls, environ: Mapping[str, str]) -> Tmux | None:
        """The tmux in `environ`, None outside tmux."""
        return cls(environ.get("TMUX_PANE", "")) if environ.get("TMUX") else None

    def allow_passthrough(self) -> bool:
        """Enable passthrough from this pane to the terminal; returns whether that works.

        `all` (since tmux 3.4) also passes pictures on while the pane is not visible, so that none is lost. Before 3.3
        there was no such option, and everything was passed through.
        """
        self._attached, self._discarded = self._client()
        inherited = self._show("allow-passthrough", inherited=True)
        self.passes_anyway = inherited in ("all", "on")
        if inherited == "all":
            return True
        own = self._show("allow-passthrough")
        for value in ("all", "on"):
            if self._set("allow-passthrough", value):
                self._before = own
                self.drops = value == "on"
                return True
        self.drops = self.passes_anyway = _older(self.version, (3, 3))
        return self.drops

    def restore(self) -> None:
        """Undo `allow_passthrough`. Safe to call twice."""
        before, self._before = self._before, None
        if before is not None:
            self._set("allow-passthrough", before)

    def lost(self) -> Loss:
        """What may be lost since the last call: all if another terminal was attached, the latest if output was dropped.

        tmux drops output when the terminal cannot keep up. It then redraws its own screen, but before 3.4, pictures
        sent meanwhile are lost.
        """
        attached, discarded = self._client()
        if not attached:
            return Loss.NOTHING  # no terminal is attached
        before, self._attached, self._discarded = (self._attached, self._discarded), attached, discarded
        if attached != before[0]:
            return Loss.ALL
        return Loss.LATEST if discarded != before[1] and _older(self.version, (3, 4)) else Loss.NOTHING

    @property
    def version(self) -> str:
        """For example ``3.5a``."""
        return self._format("version")

    @property
    def over_ssh(self) -> bool | None:
        """Whether the terminal attached last came over SSH; None if unknown."""
        told = self._run(["show-environment", "SSH_CONNECTION"])
        return told.startswith("SSH_CONNECTION=") if told else None

    def advice(self) -> tuple[str, ...]:
        """Lines for the user's tmux.conf that would improve pictures; empty if there are none."""
        passthrough = self._run(["show-options", "-gv", "allow-passthrough"])
        lines = []
        if passthrough not in ("all", None):
            word = "on" if _older(self.version, (3, 4)) else "all"
            if passthrough != word:
                lines.append(f"set -g allow-passthrough {word}")
        if self._run(["show-options", "-gv", "focus-events"]) == "off":
            lines.append("set -g focus-events on")
        if "RGB" not in self._format("client_termfeatures"):
            lines.append("set -ga terminal-features ',*:RGB'")
        return tuple(lines)

    def _client(self) -> tuple[str, str]:
        """When the current terminal was attached, and how many bytes tmux has dropped for it; empty if none is."""
        attached, _, discarded = self._formatted("#{client_created} #{client_discarded}").partition(" ")
        return attached, discarded

    def _format(self, name: str) -> str:
        return self._formatted(f"#{{{name}}}")

    def _formatted(self, words: str) -> str:
        return self._run(["display-message", "-p", *self._target(), words]) or ""

    def _show(self, option: str, *, inherited: bool = False) -> str:
        return self._run(["show-options", "-pqv" + "A" * inherited, *self._target(), option]) or ""

    def _set(self, option: str, value: str) -> bool:
        """Set the pane's `option`, or unset it if `value` is empty; returns whether that worked."""
        command = ["set-option", "-p", *self._target()]
        return self._run([*command, option, value] if value else [*command, "-u", option]) is not None

    def _target(self) -> list[str]:
        return ["-t", self._pane] if self._pane else []


def _older(version: str, than: tuple[int, int]) -> bool:
    match = re.search(r"(\d+)\.(\d+)", version)
    return match is not None and (int(match[1]), int(match[2])) < than


def _run(arguments: list[str]) -> str | None:
    try:
        done = subprocess.run(
            ["tmux", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2.0, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None
