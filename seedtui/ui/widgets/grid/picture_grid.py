"""The grid of a round's pictures, in which the pick is moved."""

from __future__ import annotations

from collections.abc import Mapping

from textual.containers import Grid
from textual.layout import Layout
from textual.reactive import reactive

from seedtui.app.round_view import Board
from seedtui.app.verification_state import Place, Proofs
from seedtui.core.images.picture import Picture, columns_for
from seedtui.terminal import Artist
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.grid.even_grid import EvenGrid


class PictureGrid(Grid, can_focus=True):
    """The shown round, one of its images picked."""

    DEFAULT_CSS = """
    PictureGrid { grid-gutter: 0; width: 1fr; height: 1fr; }
    PictureGrid.zoomed Cell { display: none; }
    PictureGrid.zoomed Cell.picked { display: block; }
    """

    board: reactive[Board | None] = reactive(None, repaint=False)  # else each change writes all pictures again
    marks: reactive[tuple[Place, ...]] = reactive((), repaint=False)
    proofs: reactive[Proofs] = reactive(Proofs(), repaint=False)
    zoomed: reactive[bool] = reactive(False, toggle_class="zoomed")

    def __init__(self, artist: Artist, send: Send) -> None:
        super().__init__()
        self._artist = artist
        self._send = send
        self._columns = 1
        self._even = EvenGrid()
        self._cells: list[Cell] = []  # not the query: cells that are being removed are still in it

    @property
    def layout(self) -> Layout:
        """Textual's hook: how the cells are placed."""
        return self._even

    def watch_board(self, old: Board | None, board: Board | None) -> None:
        if board is None:
            return
        if old is None or len(old.round.shots) != len(board.round.shots):
            self._make_cells(len(board.round.shots))
        for index, cell in enumerate(self._cells):
            cell.picked = index == board.pick
        self._label()

    def watch_marks(self) -> None:
        self._label()

    def watch_proofs(self) -> None:
        self._label()

    def watch_zoomed(self) -> None:
        self._lay_out()

    def show_pictures(self, finished: Mapping[int, Picture], previews: Mapping[int, Picture]) -> None:
        """The pictures of the shown round by index: those that are done, and previews of those that are not."""
        if self.board is None:
            return
        words = "waiting" if self.board.status == "waiting" else ""
        for index, cell in enumerate(self._cells):
            done = finished.get(index)
            picture = done or previews.get(index)
            cell.show_picture(picture, preview=done is None, words=words, sharing=len(self.board.records))

    def neighbour(self, across: int, down: int) -> int | None:
        """The index that many columns and rows from the pick; the grid's edges stop it. None if there is no image."""
        if self.board is None:
            return None
        count = len(self.board.records)
        if self.zoomed:  # one picture fills the grid: every arrow goes to a neighbour in reading order
            return min(max(self.board.pick + across + down, 0), count - 1)
        row, column = divmod(self.board.pick, self._columns)
        column = min(max(column + across, 0), self._columns - 1)
        target = (row + down) * self._columns + column
        return target if 0 <= target < count else None

    def send_again(self) -> None:
        """Give the terminal all pictures again."""
        for cell in self._cells:
            cell.view.send_again()

    def lie_flat(self, flat: bool) -> None:
        """Draw all pictures so that a translucent screen above can dim them; and back."""
        for cell in self._cells:
            cell.view.lie_flat(flat)

    def _make_cells(self, count: int) -> None:
        """As many cells as the round has images; those that stay keep what they show."""
        for cell in self._cells[count:]:
            cell.view.release()
            cell.remove()
        new = [Cell(self._artist, self._send, index) for index in range(len(self._cells), count)]
        self.mount_all(new)
        self._cells = self._cells[:count] + new
        self._columns = columns_for(count)
        self._lay_out()

    def _label(self) -> None:
        """The words on all cells."""
        board = self.board
        for index, cell in enumerate(self._cells if board else ()):
            assert board is not None
            place = (board.round.id, index)
            mark = f"[{'AB'[self.marks.index(place)]}] " if place in self.marks else ""
            star = "★ " if index in board.starred else ""
            cell.label = mark + star + board.round.label(board.round.shots[index])
            cell.say(self.proofs.words(place), board.words(index))

    def _lay_out(self) -> None:
        self.styles.grid_size_columns = 1 if self.zoomed else self._columns
