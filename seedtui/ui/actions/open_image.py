"""What the app does with an image whose path was pasted or dropped into the prompt line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.errors import SeedtuiError
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.screens.main import MainScreen

if TYPE_CHECKING:
    from seedtui.core.foreign.translate import ForeignImage
    from seedtui.library.opening import Opened, RoundRef


class OpenImage:
    """Opens seedtui's own images in their session, others as a new round with their prompt and settings."""

    def __init__(self, app: App[None], main: MainScreen, controller: Controller, view: ViewActions) -> None:
        self._app, self._main, self._controller, self._view = app, main, controller, view

    def start(self, path: Path) -> None:
        """Open the image at `path` in a thread, because the file and the library can be slow."""
        self._app.run_worker(lambda: self._open(path), thread=True, group="open", exclusive=True)

    def begin(self, image: ForeignImage) -> None:
        """Make the image's seed and the three after it; of one that is a variation, that one alone."""
        before, requests = self._controller.state, self._controller.requests
        begun = (
            requests.begin_varied(image.prompt, image.seed, image.variations) if image.variations
            else requests.generate(image.prompt, image.seeds)
        )  # fmt: skip
        if begun:
            self._view.begun(before)

    def tell_notices(self, lines: tuple[str, ...]) -> None:
        """Show the notices about an opened image; the first line is the heading."""
        self._controller.notify(": ".join(filter(None, (lines[0], "; ".join(lines[1:])))))

    def _open(self, path: Path) -> None:
        from seedtui.library.opening import open_image  # Pillow and sd-parsers: not before the first frame

        try:
            opened = open_image(path, self._controller.state.recipe)
            place = self._controller.sessions.adopt(opened)
        except SeedtuiError as error:
            self._app.call_from_thread(self._controller.tell, error.problem)
        else:
            self._app.call_from_thread(self._opened, opened, place)

    def _opened(self, opened: Opened, place: RoundRef | None) -> None:
        image = opened.image
        self._controller.use(image.recipe)
        self._main.prompt_bar.take(image.prompt, image.seeds)
        if place is not None:
            self._controller.sessions.open(place.session, place.round_id)
            if opened.record is not None:
                self._controller.sessions.bring_back((place.round_id, opened.record.index))
            self._main.go_to_pictures()
            return
        self.begin(image)
        self.tell_notices((f"opened {opened.path.name} ({image.program})", *image.notes))
        self._app.refresh_bindings()
