"""Decides how to draw pictures in a terminal, and why."""

from __future__ import annotations

import termios
import time
from collections.abc import Mapping
from contextlib import suppress

from seedtui.core.errors import InputError
from seedtui.terminal.probe import answers as ask
from seedtui.terminal.probe import tty
from seedtui.terminal.probe.answers import Answers
from seedtui.terminal.probe.interview import DEFAULT_SIXEL_CELL, Interview
from seedtui.terminal.probe.modes import ALL_COLOURS, CELL, MODES, PIXELS, Mode, Terminal, Verdict
from seedtui.terminal.probe.tmux import PaneView, Tmux
from seedtui.terminal.probe.versions import PLACEHOLDERS_SINCE, draws_octants, keeps_pixels, knows_placeholders

VARIABLE = "SEEDTUI_IMAGES"
SECONDS = 2.0
"""How long to wait for answers: a slow connection must not be mistaken for a limited terminal."""

_NEVER_ASKED = ("quad", "half", "sextant", "octant", "ascii", "off")
"""Modes that need no answers if the user chose them, so they also work if the terminal cannot answer."""


def asked_for(environ: Mapping[str, str], setting: str = "") -> tuple[Mode, str] | None:
    """The mode that the user chose, and where: in the environment, or else in `setting`. None for ``auto``.

    Raises:
        InputError: there is no such mode.
    """
    for word, where in ((environ.get(VARIABLE, ""), VARIABLE), (setting, "the images setting")):
        word = word.strip().lower()
        if word in MODES:
            return word, f"set by {where}"
        if word not in ("", "auto"):
            raise InputError(f"{where} is “{word}”", f"Use auto, {', '.join(MODES[:-1])} or {MODES[-1]}")
    return None


def detect(environ: Mapping[str, str], setting: str = "", tmux: Tmux | None = None) -> Terminal:
    """Find out what the terminal is and can do. Queries it, unless the user chose a mode that needs no answers.

    If pictures go through `tmux`, its passthrough is on afterwards, which the caller must undo; else it is as before.

    Raises:
        InputError: the user chose an unknown mode.
    """
    with tty.opened() as fd:
        detection = Detection(environ, setting, tmux, fd)
        if fd is not None and detection.interview:
            _converse(fd, detection.interview)
    return detection.concluded()


def detect_again(environ: Mapping[str, str], setting: str, tmux: Tmux) -> Detection:
    """Prepare to find out what terminal is attached to `tmux` now, while the app reads the keys.

    Does not read the answers: see that its `interview`, if any, is asked and hears them, and then take what is
    `concluded`. Both take some milliseconds, as tmux is asked.

    Raises:
        InputError: the user chose an unknown mode.
    """
    with tty.opened() as fd:
        return Detection(environ, setting, tmux, fd)


class Detection:
    """What is to be asked, and what follows from the answers.

    `interview` is None if there is nothing to ask, or nobody who could answer. `must_wait`: nobody now, as the pane is
    not in front.
    """

    def __init__(self, environ: Mapping[str, str], setting: str, tmux: Tmux | None, fd: int | None) -> None:
        self._environ, self._tmux = environ, tmux
        self._named = asked_for(environ, setting)
        if self._named is None and (plain := _without_colours(environ)):
            self._named = ("ascii", plain)
        self._kernel = tty.cell_size(fd) if fd is not None else None
        self._why = "there is no terminal to query" if fd is None else ""
        self.must_wait = False
        self.interview: Interview | None = None
        if fd is not None and (self._named is None or self._named[0] not in _NEVER_ASKED):
            view, self._why = _way_through(tmux)
            self.must_wait = view is not None and self._why != ""
            if not self._why:
                draw = self._named is None and may_draw(environ, view)
                self.interview = Interview(tty.size(fd), view.place if view else None, draw, self._kernel)

    def concluded(self) -> Terminal:
        """The terminal, by the answers so far.

        tmux draws its screen again if there were test pictures on it, and lets through what the mode needs.
        """
        interview, tmux, environ = self.interview or Interview((0, 0)), self._tmux, self._environ
        if tmux and interview.has_drawn:
            tmux.refresh()
        said = interview.answers()
        mode, reason = self._named or decide(said, environ, self._why)
        if tmux and mode in PIXELS:
            tmux.allow_passthrough(hidden=mode == "kitty")
        elif tmux:
            tmux.restore()
        windows = DEFAULT_SIXEL_CELL if environ.get("WT_SESSION") else CELL
        return Terminal(
            mode=mode, reason=reason, cell=said.pixels or self._kernel or windows,
            cell_from="terminal" if said.pixels else "kernel" if self._kernel else "default",
            tmux=tmux is not None, ssh=_over_ssh(environ, tmux), colours=_colours(said, environ), name=said.name,
            version=said.version, typed=said.typed, named=self._named is not None,
            owes=interview.has_asked and not interview.is_answered,
            passes=tmux is None or mode in PIXELS or tmux.passes_anyway,
            kitty=_verdict(said.graphics or False, interview.has_asked, said.done or said.graphics is not None),
            iterm2=_verdict(said.iterm2, said.drew, said.iterm2 is not None),
            sixel=_verdict(said.sixel, said.drew, said.sixel is not None),
            claims_sixel=said.claims_sixel,
        )  # fmt: skip


def decide(said: Answers, environ: Mapping[str, str], why: str = "") -> tuple[Mode, str]:
    """The mode for a terminal with these answers, and the reason in a sentence. `why`: nothing was asked, because."""
    name = f"{said.name} {said.version}".strip() or "the terminal"
    if why:
        return "quad", why
    if said.graphics and knows_placeholders(said.name, said.version):
        return "kitty", f"{name} draws pictures"
    painted = _painted(said)
    if painted and keeps_pixels(said.name) and environ.get("TMUX"):
        return "quad", f"in tmux, {name} would not take pictures away when another window is shown"
    if painted:
        return painted, f"{name} draws {_PROTOCOLS[painted]}"
    if environ.get("STY"):
        return "quad", "screen does not pass pictures through; tmux does"
    if draws_octants(said.name, said.version) and not environ.get("TMUX"):
        return "octant", f"{name} cannot draw pictures, but draws octants"
    if said.graphics and said.name.lower() in PLACEHOLDERS_SINCE:
        since = ".".join(map(str, PLACEHOLDERS_SINCE[said.name.lower()]))
        return "quad", f"{name} is too old: pictures need {said.name} {since}"
    if said.graphics:
        return "quad", f"{name} draws pictures, but not as kitty's Unicode placeholders, which the app needs"
    if said.claims_sixel and said.drew:
        return "quad", f"{name} claims to support sixel, but drew no test picture"
    if not (said.name or said.done):
        return "quad", "the terminal did not answer the graphics query"
    return "quad", f"{name} cannot draw pictures"


_PROTOCOLS: dict[Mode, str] = {"iterm2": "iTerm2's inline images", "sixel": "sixel pictures"}


def _painted(said: Answers) -> Mode | None:
    """The protocol in which the terminal drew a test picture, the better one of two."""
    if said.sixel and said.name.lower() == "konsole":
        return "sixel"  # of iTerm2's pictures it leaves a strip when they are covered
    return "iterm2" if said.iterm2 else "sixel" if said.sixel else None


def may_draw(environ: Mapping[str, str], view: PaneView | None = None) -> bool:
    """Whether test pictures make sense: the Linux console has none, and screen passes none through."""
    term = view.term if view else environ.get("TERM", "")
    return not environ.get("STY") and term not in ("linux", "dumb", "unknown", "")


def _way_through(tmux: Tmux | None) -> tuple[PaneView | None, str]:
    """What the terminal shows of our pane if we are in tmux, and why the terminal cannot be asked, if so."""
    if tmux is None:
        return None, ""
    if not tmux.allow_passthrough(hidden=False):
        return None, f"tmux {tmux.version} does not let pictures through"
    view = tmux.view()
    if view.place is None or not view.answered:  # another pane would get the answers, as if they were typed
        return view, "the pane was not in front, so the terminal could not be queried"
    return view, ""


def _converse(fd: int, interview: Interview) -> None:
    deadline = time.monotonic() + SECONDS
    with suppress(OSError, termios.error), tty.unechoed(fd):  # the terminal may go away at any moment
        while questions := interview.questions():
            left = deadline - time.monotonic()
            interview.hear(tty.ask(fd, questions, lambda got: ask.parse(got).done, left))


def _verdict(drawn: bool | None, asked: bool, answered: bool) -> Verdict:
    if not asked:
        return "not asked"
    return ("yes" if drawn else "no") if answered else "no answer"


def _without_colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "NO_COLOR is set"
    return "TERM is dumb" if environ.get("TERM", "") in ("", "dumb", "unknown") else ""


def _over_ssh(environ: Mapping[str, str], tmux: Tmux | None) -> bool:
    """Whether the terminal is remote. tmux may have been attached from elsewhere since the shell started."""
    if tmux and (attached := tmux.over_ssh) is not None:
        return attached
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def _colours(said: Answers, environ: Mapping[str, str]) -> int:
    """The number of colours. tmux accepts all of them and reduces them for the outer terminal better than Rich does."""
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or environ.get("TMUX"):
        return ALL_COLOURS
    if said.iterm2 or (said.name and said.name.lower() != "screen"):
        return ALL_COLOURS  # every terminal with one of these already had 24-bit colours
    return 256 if "256color" in environ.get("TERM", "") else 16
