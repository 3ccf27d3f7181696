"""What the app does with the library by key: sessions, search, deleting, stars, export, and the clipboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.errors import SeedtuiError
from seedtui.core.rounds.seeds import format_seeds
from seedtui.library.sessions import FoundRound, SessionId
from seedtui.terminal.output.clipboard import copied_by_tmux
from seedtui.ui import messages as m
from seedtui.ui.screens.copy import CopyScreen
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.sessions import SessionsScreen


class LibraryActions(App[None]):
    """The part of the app that has these actions and answers."""

    controller: Controller
    main: MainScreen
    save_to: Path
    _typed: str

    # --- keys

    def action_delete(self) -> None:
        """The shown round, and all that was made from it."""
        self._say(self.controller.sessions.delete())
        if self.controller.state.round_view is None:
            self.main.set_focus(None)  # not on the prompt, where U would be a letter

    def action_undo(self) -> None:
        """What was deleted last comes back."""
        self._say(self.controller.sessions.undo())

    def action_star(self) -> None:
        """A star on the pick, and off again."""
        self.controller.sessions.star()

    def action_find(self) -> None:
        """Look for rounds by their words."""
        self.push_screen(FindScreen(self.controller.sessions.session), self._go_to_found)

    def action_sessions(self) -> None:
        """All sessions."""
        self.push_screen(SessionsScreen(self.controller.sessions.session), self._go_to_session)
        self.controller.sessions.list_sessions()

    def action_new_session(self) -> None:
        """An empty session."""
        self.controller.sessions.new_session()
        self.main.set_focus(self.main.prompt_bar.prompt)

    def action_export(self, as_zip: bool = False) -> None:
        """The session as files for others, in the folder the app was started in."""
        self.aside(lambda: self.controller.sessions.export(self.save_to, as_zip))

    def action_copy(self) -> None:
        """Prompt, seed or path of the pick to the clipboard."""
        round_view = self.controller.state.round_view
        if round_view is None:
            return
        shot = round_view.round.shots[round_view.pick]
        words = {"prompt": round_view.picked_prompt, "seed": str(shot.seed)}
        if round_view.pick in round_view.kept:
            words["path"] = "of its PNG"
        self.push_screen(CopyScreen(words), lambda name: self._copy(name, words, round_view.round.id, round_view.pick))

    async def action_quit(self) -> None:
        """Leave; not at once if pictures would be lost."""
        if self.controller.sessions.may_leave():
            self.exit()

    # --- messages

    def on_session_read(self, message: m.SessionRead) -> None:
        if not self.main.is_there:
            return  # the app leaves
        self.controller.sessions.on_session_read(message)
        self._fill_prompt_bar()
        self.main.go_to_pictures()
        self.refresh_bindings()

    def on_sessions_read(self, message: m.SessionsRead) -> None:
        if isinstance(self.screen, SessionsScreen):
            self.screen.rows.show(message.sessions)

    def on_search_asked(self, message: m.SearchAsked) -> None:
        self.controller.sessions.search(message.text)

    def on_found_read(self, message: m.FoundRead) -> None:
        if isinstance(self.screen, FindScreen):
            self.screen.show(message)

    # --- within

    def aside(self, work: Callable[[], str]) -> None:
        """Do `work` in a thread, and say what it gives; its error is told as a problem."""

        def run() -> None:
            try:
                words = work()
            except SeedtuiError as error:
                self.call_from_thread(self.controller.tell, error.problem)
            else:
                self.call_from_thread(self._say, words)

        self.run_worker(run, thread=True, group="aside")

    def _say(self, words: str) -> None:
        if words:
            self.notify(words)
        self.refresh_bindings()

    def _fill_prompt_bar(self) -> None:
        """The prompt of the round that is shown, unless the user is writing another."""
        round_view, bar = self.controller.state.round_view, self.main.prompt_bar
        if round_view and bar.untouched and not self._typed:
            explored = round_view.round.kind == "explore"
            seeds = format_seeds(tuple(shot.seed for shot in round_view.round.shots)) if explored else bar.seeds.value
            bar.fill(round_view.round.prompt, seeds)

    def _go_to_found(self, found: FoundRound | None) -> None:
        if found is not None:
            self.controller.sessions.open(found.session, found.round_id)
            self.main.go_to_pictures()

    def _go_to_session(self, session: SessionId | None) -> None:
        if session:
            self.controller.sessions.open(session)
        elif session is not None:
            self.action_new_session()

    def _copy(self, name: str | None, words: dict[str, str], round_id: str, index: int) -> None:
        if name is None:
            return

        def copy() -> str:
            text = str(self.controller.sessions.path(round_id, index)) if name == "path" else words[name]
            if not copied_by_tmux(text, os.environ):
                self.call_from_thread(self.copy_to_clipboard, text)
            return f"copied the {name}"

        self.aside(copy)
