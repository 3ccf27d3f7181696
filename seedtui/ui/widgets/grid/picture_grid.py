"""The grid of a round's pictures, with the pick."""

from __future__ import annotations

from collections.abc import Mapping

from textual.containers import Grid
from textual.layout import Layout
from textual.reactive import reactive

from seedtui.app.state.job import ImageRef
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.verification import CellNote
from seedtui.core.images.picture import Picture, columns_for
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.grid.even_grid import EvenGrid


class PictureGrid(Grid, can_focus=True):
    """The shown round, with one image picked."""

    DEFAULT_CSS = """
    PictureGrid { grid-gutter: 0; width: 1fr; height: 1fr; }
    PictureGrid.zoomed Cell { display: none; }
    PictureGrid.zoomed Cell.picked { display: block; }
    """

    round_view: reactive[RoundView | None] = reactive(None, repaint=False)  # or each change sends all pictures again
    marks: reactive[tuple[ImageRef, ...]] = reactive((), repaint=False)
    notes: reactive[tuple[CellNote | None, ...]] = reactive((), repaint=False)
    zoomed: reactive[bool] = reactive(False, toggle_class="zoomed")

    def __init__(self, renderer: Renderer, send: Send) -> None:
        super().__init__()
        self._renderer = renderer
        self._send = send
        self._columns = 1
        self._even = EvenGrid()
        self._cells: list[Cell] = []  # not the query: cells that are being removed are still in it

    @property
    def layout(self) -> Layout:
        """Textual's hook: how the cells are placed."""
        return self._even

    def watch_round_view(self, old: RoundView | None, round_view: RoundView | None) -> None:
        if round_view is None:
            return
        if old is None or len(old.round.shots) != len(round_view.round.shots):
            self._make_cells(len(round_view.round.shots))
        for index, cell in enumerate(self._cells):
            cell.picked = index == round_view.pick
        self._label()

    def watch_marks(self) -> None:
        self._label()

    def watch_notes(self) -> None:
        self._label()

    def watch_zoomed(self) -> None:
        self._lay_out()

    def show_pictures(self, finished: Mapping[int, Picture], previews: Mapping[int, Picture]) -> None:
        """Show the round's pictures, by index: finished ones, and previews of the others."""
        if self.round_view is None:
            return
        waiting = "waiting" if self.round_view.status == "waiting" else ""
        for index, cell in enumerate(self._cells):
            deleted = index in self.round_view.deleted
            done = None if deleted else finished.get(index)
            made_again = self.round_view.status == "running"
            picture = done or (previews.get(index) if made_again or not deleted else None)
            words = waiting or ("deleted" if deleted else "")
            cell.show_picture(picture, preview=done is None, words=words, sharing=len(self.round_view.records))

    def neighbour(self, across: int, down: int) -> int | None:
        """The index of the image that many columns and rows from the pick, within the grid. None if there is none."""
        if self.round_view is None:
            return None
        count = len(self.round_view.records)
        if self.zoomed:  # one picture fills the grid: every arrow goes to a neighbour in reading order
            return min(max(self.round_view.pick + across + down, 0), count - 1)
        row, column = divmod(self.round_view.pick, self._columns)
        column = min(max(column + across, 0), self._columns - 1)
        target = (row + down) * self._columns + column
        return target if 0 <= target < count else None

    def send_again(self) -> None:
        """Send the terminal all pictures again."""
        for cell in self._cells:
            cell.view.send_again()

    def lie_flat(self, flat: bool) -> None:
        """Draw all pictures so that a translucent screen above can dim them, or normally again."""
        for cell in self._cells:
            cell.view.lie_flat(flat)

    def _make_cells(self, count: int) -> None:
        """Make as many cells as the round has images; existing ones keep what they show."""
        for cell in self._cells[count:]:
            cell.view.release()
            cell.remove()
        new = [Cell(self._renderer, self._send, index) for index in range(len(self._cells), count)]
        self.mount_all(new)
        self._cells = self._cells[:count] + new
        self._columns = columns_for(count)
        self._lay_out()

    def _label(self) -> None:
        """Label all cells."""
        round_view = self.round_view
        for index, cell in enumerate(self._cells if round_view else ()):
            assert round_view is not None
            place = (round_view.round.id, index)
            mark = f"[{self.marks.index(place) + 1}] " if place in self.marks else ""
            star = "★ " if index in round_view.starred else ""
            cell.label = mark + star + round_view.round.caption(round_view.round.shots[index])
            note = self.notes[index] if index < len(self.notes) else None  # they arrive after the round
            cell.say(note, round_view.words(index))

    def _lay_out(self) -> None:
        self.styles.grid_size_columns = 1 if self.zoomed else self._columns
