"""What the keys do with the pick: compare, verify, star, save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.app.pictures.compared_images import Side, find_sides, sibling, sides_of_round
from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import MOST_COMPARED, State
from seedtui.core.errors import SeedtuiError
from seedtui.core.images.picture import Picture
from seedtui.core.text.formatting import counted
from seedtui.library.paths import folder_in_words, in_words
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import PictureWriter
from seedtui.ui.actions.background import Background
from seedtui.ui.screens.compare import CompareScreen


class _Compared:
    """What the compare screen asks for."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def find(self, image: ImageRef) -> Picture | None:
        return self._controller.pictures.find(image)

    def sibling(self, side: Side, step: int, taken: Sequence[ImageRef]) -> Side | None:
        return sibling(self._controller.state, side, step, taken)


class PickActions:
    """`save_to` is the folder for copies."""

    def __init__(
        self, app: App[None], controller: Controller, background: Background, renderer: Renderer,
        picture_writer: PictureWriter, save_to: Path,
    ) -> None:  # fmt: skip
        self._app, self._controller, self._background = app, controller, background
        self._renderer, self._picture_writer, self._save_to = renderer, picture_writer, save_to

    def compare(self) -> None:
        """Compare the pick with its parent, or up to four marked pictures."""
        marks = len(self._controller.state.marks)
        self._compare(find_sides, f"the first {MOST_COMPARED} of {marks} marked" if marks > MOST_COMPARED else "")

    def compare_round(self) -> None:
        """Compare the first pictures of the round, up to four."""
        self._compare(sides_of_round, "")

    def _compare(self, find: Callable[[State], tuple[Side, ...]], note: str) -> None:
        try:
            sides = find(self._controller.state)
        except SeedtuiError as error:
            self._controller.tell(error.problem)
            return
        source = _Compared(self._controller)
        self._app.push_screen(CompareScreen(self._renderer, self._picture_writer, sides, source, note))

    def verify(self) -> None:
        """Make the pick, or each marked picture, again and compare every bit."""
        self._controller.verify()

    def star(self) -> None:
        """Star the pick or all marked pictures; if they all have a star, remove it."""
        self._controller.sessions.star()

    def save(self) -> None:
        """Save a copy of the pick, or of all marked pictures, in the folder the app was started in."""
        images = self._controller.state.kept_targets
        in_memory = {image: found for image in images if (found := self._controller.pictures.in_memory(image))}

        def save() -> str:
            from seedtui.library.images.saving import save_image  # Pillow: not before the first frame

            read = self._controller.sessions.picture
            paths = [save_image(self._save_to, *(in_memory.get(image) or read(image))) for image in images]
            many = f"{counted(len(paths), 'picture')} in {folder_in_words(self._save_to)}"
            return f"saved {in_words(paths[0]) if len(paths) == 1 else many}"

        if images:
            self._background.run(save)

    def save_sheet(self) -> None:
        """Save the whole round as one picture there."""
        round_view = self._controller.state.round_view
        if round_view and round_view.round.is_large:
            save = self._controller.sessions.save_large_sheet
            self._background.run(lambda: f"saved {in_words(save(self._save_to, round_view))}")
            return
        cache = self._controller.pictures.cache
        pictures = (
            {i: p for i, p in cache.of(round_view.round.id).items() if i in round_view.kept} if round_view else {}
        )
        if round_view and pictures:
            from seedtui.app.pictures.sheet import save_sheet

            self._background.run(lambda: f"saved {in_words(save_sheet(self._save_to, round_view, pictures))}")
