"""What the keys do with the model: choose another, edit the recipe, park, restart the worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.config.settings import Config
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.formatting import counted
from seedtui.ui.keys.keymap import shown_keys

if TYPE_CHECKING:
    from seedtui.models.resolve import Model


class ModelActions:
    """`here` is the folder whose models are listed if the settings name none."""

    def __init__(self, app: App[None], controller: Controller, config: Config, here: Path) -> None:
        self._app, self._controller, self._config, self._here = app, controller, config, here
        self._draft: Mapping[str, str] = {}
        self._typed = ""

    def models(self) -> None:
        """Choose another model."""
        from seedtui.ui.screens.models import ModelScreen

        folders = tuple(Path(f).expanduser() for f in self._config.model_folders) or (self._here,)
        recipe, loaded = self._controller.state.recipe, self._controller.state.model
        on_cpu = (recipe.device or (loaded.device if loaded else "cpu")) == "cpu"
        half = recipe.dtype == "float16" or (recipe.dtype is None and not on_cpu)

        def answer(model: Model | None) -> None:
            self._typed = "" if model else screen.typed_words
            self._use_model(model)

        screen = ModelScreen(recipe.model, folders, half, self._typed)
        self._app.push_screen(screen, answer)

    def recipe(self) -> None:
        """Edit the recipe of the next rounds."""
        from seedtui.ui.screens.recipe import RecipeScreen

        def answer(recipe: Recipe | None) -> None:
            had, self._draft = self._draft, {} if recipe else screen.draft
            if recipe:
                self._controller.use(recipe)
            elif had and not self._draft:
                self._controller.say("recipe edits undone")
            elif self._draft:
                fields = counted(len(self._draft), "recipe edit")
                self._controller.say(f"{fields} kept, not applied: {shown_keys('recipe', self._config.keys)}")

        state = self._controller.state
        screen = RecipeScreen(state.recipe, state.model, self._config.keys, self._draft)
        self._app.push_screen(screen, answer)

    def park(self) -> None:
        """Move the weights off the GPU until the next round."""
        self._controller.park()

    def workers(self) -> None:
        """Show the workers of the pool; without one, say how to have one."""
        from seedtui.ui.screens.workers import WorkersScreen

        state = self._controller.state
        if state.pooled:
            self._app.push_screen(WorkersScreen(state))
        else:
            self._controller.say("one worker · for more: --workers 2 or --host BOX")

    def restart_worker(self) -> None:
        """End the worker, whatever it is doing, and start another."""
        self._controller.restart()

    def _use_model(self, model: Model | None) -> None:
        if model is not None:
            self._controller.use(self._controller.state.recipe.with_changes(model=model.name))
            if model.note:
                self._controller.notify(model.note)
