"""One cell of the grid: a picture in a frame with its seed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from seedtui.app.state.verification import CellNote
from seedtui.core.images.picture import Picture
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.messages import PickMoved, ZoomAsked
from seedtui.ui.widgets.grid.frame import FrameSide
from seedtui.ui.widgets.grid.picture_view import PictureView


class Cell(Widget):
    """The image at `index` of the shown round."""

    DEFAULT_CSS = """
    Cell { width: 1fr; height: 1fr; }
    """

    picked: reactive[bool] = reactive(False, toggle_class="picked", repaint=False)  # the edges show it

    def __init__(self, renderer: Renderer, send: Send, index: int) -> None:
        super().__init__()
        self.view = PictureView(renderer, send)
        self._edges = [FrameSide(side) for side in ("top", "bottom", "left", "right")]
        self._index = index

    def compose(self) -> ComposeResult:
        yield from self._edges
        yield self.view

    def watch_picked(self, picked: bool) -> None:
        for edge in self._edges:
            edge.picked = picked

    @property
    def label(self) -> str:
        """The words above the picture."""
        return self._edges[0].words

    @label.setter
    def label(self, words: str) -> None:
        self._edges[0].words = words

    @property
    def said(self) -> str:
        """The words below the picture."""
        return self._edges[1].words

    def say(self, note: CellNote | None, words: str) -> None:
        """Show what is known of the image, and `words`, below the picture."""
        bottom = self._edges[1]
        bottom.words = " · ".join(filter(None, (note.text if note else "", words)))
        bottom.set_class(note is not None and note.good is not False and not words, "good")

    def show_picture(self, picture: Picture | None, *, preview: bool, words: str, sharing: int) -> None:
        """Show the cell's picture, or `words` while there is none."""
        self.view.show(picture, preview=preview, words=words, sharing=sharing)

    def on_click(self, event: Click) -> None:
        event.stop()
        self.post_message(PickMoved(self._index))
        if event.chain == 2:
            self.post_message(ZoomAsked())
