"""The sheet of a large round, in place of the grid; zoomed, the pick alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive

from seedtui.app.state.job import ImageRef
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.verification import CellNote
from seedtui.core.images.picture import Picture
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.sheet.contents import Shown
from seedtui.ui.widgets.sheet.sheet import Sheet


class SheetPane(Container, can_focus=True):
    """`round_view` is the shown round, if it is a large one. Zoomed, the arrows move along the sheet."""

    BINDINGS = bindings("sheet")

    DEFAULT_CSS = """
    SheetPane { width: 1fr; height: 1fr; }
    SheetPane Cell { display: none; }
    SheetPane.zoomed Cell { display: block; }
    SheetPane.zoomed Sheet { display: none; }
    """

    zoomed: reactive[bool] = reactive(False, toggle_class="zoomed", repaint=False)

    def __init__(self, renderer: Renderer, send: Send) -> None:
        super().__init__()
        self.sheet = Sheet(renderer, send)
        self._renderer, self._send = renderer, send
        self._cell: Cell | None = None
        self.round_view: RoundView | None = None
        self._shown: Shown | None = None
        self._whole: Picture | None = None

    def watch_zoomed(self) -> None:
        self._show_large()

    @property
    def cell(self) -> Cell:
        """What shows the pick alone."""
        if self._cell is None:
            self._cell = Cell(self._renderer, self._send, 0)
            self._cell.picked = True
            self.mount(self._cell)
        return self._cell

    def compose(self) -> ComposeResult:
        yield self.sheet

    def show(
        self, round_view: RoundView, pictures: Mapping[int, Picture], previews: Mapping[int, Picture],
        marks: tuple[ImageRef, ...], note: Callable[[int], CellNote | None], whole: Picture | None,
    ) -> None:  # fmt: skip
        """Show a round with its small pictures; zoomed, the `whole` picture of the pick as soon as there is one."""
        if self.round_view is None or self.round_view.round.id != round_view.round.id:
            self.zoomed = False
        self.round_view = round_view
        self._shown, self._whole = Shown(round_view, pictures, previews, marks, note), whole
        self.sheet.show(self._shown)
        self._show_large()

    def neighbour(self, across: int, down: int) -> int | None:
        """The index of the image that many columns and rows from the pick; None if there is none."""
        if self.zoomed:
            across, down = across + down, 0
        return self.sheet.neighbour(across, down)

    def _show_large(self) -> None:
        """Show the pick alone, if it is zoomed."""
        if self._shown is None or not self.zoomed:
            return
        round_view, pictures, previews, _, note = self._shown
        pick = round_view.pick
        self.cell.label = round_view.round.label(round_view.round.shots[pick])
        self.cell.say(note(pick), round_view.words(pick))
        picture = self._whole or pictures.get(pick) or previews.get(pick)
        self.cell.show_picture(picture, preview=False, words="", sharing=1)

    def page(self, pages: int) -> int | None:
        """The index of the image that many pages from the pick; zoomed, one by one."""
        return self.sheet.neighbour(pages, 0) if self.zoomed else self.sheet.page(pages)

    def send_again(self) -> None:
        """Send the terminal all pictures again."""
        self.sheet.send_again()
        if self._cell is not None:
            self._cell.view.send_again()

    def lie_flat(self, flat: bool) -> None:
        """Draw so that a translucent screen above can dim the pictures, or normally again."""
        self.sheet.lie_flat(flat)
        if self._cell is not None:
            self._cell.view.lie_flat(flat)
