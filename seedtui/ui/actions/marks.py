"""What the keys do with marks."""

from __future__ import annotations

from seedtui.app.controller import Controller


class MarkActions:
    """Marks pictures, which other keys then act on."""

    def __init__(self, controller: Controller) -> None:
        self._pictures = controller.pictures

    def mark(self) -> None:
        """Mark the pick, or unmark it."""
        self._pictures.mark()

    def all(self) -> None:
        """Mark all pictures of the round; if they all are marked, unmark them."""
        self._pictures.mark_all()

    def clear(self) -> None:
        """Unmark everything, in all rounds."""
        self._pictures.clear_marks()
