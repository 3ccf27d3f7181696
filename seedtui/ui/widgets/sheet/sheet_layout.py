"""Where the tiles of a sheet are: which are on the screen, which one is under the mouse, where the pick moves. Pure.

Positions count the tiles of the sheet in reading order, from 0. Lengths are in cells. Above each row of tiles is a line
of labels, between two tiles a column, and around them all too, so that a frame finds room everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

MOST_ACROSS = 290
"""The widest strip of tiles: one picture in the terminal has no more columns."""

SMALLEST, LARGEST = 6, 60
"""The width of a tile."""


class TileSize(NamedTuple):
    """The columns and lines of a tile's picture."""

    width: int
    height: int


class Box(NamedTuple):
    """A rectangle of the screen."""

    x: int
    y: int
    width: int
    height: int


def tile_size(width: int, picture: tuple[int, int], cell: tuple[int, int]) -> TileSize:
    """A tile about `width` columns wide for pictures and cells of these widths and heights in pixels.

    A picture fills it, to within half a column.
    """
    shape = cell[0] * picture[1] / picture[0] / cell[1]
    height = max(1, int(width * shape))
    return TileSize(min(max(1, round(height / shape)), width), height)


def usual_width(room: tuple[int, int]) -> int:
    """The width of a tile that suits a screen with this `room`, columns and lines: several rows of some tiles."""
    least = {8: (0, 0), 10: (60, 16), 12: (80, 28), 16: (160, 44)}
    return max(width for width, (columns, lines) in least.items() if room[0] >= columns and room[1] >= lines)


def width_for_all(
    room: tuple[int, int], across: int, down: int, picture: tuple[int, int], cell: tuple[int, int]
) -> int:  # fmt: skip
    """The widest tile with which `room`, columns and lines, shows `across` by `down` tiles at once; 0 if none does."""
    widest = min((room[0] - 1) // across - 1, LARGEST)
    shown = (w for w in range(widest, SMALLEST - 1, -1) if down * (tile_size(w, picture, cell).height + 1) < room[1])
    return next(shown, 0)


def fitting_width(wanted: int, columns: int) -> int:
    """A width near `wanted` with which tiles fill `columns` without a rest as wide as a tile."""
    count = max(1, round((columns - 1) / (wanted + 1)))
    return min(max((columns - 1) // count - 1, SMALLEST), max(columns - 2, SMALLEST))


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """`count` tiles in rows of `across`, seen through a window of `width` by `height` cells.

    `left` is the column and `top` the row of tiles in the window's upper left corner, beside `heads`: the columns of
    the row heads and the lines of the column heads, 0 where there are none.
    """

    count: int
    across: int
    tile: TileSize
    width: int
    height: int
    left: int = 0
    top: int = 0
    heads: tuple[int, int] = (0, 0)

    @property
    def rows(self) -> int:
        """How many rows of tiles there are."""
        return math.ceil(self.count / self.across)

    @property
    def room_across(self) -> int:
        """For how many columns of tiles there is room."""
        return max(1, min((self.width - self.heads[0] - 1) // (self.tile.width + 1), MOST_ACROSS // self.tile.width))

    @property
    def columns_shown(self) -> int:
        """How many columns of tiles are on the screen."""
        return min(self.room_across, self.across - self.left)

    @property
    def page(self) -> int:
        """How many rows of tiles have room in full, at least one."""
        return max(1, (self.height - self.heads[1] - 1) // (self.tile.height + 1))

    @property
    def rows_shown(self) -> range:
        """The rows on the screen; of the last one perhaps only a part."""
        begun = math.ceil((self.height - self.heads[1]) / (self.tile.height + 1))
        return range(self.top, min(self.rows, self.top + max(begun, 1)))

    @property
    def whole_rows(self) -> range:
        """The rows on the screen in full."""
        return range(self.top, min(self.rows, self.top + self.page))

    @property
    def margin(self) -> int:
        """Columns that stay empty at the left of the tiles; row heads stand right beside them."""
        if self.heads[0]:
            return 0
        used = self.columns_shown * (self.tile.width + 1) + 1
        return max(0, self.width - self.heads[0] - used) // 2

    def positions(self, row: int) -> range:
        """The tiles of `row` that are on the screen."""
        first = row * self.across + self.left
        return range(first, max(first, min(first + self.columns_shown, (row + 1) * self.across, self.count)))

    def box(self, position: int) -> Box | None:
        """Where the tile's picture is, perhaps in part below the screen; None if it is not on the screen."""
        row, column = divmod(position, self.across)
        if row not in self.rows_shown or position not in self.positions(row):
            return None
        x = self.heads[0] + self.margin + 1 + (column - self.left) * (self.tile.width + 1)
        y = self.heads[1] + 1 + (row - self.top) * (self.tile.height + 1)
        return Box(x, y, *self.tile)

    def frame(self, position: int) -> tuple[Box, ...]:
        """The cells around the tile: a line above and below it, a column at both sides."""
        if (box := self.box(position)) is None:
            return ()
        wide, high = box.width + 2, box.height
        left, above = box.x - 1, box.y - 1
        return (
            Box(left, above, wide, 1), Box(left, box.y + high, wide, 1),
            Box(left, box.y, 1, high), Box(box.x + box.width, box.y, 1, high),
        )  # fmt: skip

    def at(self, x: int, y: int) -> int | None:
        """The tile at that cell of the screen, with the label above it; None between tiles and outside them."""
        column, beside = divmod(x - self.heads[0] - self.margin - 1, self.tile.width + 1)
        row, _ = divmod(y - self.heads[1], self.tile.height + 1)
        if beside == self.tile.width or not 0 <= column < self.columns_shown or y < self.heads[1]:
            return None
        position = (self.top + row) * self.across + self.left + column
        return position if self.top + row in self.rows_shown and position < self.count else None

    def corner(self, left: int, top: int) -> tuple[int, int]:
        """The corner nearest to `left` and `top` with which the window is filled."""
        lowest = max(0, self.rows - self.page)
        return min(max(left, 0), max(0, self.across - self.room_across)), min(max(top, 0), lowest)

    def corner_for(self, position: int) -> tuple[int, int]:
        """The corner with which the tile at `position` is on the screen in full, moved as little as possible."""
        row, column = divmod(position, self.across)
        left = min(max(self.left, column - self.room_across + 1), column)
        return self.corner(left, min(max(self.top, row - self.page + 1), row))

    def moved(self, position: int, across: int, down: int) -> int:
        """The position that many columns and rows away; at the end of a row, the next row's first tile.

        With heads, rows and columns mean something, so the ends of a row are ends.
        """
        last = self.count - 1
        if self.heads == (0, 0):
            position = min(max(position + across, 0), last)
            column, row = position % self.across, position // self.across + down
        else:
            column = min(max(position % self.across + across, 0), self.across - 1)
            row = position // self.across + down
        row = min(max(row, 0), self.rows - 1)
        return min(row * self.across + column, last)
