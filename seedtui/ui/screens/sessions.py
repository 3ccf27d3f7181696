"""All sessions, the newest first: open, name, delete them."""

from __future__ import annotations

import time

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Key, Paste
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.app.sessions import SessionController
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.library.sessions import SessionId, SessionSummary
from seedtui.ui.keys.table import bindings
from seedtui.ui.keys.type_ahead import needs_no_list
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.plain import PlainInput

NEW = SessionId("")
"""What the screen returns for a new session."""

_KEYS = "enter open · r rename · d delete · s starred · N new · ? help · esc close"


class SessionList(LineList):
    """One session per line: when it was last changed, what it contains, its name, its newest prompt."""

    COMPONENT_CLASSES = {"sessions--quiet", "sessions--warning", "sessions--name"}

    DEFAULT_CSS = """
    SessionList { width: 110; max-width: 100%; height: auto; min-height: 5; max-height: 1fr; }
    SessionList > .sessions--quiet { color: $text-muted; }
    SessionList > .sessions--warning { color: $text-warning; }
    SessionList > .sessions--name { text-style: bold; }
    """

    def __init__(self, here: SessionId) -> None:
        super().__init__()
        self._here = here
        self._all: tuple[SessionSummary, ...] = ()
        self.sessions: tuple[SessionSummary, ...] = ()
        self.starred = self.is_read = False

    @property
    def at(self) -> SessionSummary | None:
        """The session under the cursor."""
        return self.sessions[self.cursor] if self.count else None

    def show(self, sessions: tuple[SessionSummary, ...]) -> None:
        """Draw `sessions`, with the cursor on the one it was on, at first the open one."""
        wanted, before = self.at.id if self.at else self._here, self.cursor
        self._all, self.is_read = sessions, True
        self.sessions = tuple(one for one in sessions if one.stars) if self.starred else sessions
        self.count = len(self.sessions)
        self.cursor = next((i for i, summary in enumerate(self.sessions) if summary.id == wanted), before)
        title = counted(self.count, "session") if self.count else "no sessions yet"
        self.border_title = f"{self.count} of {counted(len(sessions), 'session')} · starred" if self.starred else title
        self.refresh(layout=True)

    def only_starred(self, starred: bool) -> None:
        """Draw only sessions with stars, or all."""
        self.starred = starred
        self.show(self._all)

    def line(self, row: int, width: int) -> Text:
        at = self.sessions[row]
        quiet = self.get_component_rich_style("sessions--quiet", partial=True)
        warning = self.get_component_rich_style("sessions--warning", partial=True)
        name = self.get_component_rich_style("sessions--name", partial=True)
        mark = "› " if at.id == self._here else "  "
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(at.changed))
        text = Text.assemble(
            mark, (when if width > 70 else when[:10], quiet),
            (f"{at.rounds:>6} round{'s' if at.rounds != 1 else ' '}", quiet),
            (f"{at.images:>7} image{'s' if at.images != 1 else ' '}", quiet) if width > 70 else "",
            f"  ★{at.stars:<4}" if at.stars else " " * 7,
            no_wrap=True,
        )  # fmt: skip
        if at.unfinished:
            text.append(f"◌ {at.unfinished} unfinished  ", warning)
        if at.name:
            text.append(visible(at.name), name).append("  ")
        return text.append(visible(at.prompt), quiet if at.name else "")


class SessionsScreen(ModalScreen[SessionId]):
    """Returns the chosen session, `NEW` for a new one, or None if the user closes it."""

    BINDINGS = bindings("sessions")
    MANUAL_PAGE = "files-and-recovery"

    DEFAULT_CSS = """
    SessionsScreen { align: center middle; }
    SessionsScreen Input { width: 110; max-width: 100%; height: 3; display: none; background: $background;
                           border-title-color: $text-muted; border-subtitle-color: $text-muted; }
    SessionsScreen Input, SessionsScreen Input:focus { border: round $border; }
    SessionsScreen.-naming Input { display: block; }
    """

    rows = query_one(SessionList)
    name_field = query_one(PlainInput)

    def __init__(self, sessions: SessionController) -> None:
        super().__init__()
        self._sessions = sessions

    def compose(self) -> ComposeResult:
        rows = SessionList(self._sessions.session)
        rows.border_title = "sessions"
        rows.name_keys(_KEYS)
        yield rows
        field = PlainInput(placeholder="no name")
        field.border_title = "name"
        field.name_keys("enter save · esc cancel")
        yield field

    def must_wait(self, event: Key | Paste) -> bool:
        """A key that chooses waits for the list."""
        return not self.rows.is_read and not needs_no_list(event)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        self.action_choose()

    @property
    def naming(self) -> bool:
        """Whether the user is typing a name."""
        return self.has_class("-naming")

    def action_choose(self) -> None:
        """The session under the cursor; while a name is typed, that name."""
        if self.naming and self.rows.at:
            self._sessions.rename(self.rows.at.id, self.name_field.value)
            self._stop_naming()
        elif self.rows.at:
            self.dismiss(self.rows.at.id)

    def action_close(self) -> None:
        if self.naming:
            self._stop_naming()
        else:
            self.dismiss()

    def action_new(self) -> None:
        """A new session."""
        self.dismiss(NEW)

    def action_rename(self) -> None:
        """Type a name for the session under the cursor."""
        if self.rows.at:
            self.name_field.value = self.rows.at.name
            self.name_field.action_end()
            self.add_class("-naming")
            self.set_focus(self.name_field)

    def action_delete(self) -> None:
        """Delete the session under the cursor."""
        if at := self.rows.at:
            refused = self._sessions.delete_session(at.id)
            name = at.name or at.prompt[:30]
            self._say(f"not deleted: {refused}" if refused else f"deleted “{name}” · U undo")

    def action_undo(self) -> None:
        """Restore the session that was deleted last."""
        self._sessions.restore_session()
        self._say(_KEYS)

    def action_starred(self) -> None:
        """Only sessions with stars, or all."""
        self.rows.only_starred(not self.rows.starred)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()

    def _stop_naming(self) -> None:
        self.remove_class("-naming")
        self.set_focus(self.rows)

    def _say(self, words: str) -> None:
        self.rows.name_keys(words)
