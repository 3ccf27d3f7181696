"""All sessions, the newest first."""

from __future__ import annotations

import time

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Key, Paste
from textual.getters import query_one
from textual.screen import ModalScreen

from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.library.sessions import SessionId, SessionSummary
from seedtui.ui.keys.table import bindings
from seedtui.ui.keys.type_ahead import needs_no_list
from seedtui.ui.widgets.line_list import LineList

NEW = SessionId("")
"""What the screen returns for a new session."""


class SessionList(LineList):
    """One session per line: when it was last changed, what it contains, its newest prompt."""

    COMPONENT_CLASSES = {"sessions--quiet", "sessions--warning"}

    DEFAULT_CSS = """
    SessionList { width: 110; max-width: 100%; height: auto; min-height: 5; max-height: 100%; }
    SessionList > .sessions--quiet { color: $text-muted; }
    SessionList > .sessions--warning { color: $text-warning; }
    """

    def __init__(self, here: SessionId) -> None:
        super().__init__()
        self._here = here
        self.sessions: tuple[SessionSummary, ...] = ()
        self.is_read = False

    def show(self, sessions: tuple[SessionSummary, ...]) -> None:
        """Draw `sessions`, with the cursor on the open one."""
        self.sessions, self.is_read = sessions, True
        self.count = len(sessions)
        self.cursor = next((i for i, summary in enumerate(sessions) if summary.id == self._here), 0)
        self.border_title = counted(len(sessions), "session") if sessions else "no sessions yet"
        self.refresh(layout=True)

    def line(self, row: int, width: int) -> Text:
        at = self.sessions[row]
        quiet = self.get_component_rich_style("sessions--quiet", partial=True)
        warning = self.get_component_rich_style("sessions--warning", partial=True)
        mark = "› " if at.id == self._here else "  "
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(at.changed))
        text = Text.assemble(
            mark, (when, quiet), (f"{at.rounds:>6} round{'s' if at.rounds != 1 else ' '}", quiet),
            (f"{at.images:>7} image{'s' if at.images != 1 else ' '}", quiet) if width > 70 else "",
            "  ", no_wrap=True,
        )  # fmt: skip
        if at.unfinished:
            text.append(f"◌ {at.unfinished} unfinished  ", warning)
        return text.append(visible(at.prompt))


class SessionsScreen(ModalScreen[SessionId]):
    """Returns the chosen session, `NEW` for a new one, or None if the user closes it."""

    BINDINGS = bindings("sessions")
    MANUAL_PAGE = "files-and-recovery"

    DEFAULT_CSS = """
    SessionsScreen { align: center middle; }
    """

    rows = query_one(SessionList)

    def __init__(self, here: SessionId) -> None:
        super().__init__()
        self._here = here

    def compose(self) -> ComposeResult:
        rows = SessionList(self._here)
        rows.border_title = "sessions"
        rows.border_subtitle = "enter open · N new · esc close"
        yield rows

    def must_wait(self, event: Key | Paste) -> bool:
        """A key that chooses waits for the list."""
        return not self.rows.is_read and not needs_no_list(event)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """The session under the cursor."""
        if self.rows.count:
            self.dismiss(self.rows.sessions[self.rows.cursor].id)

    def action_new(self) -> None:
        """A new session."""
        self.dismiss(NEW)
