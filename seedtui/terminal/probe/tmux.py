"""tmux, as far as pictures need it: enables passthrough for this pane, and restores it."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

Run = Callable[[list[str]], str | None]
"""Runs a tmux command. Returns its output without the final line break, None if it failed."""


class Loss(IntEnum):
    """What the terminal may have lost; falsy if nothing."""

    NOTHING = 0
    LATEST = 1
    """What was sent since the last check."""
    ALL = 2
    TERMINAL = 3
    """All, as another terminal was attached."""


class Place(NamedTuple):
    """The cells of the outer terminal to the left of a pane and above it."""

    left: int
    top: int


HERE = Place(0, 0)
"""Where there is no outer terminal."""


class PaneView(NamedTuple):
    """What the outer terminal shows of a pane.

    `place` is None while the pane cannot be painted: it is not, or not wholly, visible, or tmux itself writes in it, as
    in copy mode. `loss` is what may be gone of the pixels painted before. `answered`: what the terminal answers comes
    to this pane; if not, it would be typed into another one.
    """

    place: Place | None = None
    loss: Loss = Loss.NOTHING
    answered: bool = False
    term: str = ""


def through_tmux(sequence: str) -> str:
    """`sequence` wrapped so that tmux passes it on to the outer terminal."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


class _State(NamedTuple):
    """What tmux knows of a pane and of the terminal attached last: the values of `_STATE`, in their order."""

    client: str = ""
    discarded: str = ""
    window_active: str = ""
    zoomed: str = ""
    active: str = ""
    in_mode: str = ""
    left: str = ""
    top: str = ""
    width: str = ""
    height: str = ""
    offset_x: str = ""
    offset_y: str = ""
    status: str = ""
    status_position: str = ""
    client_width: str = ""
    client_height: str = ""
    term: str = ""
    window: str = ""
    written: str = ""
    panes: str = ""

    @property
    def bytes_written(self) -> int:
        """To the terminal, so far."""
        return int(self.written) if self.written.isdigit() else 0

    @property
    def place(self) -> Place | None:
        """Where the terminal shows the pane; None if it does not show all of it as it is."""
        hidden = self.zoomed == "1" and self.active != "1"
        if not self.client_width or self.window_active != "1" or hidden or self.in_mode not in ("", "0"):
            return None
        lines = int(self.status) if self.status.isdigit() else int(self.status == "on")
        try:
            left, top = int(self.left) - int(self.offset_x or 0), int(self.top) - int(self.offset_y or 0)
            right, bottom = left + int(self.width), top + int(self.height)
            room = int(self.client_width), int(self.client_height) - lines
        except ValueError:  # an old tmux that does not know one of them
            return None
        if left < 0 or top < 0 or right > room[0] or bottom > room[1]:
            return None  # the window is larger than the terminal
        return Place(left, top + lines * (self.status_position == "top"))

    @property
    def gets_keys(self) -> bool:
        return bool(self.client_width) and self.window_active == self.active == "1" and self.in_mode in ("", "0")


_STATE = ",".join(
    f"#{{{name}}}"
    for name in (
        "client_pid", "client_discarded", "window_active", "window_zoomed_flag", "pane_active", "pane_in_mode",
        "pane_left", "pane_top", "pane_width", "pane_height", "window_offset_x", "window_offset_y",
        "status", "status-position", "client_width", "client_height", "client_termname",
        "window_id", "client_written", "window_panes",
    )
)  # fmt: skip
"""The format that gives a `_State`."""


class Tmux:
    """The tmux that this process runs in, and its pane."""

    def __init__(self, pane: str, run: Run | None = None) -> None:
        self._pane = pane
        self._run = run or _run
        self._own: str | None = None
        self._passthrough = ""
        self._is_changed = False
        self._last: _State | None = None
        self._counted = (0, 0)
        self._sent = 0
        self.drops = False
        """Whether it is an old version that drops output that comes too fast. Set by `allow_passthrough`."""
        self.passes_anyway = False
        """Whether passthrough was on before `allow_passthrough`, and is after `restore`."""

    @classmethod
    def around(cls, environ: Mapping[str, str]) -> Tmux | None:
        """The tmux in `environ`, None outside tmux."""
        return cls(environ.get("TMUX_PANE", "")) if environ.get("TMUX") else None

    def allow_passthrough(self, *, hidden: bool = True) -> bool:
        """Enable passthrough from this pane to the terminal; returns whether that works. May be called again.

        With `hidden`, also while the pane is not visible (`all`, since tmux 3.4), so that no picture of a terminal that
        keeps them is lost. Without it (`on`), so that nothing is painted over another window. Before 3.3 there was no
        such option, and everything was passed through.
        """
        if self._own is None:
            self._own = self._show("allow-passthrough")
            self._passthrough = self._show("allow-passthrough", inherited=True)
            self.passes_anyway = self._passthrough in ("all", "on")
            self._last = self._last or self._state()
        for value in ("all", "on") if hidden else ("on",):
            if self._passthrough == value or self._change_passthrough(value):
                self.drops = hidden and value == "on"
                return True
        self.drops = self.passes_anyway = _older(self.version, (3, 3))
        return self.drops

    def restore(self) -> None:
        """Undo `allow_passthrough`. Safe to call twice."""
        if self._own is not None and self._is_changed:
            self._set("allow-passthrough", self._own)
        self._own, self._is_changed = None, False

    def lost(self) -> Loss:
        """What may be lost since the last call: all if another terminal was attached, the latest if output was dropped.

        tmux drops output when the terminal cannot keep up. It then redraws its own screen, but before 3.4, pictures
        sent meanwhile are lost.
        """
        before, now = self._seen()
        if now.client != before.client:
            return Loss.TERMINAL
        dropped = now.discarded != before.discarded
        return Loss.LATEST if dropped and _older(self.version, (3, 4)) else Loss.NOTHING

    def view(self, painted: int = 0, sent: int = 0) -> PaneView:
        """What the terminal shows of this pane, and what of the pixels painted in it is gone since the last call.

        All are if another terminal was attached, if output was dropped (tmux then draws its own screen again), and if
        the pane has moved or was hidden. `painted` counts the bytes of all pictures so far, `sent` those of
        everything: tmux also drops pictures that come while it is about to draw, and draws over others, as after a menu
        or copy mode. Only its count of bytes shows that; where other panes are beside this one, it may be theirs.
        """
        before, now = self._seen()
        new = now.client != before.client
        drawn_over = sent == self._sent and now.panes == "1" and now.bytes_written - before.bytes_written > _REDRAWN
        self._sent = sent
        dropped = now.discarded != before.discarded or self._has_dropped(painted, now, new) or drawn_over
        loss = Loss.TERMINAL if new else Loss.ALL if dropped or now.place != before.place else Loss.NOTHING
        return PaneView(now.place, loss, answered=now.gets_keys, term=now.term)

    def _has_dropped(self, painted: int, now: _State, new: bool) -> bool:
        """Whether the terminal got fewer bytes than were painted, though nothing is on its way any more."""
        (painted_before, written_before), written = self._counted, now.bytes_written
        if new or written - written_before >= painted - painted_before:
            self._counted = (painted, written)
            return False
        if self._written() != written:
            return False  # more is coming: the next call will tell
        self._counted = (painted, written)
        return True

    def settle(self) -> Place | None:
        """Have tmux draw over whatever was painted anywhere, and wait for it; returns the `place`."""
        self.refresh()
        self._wait_until_drawn()
        now = self._state()
        if self._last:  # a change from here on is a loss; that of the client is one already
            self._last = now._replace(client=self._last.client, discarded=self._last.discarded)
        return now.place

    def _wait_until_drawn(self) -> None:
        """Wait until the terminal has got what tmux wants to draw, for a few seconds at most."""
        written, same = self._written(), 0
        for _ in range(_LOOKS):
            before, written = written, self._written()
            same = same + 1 if written == before else 0
            if same == _SAME:
                break

    def _written(self) -> int:
        """How many bytes the terminal has got in a moment."""
        time.sleep(_MOMENT)
        return self._state().bytes_written

    def place(self) -> Place | None:
        """Where this pane lies in the outer terminal; None while it cannot be painted. `view` says more."""
        return self._state().place

    def refresh(self) -> None:
        """Have every terminal that shows this pane drawn again, so that no stray pixels stay."""
        window = (self._last or self._state()).window
        clients = (self._run(["list-clients", "-F", "#{window_id} #{client_name}"]) or "").splitlines()
        shown = [client for found, _, client in (line.partition(" ") for line in clients) if found == window]
        commands = [word for client in shown for word in (";", "refresh-client", "-t", client)][1:]
        if commands:
            self._run(commands)

    @cached_property
    def version(self) -> str:
        """For example ``3.5a``."""
        return self._format("version")

    @property
    def tells_focus(self) -> bool:
        """Whether a program is told when its pane gets and loses the keys: tmux.conf has ``focus-events on``."""
        return self._run(["show-options", "-gv", "focus-events"]) == "on"

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
        if not self.tells_focus:
            lines.append("set -g focus-events on")
        if "RGB" not in self._format("client_termfeatures"):
            lines.append("set -ga terminal-features ',*:RGB'")
        return tuple(lines)

    def _change_passthrough(self, value: str) -> bool:
        if not self._set("allow-passthrough", value):
            return False
        self._passthrough, self._is_changed = value, True
        return True

    def _seen(self) -> tuple[_State, _State]:
        """The state at the last call, and now. A terminal that is gone counts as attached until there is another."""
        now = self._state()
        before = self._last or now
        if not now.client:
            now = now._replace(client=before.client, discarded=before.discarded)
        self._last = now
        return before, now

    def _state(self) -> _State:
        values = self._formatted(_STATE).split(",")
        return _State(*values) if len(values) == len(_State._fields) else _State()

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


_MOMENT, _SAME, _LOOKS = 0.06, 3, 50
"""Seconds between looks at the count of bytes, how many alike mean that nothing more comes, and how many at most."""


_REDRAWN = 2_000
"""Bytes that tmux does not write without drawing the pane again: its status line takes some hundred."""


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
