"""What the keys do with rounds: refine, walk through them, cancel, retry."""

from __future__ import annotations

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.queue import QueueScreen


class RoundActions:
    """Moves the pick and shows other rounds; makes new ones from the pick."""

    def __init__(self, app: App[None], main: MainScreen, controller: Controller, view: ViewActions) -> None:
        self._app, self._main, self._controller, self._view = app, main, controller, view

    def move_pick(self, across: int, down: int) -> None:
        """Move the pick by columns and rows."""
        target = self._main.grid.neighbour(across, down)
        if target is not None:
            self._controller.pictures.pick(target)

    def open_suffixes(self) -> None:
        """Open the suffixes for the pick."""
        if round_view := self._controller.state.round_view:
            shot = round_view.round.shots[round_view.pick]
            self._main.go_to_suffixes(shot.seed, round_view.round.full_prompt(shot))

    def refine_now(self) -> None:
        """Refine the pick with the suffixes as they are."""
        if round_view := self._controller.state.round_view:
            self._refine(round_view.picked_prompt)

    def control(self) -> None:
        """Include the pick itself as a control, or not."""
        control = self._main.suffix_pane.control
        control.on = not control.on

    def cancel(self) -> None:
        """Cancel the running round."""
        self._controller.cancel()

    def finish_batch(self) -> None:
        """Finish only the pick's batch of the running round."""
        self._controller.rounds.finish_batch()

    def queue(self) -> None:
        """Show the rounds that run and wait."""
        self._app.push_screen(QueueScreen(self._controller.state))

    def retry(self) -> None:
        """Retry what failed, or restart a worker that hangs."""
        self._controller.retry()

    def run_unfinished(self) -> None:
        """Run all rounds of the session that stopped before their end."""
        self._controller.run_unfinished()

    def parent(self) -> None:
        """Show the round that this one was picked from."""
        if round_view := self._controller.state.round_view:
            self._controller.pictures.show(self._controller.state.lineage.parent(round_view.round))

    def beside(self, step: int) -> None:
        """Show the previous or the next round, in the order they were made."""
        if round_view := self._controller.state.round_view:
            self._controller.pictures.show(self._controller.state.lineage.beside(round_view.round, step))

    def refine(self) -> None:
        """Refine the pick with the prompt and the suffixes of the suffix pane."""
        self._refine(self._main.suffix_pane.prompt)

    def _refine(self, prompt: str) -> None:
        """Refine the pick from `prompt`; with a control, if wanted and `prompt` is the pick's own.

        With marks, each marked picture: from its own prompt, unless `prompt` was edited.
        """
        pane, state = self._main.suffix_pane, self._controller.state
        own = state.round_view is not None and prompt == state.round_view.picked_prompt
        suffixes = pane.suffixes + (("",) if pane.control.on and own else ())
        rounds = self._controller.rounds
        if rounds.refine_marked("" if own else prompt, suffixes) if state.marks else rounds.refine(prompt, suffixes):
            self._view.begun(state)
