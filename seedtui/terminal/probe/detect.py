"""Decides how to draw pictures in a terminal, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from seedtui.core.errors import InputError
from seedtui.terminal.probe import answers as ask
from seedtui.terminal.probe import tty
from seedtui.terminal.probe.answers import Answers
from seedtui.terminal.probe.modes import ALL_COLOURS, CELL, MODES, Mode, Terminal
from seedtui.terminal.probe.tmux import Tmux, through_tmux

VARIABLE = "SEEDTUI_IMAGES"
SECONDS = 2.0
"""How long to wait for answers: a slow connection must not be mistaken for a limited terminal."""

PLACEHOLDERS_SINCE: dict[str, tuple[int, ...]] = {"kitty": (0, 28), "ghostty": (1, 0)}
"""Terminals that draw kitty's Unicode placeholders, and their first version that does. WezTerm and Konsole also answer
the graphics query, but then draw boxes."""

_LIMITS = {"sixel": ": `seedtui show` prints sixel, the app draws blocks"}

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
            return word, f"set by {where}" + _LIMITS.get(word, "")
        if word not in ("", "auto"):
            raise InputError(f"{where} is “{word}”", f"Use auto, {', '.join(MODES[:-1])} or {MODES[-1]}")
    return None


def detect(environ: Mapping[str, str], setting: str = "", tmux: Tmux | None = None) -> Terminal:
    """Find out what the terminal is and can do. Queries it, unless the user chose a mode that needs no answers.

    If pictures go through `tmux`, its passthrough is on afterwards, which the caller must undo.

    Raises:
        InputError: the user chose an unknown mode.
    """
    named = asked_for(environ, setting)
    if named is None and (plain := _without_colours(environ)):
        named = ("ascii", plain)
    with tty.opened() as fd:
        asked = fd if named is None or named[0] not in _NEVER_ASKED else None
        said = Answers() if asked is None else _question(asked, tmux, SECONDS)
        cell = said.cell or (tty.cell_size(fd) if fd is not None else None) or CELL
    mode, reason = named or decide(said, environ, asked=fd is not None)
    return Terminal(
        mode=mode, reason=reason, cell=cell, tmux=tmux is not None,
        ssh=_over_ssh(environ, tmux), colours=_colours(said, environ), name=said.name, version=said.version,
        typed=said.typed, named=named is not None, owes=asked is not None and not said.done,
    )  # fmt: skip


def decide(said: Answers, environ: Mapping[str, str], *, asked: bool = True) -> tuple[Mode, str]:
    """The mode for a terminal with these answers, and the reason in a sentence."""
    name = f"{said.name} {said.version}".strip() or "the terminal"
    if not asked:
        return "quad", "there is no terminal to query"
    if said.graphics and knows_placeholders(said.name, said.version):
        return "kitty", f"{name} draws pictures"
    if said.graphics and said.name.lower() in PLACEHOLDERS_SINCE:
        since = ".".join(map(str, PLACEHOLDERS_SINCE[said.name.lower()]))
        return "quad", f"{name} is too old: pictures need {said.name} {since}"
    if said.graphics:
        return "quad", f"{name} draws pictures, but not as kitty's Unicode placeholders, which the app needs"
    if environ.get("STY"):
        return "quad", "screen does not pass pictures through; tmux does"
    if said.sixel:
        return "quad", f"{name} supports sixel, which is used only on request: {VARIABLE}=sixel"
    if said == Answers(typed=said.typed):
        return "quad", "the terminal did not answer the graphics query"
    return "quad", f"{name} cannot draw pictures"


def knows_placeholders(name: str, version: str) -> bool:
    since = PLACEHOLDERS_SINCE.get(name.lower())
    found = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    return since is not None and bool(found) and found >= since


def _question(fd: int, tmux: Tmux | None, seconds: float) -> Answers:
    """The terminal's answers; in tmux those of the outer terminal, since tmux would answer for itself."""
    questions = (ask.ASK_NAME, ask.ASK_GRAPHICS, ask.ASK_CELL)
    if tmux is None:
        return ask.parse(tty.ask(fd, "".join((*questions, ask.ASK_ATTRIBUTES)), _all_said, seconds))
    if not tmux.allow_passthrough():
        return Answers("tmux", tmux.version, done=True)  # nothing was queried
    wrapped = "".join(through_tmux(question) for question in (*questions, ask.ASK_STATUS))
    return ask.parse(tty.ask(fd, wrapped, _all_said, seconds))


def _all_said(data: bytes) -> bool:
    return ask.parse(data).done


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
    if said.name and said.name.lower() != "screen":
        return ALL_COLOURS  # every terminal with XTVERSION already had 24-bit colours
    return 256 if "256color" in environ.get("TERM", "") else 16
