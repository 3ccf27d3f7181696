"""One picture, drawn the best way the terminal can."""

from __future__ import annotations

import asyncio

from rich.segment import Segment
from textual import work
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from seedtui.core.images.picture import Picture
from seedtui.terminal import Drawing, Renderer
from seedtui.terminal.output.pacing import rows_cost
from seedtui.terminal.output.picture_writer import Send
from seedtui.terminal.renderers.renderer import Row


class PictureView(Widget):
    """Shows a `Picture` as large as possible; when several arrive in a row, the newest wins.

    `send` writes the renderer's sequences to the terminal.
    """

    DEFAULT_CSS = """
    PictureView { width: 1fr; height: 1fr; color: $text-disabled; }
    """

    def __init__(self, renderer: Renderer, send: Send) -> None:
        super().__init__()
        self._renderer = renderer
        self._send = send
        self._picture: Picture | None = None
        self._preview = False
        self._sharing = 4
        self._exact = False
        self._drawing: Drawing | None = None
        """What the terminal holds for this view, even while it is drawn flat or empty."""
        self._drawn: tuple[Picture | None, Size] | None = None
        """What `_drawing` shows, and in which size."""
        self._stale = self._busy = False
        self._rows: tuple[Row, ...] = ()
        self._strips: list[Strip] = []
        self._words = ""
        self._flat = False

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())  # the margins have its background

    def show(
        self, picture: Picture | None, *, preview: bool = False, words: str = "", sharing: int = 4, exact: bool = False
    ) -> None:  # fmt: skip
        """Show `picture`, or `words` where there is none. `sharing` is how many pictures share the screen; `exact`:
        single pixels are looked at.
        """
        if picture is self._picture and words == self._words:
            return
        self._picture, self._preview, self._words = picture, preview, words
        self._sharing, self._exact = sharing, exact
        if picture is None:
            self._lay((), 0)
        else:
            self._draw()

    def lie_flat(self, flat: bool) -> None:
        """Draw so that a translucent screen above can dim it, or normally again."""
        if flat is not self._flat and self._renderer.flat is not self._renderer:
            self._flat = flat
            if not flat and self._drawing is not None and self._drawn == (self._picture, self.size):
                self._lay(self._drawing.rows, self.size.width)  # at once, or the flat one would be written again
            self._draw()

    def send_again(self) -> None:
        """Send the terminal the picture again: it may be a different terminal now."""
        self._drawing = None
        self._draw()

    def release(self) -> None:
        """Free the terminal's memory for this view."""
        self._send(self._renderer.release(self))
        self._picture = self._drawing = None

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        words = self._words if self._picture is None and y == self.size.height // 2 else ""
        return Strip([Segment(words.center(self.size.width)[: self.size.width], self.rich_style)])

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        self._stale = True
        if not self._busy:
            self._busy = True
            self._draw_aside()

    @work(group="draw")
    async def _draw_aside(self) -> None:
        """Draw what should be visible, and draw again if that has changed meanwhile."""
        try:
            while self._stale and self._picture is not None and self.size:  # otherwise the first resize draws
                self._stale = False
                await self._draw_once(
                    self._picture, self._preview, self._renderer.flat if self._flat else self._renderer
                )
        finally:
            self._busy = False

    async def _draw_once(self, picture: Picture, preview: bool, renderer: Renderer) -> None:
        width, height = self.size
        drawing = await asyncio.to_thread(
            renderer.draw, self, picture, width, height,
            background=self.background_colors[1].hex6, preview=preview, sharing=self._sharing, shown=self._drawing,
            exact=self._exact,
        )  # fmt: skip
        outrun = picture is not self._picture and not (preview and self._preview)  # an older preview is still news
        if self._picture is None or outrun:
            return
        follows = drawing.rows is self._rows and drawing.follows(self._drawing)
        if drawing is not self._drawing:
            sequences = drawing.change if follows else drawing.send
            await self._send(sequences, 0 if follows else rows_cost(drawing), self.send_again)
        if renderer is self._renderer:
            self._drawing, self._drawn = drawing, (picture, Size(width, height))
        if not follows and self._picture is not None:
            self._lay(drawing.rows, width)

    def _lay(self, rows: tuple[Row, ...], width: int) -> None:
        self._rows = rows
        self._strips = [Strip(row, width) for row in rows]
        self.refresh()
