"""What a program reports beside its screen: the window's title, its progress, and a note when something is done.

Pure: gives the sequences. Whatever comes from elsewhere is freed of what a terminal would obey.
"""

from __future__ import annotations

from seedtui.terminal.probe.reports import Reports
from seedtui.terminal.probe.tmux import through_tmux

SAVE_TITLE = "\x1b[22;0t"
RESTORE_TITLE = "\x1b[23;0t"
"""XTWINOPS: puts the title on the terminal's stack, and takes it from there. tmux keeps a stack for each pane."""

_WORDS = 48
"""Most letters of a prompt in a title or a note."""

_MARK = "\x1b]9;4;"


def title(words: str) -> str:
    """Sets the window's title; in tmux the pane's."""
    return f"\x1b]2;{_plain(words)}\x1b\\"


def progress(percent: int | None, failed: bool = False, *, reports: Reports) -> str:
    """Shows how far a task is, on the window's tab or in the taskbar: None for no task, or that it `failed`.

    "" where the terminal does not show it.
    """
    state = "2;100" if failed else "0;0" if percent is None else f"1;{max(0, min(percent, 100))}"
    return _out(f"{_MARK}{state}\x07", reports) if reports.progress else ""


def note(heading: str, words: str, reports: Reports) -> str:
    """Shows a note on the desktop if the terminal can; otherwise rings the bell."""
    heading, words = _plain(heading), _plain(words)
    match reports.note:
        case "osc99":
            first = f"\x1b]99;i=seedtui:d=0;{heading}\x1b\\"
            return _out(first, reports) + _out(f"\x1b]99;i=seedtui:p=body;{words}\x1b\\", reports)
        case "osc777":
            return _out(f"\x1b]777;notify;{heading.replace(';', ',')};{words.replace(';', ',')}\x1b\\", reports)
        case "osc9":
            return _out(f"\x1b]9;{heading}: {words}\x07", reports)
    return "\x07"


def short(prompt: str) -> str:
    """A prompt, cut after a word where it is too long for a title."""
    prompt = _plain(prompt)
    if len(prompt) <= _WORDS:
        return prompt
    return (prompt[:_WORDS].rpartition(" ")[0] or prompt[:_WORDS]).rstrip(" ,.;") + "…"


def _plain(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _out(sequence: str, reports: Reports) -> str:
    return through_tmux(sequence) if reports.tmux else sequence
