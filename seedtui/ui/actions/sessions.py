"""What the keys do with sessions: open, find, delete, export, quit."""

from __future__ import annotations

from pathlib import Path

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.app.state.state import State
from seedtui.core.rounds.seeds import format_seeds
from seedtui.library.sessions import FoundRound, SessionId
from seedtui.ui.actions.background import Background
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.screens.leave import Leave, LeaveScreen
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.sessions import SessionsScreen
from seedtui.ui.widgets.bars.status_bar import StatusBar


class SessionActions:
    """`save_to` is the folder for exports."""

    def __init__(
        self, app: App[None], main: MainScreen, controller: Controller, background: Background, save_to: Path
    ) -> None:
        self._app, self._main, self._controller, self._background = app, main, controller, background
        self._save_to = save_to
        self._leaving = False

    def delete(self) -> None:
        """Delete the marked pictures; without marks, the shown round and everything made from it."""
        self._background.say(self._controller.sessions.delete())
        if self._controller.state.round_view is None:
            self._main.set_focus(None)  # not in the prompt, where U would be a letter

    def clear_cancelled(self) -> None:
        """Delete the cancelled rounds that have no images."""
        self._background.say(self._controller.sessions.clear_cancelled())

    def undo(self) -> None:
        """Bring back what was deleted last."""
        self._background.say(self._controller.sessions.undo())
        if self._main.focused is None and self._controller.state.round_view is not None:
            self._main.go_to_pictures()  # `delete` left no place for the focus

    def find(self) -> None:
        """Find rounds by their words."""
        self._app.push_screen(FindScreen(self._controller.sessions.session), self._go_to_found)

    def list(self) -> None:
        """Show all sessions."""
        self._app.push_screen(SessionsScreen(self._controller.sessions), self._go_to_session)
        self._controller.sessions.list_sessions()

    def new(self) -> None:
        """Start an empty session."""
        self._controller.sessions.new_session()
        self._main.set_focus(self._main.prompt_bar.prompt)

    def export(self, as_zip: bool = False) -> None:
        """Export the session as files into the folder the app was started in."""
        self._background.run(lambda: self._controller.sessions.export(self._save_to, as_zip))

    def quit(self) -> None:
        """Quit; ask first while rounds run or wait, and warn if pictures would be lost."""
        if rounds := len(self._controller.state.open_rounds):
            self._app.push_screen(LeaveScreen(rounds, self._leaving), self._leave)
        else:
            self._leave("now")

    def follow(self, state: State) -> None:
        """Quit once all rounds are done and on disk, if the user has chosen to."""
        if self._leaving and not (state.open_rounds or self._controller.sessions.unwritten):
            self._leave("now")

    def _leave(self, leave: Leave | None) -> None:
        self._leaving = self._main.query_one(StatusBar).leaving = leave == "later"
        if leave == "now" and self._controller.sessions.may_leave():
            self._app.exit()

    def fill_prompt_bar(self) -> None:
        """Write the prompt of the shown round into the prompt line, unless the user is writing another."""
        round_view, bar = self._controller.state.round_view, self._main.prompt_bar
        if round_view and bar.untouched:
            explored = round_view.round.kind == "explore"
            seeds = format_seeds(tuple(shot.seed for shot in round_view.round.shots)) if explored else bar.seeds.value
            bar.take(round_view.round.prompt, seeds)

    def _go_to_found(self, found: FoundRound | None) -> None:
        if found is not None:
            self._controller.sessions.open(found.session, found.round_id)
            self._main.go_to_pictures()

    def _go_to_session(self, session: SessionId | None) -> None:
        if session:
            self._controller.sessions.open(session)
        elif session is not None:
            self.new()
