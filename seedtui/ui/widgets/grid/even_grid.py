"""A grid whose rows are equally high, so that all pictures in it are equally large."""

from __future__ import annotations

import math

from textual.geometry import Size
from textual.layout import ArrangeResult
from textual.layouts.grid import GridLayout
from textual.widget import Widget


class EvenGrid(GridLayout):
    """Textual's grid gives what is left over to some of the rows; here it stays empty, below."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        rows = math.ceil(len(children) / max(1, parent.styles.grid_size_columns)) or 1
        even = Size(size.width, size.height - size.height % rows) if size.height >= rows else size
        return super().arrange(parent, children, even, greedy)
