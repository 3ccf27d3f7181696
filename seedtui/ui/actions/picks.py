"""What the keys do with the pick: compare, verify, star, save, copy."""

from __future__ import annotations

import os
from pathlib import Path

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.app.pictures.compared_pair import find_pair
from seedtui.core.errors import SeedtuiError
from seedtui.terminal import Renderer
from seedtui.terminal.output.clipboard import copied_by_tmux
from seedtui.terminal.output.picture_writer import PictureWriter
from seedtui.ui.actions.background import Background
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.screens.copy import CopyScreen


class PickActions:
    """`save_to` is the folder for copies."""

    def __init__(
        self, app: App[None], controller: Controller, background: Background, renderer: Renderer,
        picture_writer: PictureWriter, save_to: Path,
    ) -> None:  # fmt: skip
        self._app, self._controller, self._background = app, controller, background
        self._renderer, self._picture_writer, self._save_to = renderer, picture_writer, save_to

    def mark(self) -> None:
        """Mark the pick, to compare it with another."""
        self._controller.pictures.mark()

    def compare(self) -> None:
        """Compare the pick with its parent, or two marked pictures."""
        try:
            sides = find_pair(self._controller.state)
        except SeedtuiError as error:
            self._controller.tell(error.problem)
            return
        screen = CompareScreen(self._renderer, self._picture_writer, sides)
        self._app.push_screen(screen)
        for side in sides:
            if picture := self._controller.pictures.find(side.place):
                screen.show_pictures(side.place[0], {side.place[1]: picture})

    def verify(self) -> None:
        """Make the pick again and compare every bit."""
        self._controller.verify()

    def star(self) -> None:
        """Star the pick, or remove its star."""
        self._controller.sessions.star()

    def save(self) -> None:
        """Save a copy of the pick in the folder the app was started in."""
        round_view = self._controller.state.round_view
        picture = self._controller.pictures.cache.of(round_view.round.id).get(round_view.pick) if round_view else None
        if round_view and picture and (record := round_view.picked):
            from seedtui.library.images.saving import save_image  # Pillow: not before the first frame

            self._background.run(lambda: f"saved {save_image(self._save_to, picture, record).name}")

    def save_sheet(self) -> None:
        """Save the whole round as one picture there."""
        round_view = self._controller.state.round_view
        pictures = dict(self._controller.pictures.cache.of(round_view.round.id)) if round_view else {}
        if round_view and all(round_view.records) and pictures:
            from seedtui.app.pictures.sheet import save_sheet

            self._background.run(lambda: f"saved {save_sheet(self._save_to, round_view, pictures).name}")

    def copy(self) -> None:
        """Copy the pick's prompt, seed or path to the clipboard."""
        round_view = self._controller.state.round_view
        if round_view is None:
            return
        shot = round_view.round.shots[round_view.pick]
        words = {"prompt": round_view.picked_prompt, "seed": str(shot.seed)}
        if round_view.pick in round_view.kept:
            words["path"] = "the PNG file on disk"
        self._app.push_screen(
            CopyScreen(words), lambda name: self._copy(name, words, round_view.round.id, round_view.pick)
        )

    def _copy(self, name: str | None, words: dict[str, str], round_id: str, index: int) -> None:
        if name is None:
            return

        def copy() -> str:
            text = str(self._controller.sessions.path(round_id, index)) if name == "path" else words[name]
            if not copied_by_tmux(text, os.environ):
                self._app.call_from_thread(self._app.copy_to_clipboard, text)
            return f"copied the {name}"

        self._background.run(copy)
