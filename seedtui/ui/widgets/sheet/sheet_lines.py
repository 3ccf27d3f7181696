"""The lines of a sheet, put together from pieces of pictures, labels and the frame of the pick. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from seedtui.core.text.display import visible
from seedtui.ui.widgets.sheet.sheet_layout import SheetLayout

Look = Literal["plain", "label", "kept", "rejected", "pick", "empty", "head"]

_TOP, _BOTTOM, _NONE = ("┏", "━", "┓"), ("┗", "━", "┛"), (" ", " ", " ")


class Label(NamedTuple):
    """The words above a tile, and those in it while there is no picture."""

    words: str = ""
    look: Look = "label"
    inside: str = ""


@dataclass(frozen=True, slots=True)
class SheetLines:
    """The sheet as `layout` says, with the frame around the tile at `position`, -1 for no frame.

    `label` tells about the tile at a position; `piece` has the lines of the picture at a place of a row, empty while
    there is none.
    """

    layout: SheetLayout
    position: int
    label: Callable[[int], Label]
    piece: Callable[[int, int], tuple[Strip, ...]]
    styles: Mapping[Look, Style]
    column_heads: tuple[str, ...] = ()
    row_heads: tuple[str, ...] = ()

    def line(self, y: int) -> Strip:
        """The line `y` of the sheet."""
        layout = self.layout
        if y < layout.heads[1]:
            return self._whole([self._text(" " * layout.heads[0], "plain"), *self._column_heads()])
        row, line = divmod(y - layout.heads[1], layout.tile.height + 1)
        row += layout.top
        parts = self._labels(row) if line == 0 else self._pictures(row, line - 1)
        return self._whole([*self._row_head(row, line), *parts])

    def _whole(self, parts: list[Strip]) -> Strip:
        return Strip.join(parts).adjust_cell_length(self.layout.width, self.styles["plain"])

    def _text(self, words: str, look: Look) -> Strip:
        return Strip([Segment(words, self.styles[look])], cell_len(words))

    @property
    def _frame(self) -> tuple[int, int]:
        """The row of the framed tile, and its place among those on the screen; without a frame, outside of both."""
        if self.position < 0:
            return -2, -1
        row, column = divmod(self.position, self.layout.across)
        return row, column - self.layout.left

    def _gaps(self, count: int, framed: int | None, left: str, right: str) -> list[Strip]:
        """The columns before, between and after `count` tiles; those beside the `framed` one are sides of the frame."""
        sides = {} if framed is None else {framed: left, framed + 1: right}
        margin = " " * self.layout.margin
        gaps = [self._text(sides.get(i, " "), "pick" if i in sides else "plain") for i in range(count + 1)]
        return [Strip.join([self._text(margin, "plain"), gaps[0]]), *gaps[1:]]

    def _labels(self, row: int) -> list[Strip]:
        """The line above a row of tiles, which is also the one below the row before."""
        layout, (framed_row, framed) = self.layout, self._frame
        is_frame = row in (framed_row, framed_row + 1) and 0 <= framed < layout.columns_shown
        left, middle, right = _NONE if not is_frame else _TOP if row == framed_row else _BOTTOM
        positions = layout.positions(row) if row in layout.rows_shown else range(0)
        count = max(len(positions), framed + 1 if is_frame else 0)
        gaps = self._gaps(count, framed if is_frame else None, left, right)
        parts = [gaps[0]]
        for place in range(count):
            on = is_frame and place == framed
            label = self.label(positions[place]) if place < len(positions) else Label()
            words = _cut(label.words, layout.tile.width - 2 * on)
            words = f" {words} " if words and on else words
            look: Look = "pick" if on and row == framed_row else label.look
            rest = layout.tile.width - cell_len(words)
            parts += [self._text(words, look), self._text((middle if on else " ") * rest, "pick" if on else "plain")]
            parts.append(gaps[place + 1])
        return parts

    def _pictures(self, row: int, line: int) -> list[Strip]:
        """A line of the pictures of a row, with the sides of the frame between them."""
        if row not in self.layout.rows_shown:
            return []
        positions, (framed_row, framed) = self.layout.positions(row), self._frame
        is_framed = row == framed_row and 0 <= framed < len(positions)
        gaps = self._gaps(len(positions), framed if is_framed else None, "┃", "┃")
        parts = [gaps[0]]
        for place, position in enumerate(positions):
            lines = self.piece(row, place)
            parts.append(lines[line] if line < len(lines) else self._empty(self.label(position).inside, line))
            parts.append(gaps[place + 1])
        return parts

    def _empty(self, words: str, line: int) -> Strip:
        width, height = self.layout.tile
        words = visible(words) if line == (height - 1) // 2 else ""
        return self._text(set_cell_size(words.center(width), width), "empty")

    def _column_heads(self) -> list[Strip]:
        layout, picked = self.layout, self._frame[1]
        parts = [self._text(" " * (layout.margin + 1), "plain")]
        for place in range(layout.columns_shown):
            column = layout.left + place
            words = _cut(self.column_heads[column], layout.tile.width) if column < len(self.column_heads) else ""
            parts.append(self._text(set_cell_size(words, layout.tile.width + 1), "pick" if place == picked else "head"))
        return parts

    def _row_head(self, row: int, line: int) -> list[Strip]:
        width = self.layout.heads[0]
        if not width:
            return []
        words = _cut(self.row_heads[row], width - 1) if line == 1 and row < len(self.row_heads) else ""
        return [self._text(set_cell_size(words, width), "pick" if row == self._frame[0] else "head")]


def _cut(words: str, width: int) -> str:
    """`words` in at most `width` cells, with an ellipsis where they do not fit."""
    words = visible(words)
    return words if cell_len(words) <= width else set_cell_size(words, max(width - 1, 0)) + "…"
