"""A grid on the sheet: its columns and rows have heads, and every image keeps its column. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from seedtui.app.state.round_view import RoundView
from seedtui.ui.widgets.sheet.contents import Arrangement
from seedtui.ui.widgets.sheet.culling import Filter, wanted_by


def grid_arrangement(round_view: RoundView, rows: Sequence[int], filter: Filter, words: str) -> Arrangement:
    """The grid with its `rows` in this order. A cell that the filter leaves out is empty, and so is its whole row gone
    if all of them are.
    """
    across, down = round_view.round.axes
    wanted = wanted_by(filter)

    def cells(row: int) -> tuple[int, ...]:
        places = range(row * across.size, (row + 1) * across.size)
        return tuple(index if wanted(round_view, index) else -1 for index in places)

    shown = {row: found for row in rows if max(found := cells(row)) >= 0}
    labels = down.labels
    return Arrangement(
        order=tuple(index for found in shown.values() for index in found),
        across=across.size,
        words=words,
        empty=f"no picture · {words}",
        column_heads=across.labels,
        short_heads=across.short_labels,
        row_heads=tuple(labels[row] for row in shown),
    )
