"""What the app does with rounds and pictures by key: generate, pick, refine, queue, verify, compare, save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seedtui.app.compared_pair import find_pair
from seedtui.core.config.settings import Config
from seedtui.core.errors import SeedtuiError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.seeds import MAX_SEED, format_seeds, parse_seeds
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import PictureWriter
from seedtui.ui import messages as m
from seedtui.ui.actions.open_image import OpenImageActions
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.screens.queue import QueueScreen

if TYPE_CHECKING:
    from seedtui.models.resolve import Model


class RoundActions(OpenImageActions):
    """The part of the app that has these actions."""

    config: Config
    _renderer: Renderer
    _picture_writer: PictureWriter
    _seeds: str

    # --- keys

    def action_move_pick(self, across: int, down: int) -> None:
        """Move the pick by columns and rows."""
        target = self.main.grid.neighbour(across, down)
        if target is not None:
            self.controller.pick(target)

    def action_generate(self) -> None:
        """An explore round of what the prompt bar says."""
        if self.controller.generate(self.main.prompt_bar.prompt.value, self.main.prompt_bar.seeds.value or self._seeds):
            self.main.prompt_bar.settle()
            self.action_pictures()

    def action_next_seeds(self) -> None:
        """As many new seeds, behind the last one."""
        try:
            seeds = parse_seeds(self.main.prompt_bar.seeds.value or self._seeds)
        except SeedtuiError as error:
            self.controller.tell(error.problem)
            return
        first = max(seeds) + 1 if max(seeds) + len(seeds) <= MAX_SEED else 0
        self.main.prompt_bar.seeds.value = format_seeds(tuple(range(first, first + len(seeds))))
        self.action_generate()

    def action_suffixes(self) -> None:
        """Open the suffixes for the pick."""
        if round_view := self.controller.state.round_view:
            shot = round_view.round.shots[round_view.pick]
            self.main.go_to_suffixes(shot.seed, round_view.round.full_prompt(shot))

    def action_refine_now(self) -> None:
        """Refine the pick with the suffixes as they stand."""
        if (round_view := self.controller.state.round_view) and self._refine(round_view.picked_prompt):
            self.action_pictures()

    def action_control(self) -> None:
        """The pick itself among its refinements, or not."""
        control = self.main.suffix_pane.control
        control.on = not control.on

    def action_cancel(self) -> None:
        """Stop the round that runs."""
        self.controller.cancel()

    def action_finish_batch(self) -> None:
        """Of the round that runs make only the pick's batch."""
        self.controller.finish_batch()

    def action_queue(self) -> None:
        """The rounds that run and wait."""
        self.push_screen(QueueScreen(self.controller.state))

    def action_models(self) -> None:
        """The models to choose from."""
        from seedtui.ui.screens.models import ModelScreen

        folders = tuple(Path(f).expanduser() for f in self.config.model_folders) or (self.save_to,)
        recipe, loaded = self.controller.recipe, self.controller.state.model
        on_cpu = (recipe.device or (loaded.device if loaded else "cpu")) == "cpu"
        half = recipe.dtype == "float16" or (recipe.dtype is None and not on_cpu)
        self.push_screen(ModelScreen(recipe.model, folders, half), self._use_model)

    def action_recipe(self) -> None:
        """The recipe of the next rounds."""
        from seedtui.ui.screens.recipe import RecipeScreen

        self.push_screen(RecipeScreen(self.controller.recipe, self.controller.state.model), self._use_recipe)

    def action_park(self) -> None:
        """Free the device's memory until the next round."""
        self.controller.park()

    def action_retry(self) -> None:
        """Mend what went wrong, and go on."""
        self.controller.retry()

    def action_parent(self) -> None:
        """Up to the round that this one was picked from."""
        if round_view := self.controller.state.round_view:
            self.controller.show(self.controller.state.lineage.parent(round_view.round))

    def action_beside(self, step: int) -> None:
        """The round before or after, in the order they were made."""
        if round_view := self.controller.state.round_view:
            self.controller.show(self.controller.state.lineage.beside(round_view.round, step))

    def action_verify(self) -> None:
        """Make the pick again, and compare every bit."""
        self.controller.verify()

    def action_mark(self) -> None:
        """Mark the pick, to be compared."""
        self.controller.mark()

    def action_compare(self) -> None:
        """The pick and its parent, or two marked pictures, side by side."""
        try:
            sides = find_pair(self.controller.state)
        except SeedtuiError as error:
            self.controller.tell(error.problem)
            return
        screen = CompareScreen(self._renderer, self._picture_writer, sides)
        self.push_screen(screen)
        for side in sides:
            if picture := self.controller.picture(side.place):
                screen.show_pictures(side.place[0], {side.place[1]: picture})

    def action_save(self) -> None:
        """A copy of the pick in the folder the app was started in."""
        round_view = self.controller.state.round_view
        picture = self.controller.picture_cache.of(round_view.round.id).get(round_view.pick) if round_view else None
        if round_view and picture and (record := round_view.picked):
            from seedtui.library.images.saving import save_image  # Pillow: not before the first frame

            self.aside(lambda: f"saved {save_image(self.save_to, picture, record).name}")

    def action_save_sheet(self) -> None:
        """All pictures of the round as one."""
        round_view = self.controller.state.round_view
        pictures = dict(self.controller.picture_cache.of(round_view.round.id)) if round_view else {}
        if round_view and all(round_view.records) and pictures:
            from seedtui.app.sheet import save_sheet

            self.aside(lambda: f"saved {save_sheet(self.save_to, round_view, pictures).name}")

    def action_zoom(self) -> None:
        """The pick alone, and back."""
        self.main.grid.zoomed = not self.main.grid.zoomed
        self.refresh_bindings()

    def action_pictures(self) -> None:
        """Back to the pictures from wherever the focus is; there, what was read goes."""
        if self.main.is_on(self.main.grid):
            self.controller.verification.put_away()
        self.main.go_to_pictures()
        self.refresh_bindings()

    # --- messages

    def on_generate_asked(self) -> None:
        self.action_generate()

    def on_refine_asked(self) -> None:
        if self._refine(self.main.suffix_pane.prompt):
            self.action_pictures()

    def on_pick_moved(self, message: m.PickMoved) -> None:
        self.controller.pick(message.index)

    def on_round_chosen(self, message: m.RoundChosen) -> None:
        self.controller.show(self.controller.state.lineage.get(message.round_id))

    def on_queue_moved(self, message: m.QueueMoved) -> None:
        self.controller.move_in_queue(message.round_id, message.step)

    def on_cancel_asked(self, message: m.CancelAsked) -> None:
        self.controller.cancel(message.round_id)

    # --- within

    def _use_recipe(self, recipe: Recipe | None) -> None:
        if recipe is not None:
            self.controller.use(recipe)

    def _use_model(self, model: Model | None) -> None:
        if model is not None:
            self.controller.use(self.controller.recipe.with_changes(model=model.name))
            if model.note:
                self.notify(model.note)

    def _refine(self, prompt: str) -> bool:
        """Refine the pick from `prompt`; with a control, if one is wanted and that is the pick's own prompt."""
        pane, round_view = self.main.suffix_pane, self.controller.state.round_view
        control = ("",) if pane.control.on and round_view and prompt == round_view.picked_prompt else ()
        return self.controller.refine(prompt, pane.suffixes + control)
