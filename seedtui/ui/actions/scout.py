"""What the keys for scout rounds do: ask what to scout, and finish what was kept."""

from __future__ import annotations

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.rounds.scout_form import SCOUT_FIELDS, ScoutWanted, cost_words, next_seeds
from seedtui.core.text.formatting import size_in_words
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.screens.main import MainScreen


class ScoutActions:
    """Keeps where the last scout round stopped. One is of the prompt in the prompt line."""

    def __init__(self, app: App[None], main: MainScreen, controller: Controller, view: ViewActions) -> None:
        self._app, self._main, self._controller, self._view = app, main, controller, view
        self._fields = SCOUT_FIELDS

    def ask(self) -> None:
        """Ask for the seeds; Enter starts."""
        from seedtui.ui.screens.scout import ScoutScreen  # not before the first frame

        prompt = self._main.prompt_bar.words
        seeds = next_seeds(prompt, self._controller.state.lineage.rounds)
        scouting = self._controller.scouting

        def cost(wanted: ScoutWanted) -> str:
            state = self._controller.state
            words = cost_words(wanted, state.recipe.steps or (state.model.steps if state.model else 0))
            size = scouting.size_of(prompt, wanted.seeds, wanted.stop)
            if size is None or not size.bytes:
                return words
            if not size.fits:
                return f"{words}; {size_in_words(size.bytes)} to save is over the limit: finishing computes all steps"
            return f"{words}; saves {size_in_words(size.bytes)} in the session's folder"

        screen = ScoutScreen(prompt, {**self._fields, "seeds": seeds}, cost)

        def answer(wanted: ScoutWanted | None) -> None:
            self._fields = screen.fields
            before = self._controller.state
            if wanted and scouting.begin(prompt, wanted.seeds, wanted.stop):
                self._view.begun(before)

        self._app.push_screen(screen, answer)

    def finish(self) -> None:
        """Make the kept images of a scout round to their end."""
        before = self._controller.state
        if self._controller.scouting.finish():
            self._view.begun(before)
