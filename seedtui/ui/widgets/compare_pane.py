"""A frame in which pictures replace each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.widget import Widget

from seedtui.core.images.picture import Picture
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.viewport import DIFFERENCES, Layer, Viewport
from seedtui.ui.widgets.grid.frame import FrameSide
from seedtui.ui.widgets.grid.picture_view import PictureView


class ComparePane(Widget):
    """Shows one of `layers` at a time.

    Each has its own view, and so its own place in the terminal's memory: a picture that is already there can be
    shown again without being sent again.
    """

    DEFAULT_CSS = """
    ComparePane { width: 1fr; height: 1fr; }
    """

    def __init__(
        self, renderer: Renderer, send: Send, layers: Sequence[Layer], *, sharing: int,
        resized: Callable[[], object], id: str,
    ) -> None:  # fmt: skip
        """`sharing` is how many pictures share the screen; `resized` is called when the size changes."""
        super().__init__(id=id)
        self._views: dict[Layer, PictureView] = {layer: PictureView(renderer, send) for layer in layers}
        self._edges = [FrameSide(side) for side in ("top", "bottom", "left", "right")]
        self._sharing = sharing
        self._resized = resized

    def compose(self) -> ComposeResult:
        yield from self._edges
        for number, view in enumerate(self._views.values()):
            view.display = number == 0
            yield view

    @property
    def label(self) -> str:
        """The words above the picture."""
        return self._edges[0].words

    @property
    def shown(self) -> PictureView:
        """The view that is on top."""
        return next(view for view in self._views.values() if view.display)

    def show(
        self, layer: Layer, picture: Picture | None, look: Viewport, label: str, *, picked: bool, words: str
    ) -> None:
        """Show `picture` as `layer`, as `look` says, or `words` if there is none."""
        for edge in self._edges:
            edge.picked = picked
        self._edges[0].words = label
        part = look.part(picture, self.size.width - 2, self.size.height - 2) if picture else None  # without the frame
        exact = look.zoom > 1 or layer in DIFFERENCES
        self._views[layer].show(part, words=words, sharing=self._sharing, exact=exact)
        for other, view in self._views.items():
            view.display = other == layer

    def send_again(self) -> None:
        """Send the terminal all pictures again, even hidden ones, which are later shown without being sent."""
        for view in self._views.values():
            view.send_again()

    def release(self) -> None:
        """Free the terminal's memory for the views."""
        for view in self._views.values():
            view.release()

    def on_resize(self) -> None:
        self._resized()
