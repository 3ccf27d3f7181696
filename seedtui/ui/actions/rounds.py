"""What the keys do with rounds: refine, vary, walk through them, cancel, retry."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.errors import Problem
from seedtui.core.rounds.rounds import MAX_IMAGES
from seedtui.core.rounds.variation import Variation
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.queue import QueueScreen
from seedtui.ui.screens.vary import VaryScreen, VaryWords
from seedtui.ui.widgets.suffixes.hold_line import LADDER


class RoundActions:
    """Moves the pick and shows other rounds; makes new ones from the pick."""

    def __init__(self, app: App[None], main: MainScreen, controller: Controller, view: ViewActions) -> None:
        self._app, self._main, self._controller, self._view = app, main, controller, view
        self._vary_words = VaryWords()

    def move_pick(self, across: int, down: int) -> None:
        """Move the pick by columns and rows."""
        target = self._main.pictures.neighbour(across, down)
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
        """Cancel all but the pick's batch of the running round."""
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

    def hold(self) -> None:
        """Choose the next hold for refinements."""
        if self._can_hold():
            self._main.suffix_pane.hold_line.nudge()

    def holds(self) -> None:
        """Refine the pick with the suffix of the line with the cursor, at several holds."""
        pane = self._main.suffix_pane
        if not self._can_hold():
            return
        if not (suffixes := pane.suffixes_of_line):
            self._controller.tell(Problem("input", "there is no suffix on this line", "Move the cursor to one"))
            return
        pane.runs()
        self._refine(pane.prompt, suffixes, LADDER)

    def vary(self) -> None:
        """Ask how to vary the pick, or each marked picture; then begin."""
        state = self._controller.state
        if (round_view := state.round_view) is None:
            return

        def answer(variations: tuple[Variation, ...] | None) -> None:
            self._vary_words = screen.words
            before = self._controller.state
            if variations and self._controller.requests.vary(variations):
                self._view.begun(before)

        marks = len(state.marks)
        what = f"{marks} marked" if marks else round_view.round.label(round_view.round.shots[round_view.pick])
        screen = VaryScreen(what, self._vary_words, MAX_IMAGES)
        self._app.push_screen(screen, answer)

    def _can_hold(self) -> bool:
        """Whether refinements can be held; if not, says why."""
        possible = self._controller.state.can_hold
        if not possible:
            words = "this model cannot hold the composition: its steps cannot change the prompt"
            self._controller.tell(Problem("input", words, "Choose another model with m, or vary the picture with V"))
        return possible

    def _refine(self, prompt: str, suffixes: tuple[str, ...] | None = None, holds: Sequence[float] = ()) -> None:
        """Refine the pick from `prompt`; with a control, if wanted and `prompt` is the pick's own.

        With marks, each marked picture: from its own prompt, unless `prompt` was edited. `suffixes` and `holds` are
        those of the suffix pane unless given.
        """
        pane, state = self._main.suffix_pane, self._controller.state
        own = state.round_view is not None and prompt == state.round_view.picked_prompt
        wanted = pane.suffixes if suffixes is None else suffixes
        wanted += ("",) if pane.control.on and own else ()
        holds, requests = holds or (pane.hold_line.share,), self._controller.requests
        begun = (
            requests.refine_marked("" if own else prompt, wanted, holds) if state.marks
            else requests.refine(prompt, wanted, holds)
        )  # fmt: skip
        if begun:
            self._view.begun(state)
