"""What the key for grids does: asks for two axes, then makes the images."""

from __future__ import annotations

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.rounds.axis import cell_settings
from seedtui.core.rounds.grid import recipe_of
from seedtui.core.rounds.grid_form import GridWanted, presets
from seedtui.core.rounds.rounds import MAX_IMAGES, Round
from seedtui.core.rounds.seeds import format_seeds
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.screens.main import MainScreen


class GridActions:
    """Keeps what was entered last. A grid is of the prompt in the prompt line, with the recipe of the next rounds."""

    def __init__(self, app: App[None], main: MainScreen, controller: Controller, view: ViewActions) -> None:
        self._app, self._main, self._controller, self._view = app, main, controller, view
        self._axes: dict[str, str] = {}

    def ask(self) -> None:
        """Ask for the axes; Enter makes the grid."""
        from seedtui.ui.screens.grid import GridScreen  # not before the first frame

        prompt = self._main.prompt_bar.words
        seeds, seed = self._seeds()
        suffixes = self._main.suffix_pane.suffixes
        model = self._controller.state.model
        offered = presets(
            self._controller.state.recipe, suffixes, seeds, model.steps if model else 0,
            (model.width, model.height) if model else (0, 0),
        )  # fmt: skip
        fields = {"across": offered[0], "down": f"seed={seeds}", "seed": seed, "suffix": "", **self._axes}
        scouting = self._controller.scouting

        def make(wanted: GridWanted) -> Round:
            return scouting.grid_of(prompt, wanted.across, wanted.down, seed=wanted.seed, suffix=wanted.suffix)

        screen = GridScreen(prompt, fields, offered, make)

        def answer(wanted: GridWanted | None) -> None:
            self._axes = {name: screen.fields[name] for name in ("across", "down", "suffix")}
            before = self._controller.state
            if wanted and scouting.grid(prompt, wanted.across, wanted.down, seed=wanted.seed, suffix=wanted.suffix):
                self._view.begun(before)

        self._app.push_screen(screen, answer)

    def take(self) -> None:
        """Make the next rounds with the recipe of the pick's cell, and with its suffix, if an axis has suffixes."""
        round_view = self._controller.state.round_view
        if round_view is None or not (axes := round_view.round.axes):
            return
        round_, index = round_view.round, round_view.pick
        self._controller.use(recipe_of(round_, index))
        words = list(cell_settings(axes, index))
        if "suffix" in {axis.name for axis in axes}:
            bar, prompt = self._main.prompt_bar, round_.full_prompt(round_.shots[index])
            bar.take(prompt, bar.seeds.value)
            words.append("the prompt with its suffix")
        self._controller.say(f"next rounds: {', '.join(words) or 'the recipe of this grid'}")

    def _seeds(self) -> tuple[str, str]:
        """The seeds of the shown round, if they are few, and that of the pick."""
        round_view = self._controller.state.round_view
        if round_view is None:
            return "0-3", "0"
        shots = round_view.round.shots
        few = tuple(dict.fromkeys(shot.seed for shot in shots)) if len(shots) <= MAX_IMAGES else ()
        pick = shots[round_view.pick].seed
        return format_seeds(few if len(few) > 1 else tuple(range(pick, pick + 4))), str(pick)
