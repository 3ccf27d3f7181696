"""What a sheet shows: of which round, and which image is where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len

from seedtui.app.state.job import ImageRef
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.verification import CellNote
from seedtui.core.images.picture import Picture


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which image is where: `order` has the index of each position, -1 for an empty one.

    With `across` the sheet has that many columns, and the heads stay in place while the rest scrolls; else a row has as
    many as fit. `words` say what this order is, `empty` why there is nothing on the sheet. `short_heads` are the column
    heads where the full ones do not fit.
    """

    order: tuple[int, ...] = ()
    across: int = 0
    words: str = "by seed"
    empty: str = ""
    column_heads: tuple[str, ...] = ()
    short_heads: tuple[str, ...] = ()
    row_heads: tuple[str, ...] = ()

    def heads_within(self, width: int) -> tuple[str, ...]:
        """The heads of columns of that `width`: the short ones unless all of the full ones fit."""
        fit = all(cell_len(words) <= width for words in self.column_heads)
        return self.column_heads if fit or not self.short_heads else self.short_heads


class Shown(NamedTuple):
    """What the tiles are of: a round, its pictures by index, the marked images, and what is known of each image."""

    round_view: RoundView
    pictures: Mapping[int, Picture]
    previews: Mapping[int, Picture]
    marks: tuple[ImageRef, ...] = ()
    note: Callable[[int], CellNote | None] = lambda index: None
