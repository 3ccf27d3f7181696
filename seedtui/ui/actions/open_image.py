"""What the app does with an image whose path was pasted or dragged into the prompt line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seedtui.core.errors import SeedtuiError
from seedtui.core.text.display import visible
from seedtui.ui import messages as m
from seedtui.ui.actions.library import LibraryActions

if TYPE_CHECKING:
    from seedtui.library.opening import Opened, RoundRef


class OpenImageActions(LibraryActions):
    """The part of the app that opens images: ours in their session, others as a round of their prompt and settings."""

    def on_open_asked(self, message: m.OpenAsked) -> None:
        self.run_worker(lambda: self._open(message.path), thread=True, group="open", exclusive=True)

    def tell_notices(self, lines: tuple[str, ...]) -> None:
        """Tell what is to be known of an image that was opened; the first line is the heading."""
        self.notify("\n".join(map(visible, lines[1:])), title=lines[0], timeout=15)

    def _open(self, path: Path) -> None:
        """In a thread: the file and the library are waited for."""
        from seedtui.library.opening import open_image  # Pillow and sd-parsers: not before the first frame

        try:
            opened = open_image(path, self.controller.recipe)
            place = self.controller.sessions.adopt(opened)
        except SeedtuiError as error:
            self.call_from_thread(self.controller.tell, error.problem)
        else:
            self.call_from_thread(self._opened, opened, place)

    def _opened(self, opened: Opened, place: RoundRef | None) -> None:
        image = opened.image
        self.controller.use(image.recipe)
        self.main.prompt_bar.fill(image.prompt, image.seeds)
        if place is not None:
            self.controller.sessions.open(place.session, place.round_id)
            self.main.go_to_pictures()
            return
        self.tell_notices((f"opened {opened.path.name} of {image.program}", *image.notes))
        if self.controller.generate(image.prompt, image.seeds):
            self.main.go_to_pictures()
        self.refresh_bindings()
