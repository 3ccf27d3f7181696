"""A grid with rows of equal height, so that all its pictures have the same size."""

from __future__ import annotations

import math

from textual.geometry import Size
from textual.layout import ArrangeResult
from textual.layouts.grid import GridLayout
from textual.widget import Widget


class EvenGrid(GridLayout):
    """Textual's grid gives spare lines to some of the rows; here they stay empty, at the bottom."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        rows = math.ceil(len(children) / max(1, parent.styles.grid_size_columns)) or 1
        even = Size(size.width, size.height - size.height % rows) if size.height >= rows else size
        return super().arrange(parent, children, even, greedy)
