"""Asks whether to leave while rounds run or wait."""

from __future__ import annotations

from typing import Literal

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen

from seedtui.core.text.formatting import counted
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import PlainStatic

Leave = Literal["now", "later", "stay"]


class LeaveScreen(ModalScreen[Leave]):
    """Returns what to do. `rounds` run or wait; `waiting`: the app is to leave when they are done."""

    BINDINGS = bindings("leave")

    DEFAULT_CSS = """
    LeaveScreen { align: center middle; }
    LeaveScreen Static { width: 66; max-width: 100%; height: auto; padding: 0 2; border: round $border;
                         border-title-color: $text-muted; border-subtitle-color: $text-muted; }
    """

    def __init__(self, rounds: int, waiting: bool) -> None:
        super().__init__()
        self._rounds, self._waiting = rounds, waiting

    def compose(self) -> ComposeResult:
        are, they = ("is", "it is") if self._rounds == 1 else ("are", "they are")
        choices = (
            ("l", "leave now", "images are kept; R makes the rest later"),
            ("w", f"leave when {they} done", ""),
            ("esc", "stay", "and no longer leave when done" if self._waiting else ""),
        )
        lines = [Content(f"{counted(self._rounds, 'round')} {are} running or waiting."), Content("")]
        for key, words, more in choices:
            lines.append(Content.assemble((key.ljust(5), "bold"), words, (f" · {more}" if more else "", "$text-muted")))
        box = PlainStatic(Content("\n").join(lines))
        box.border_title = "quit"
        box.name_keys("? help · esc stay")
        yield box

    def action_choose(self, leave: Leave) -> None:
        """Close with that answer."""
        self.dismiss(leave)
