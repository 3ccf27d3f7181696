"""No pictures at all; their labels stay."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import CELL
from seedtui.terminal.renderers.renderer import Row
from seedtui.terminal.renderers.text.base import TextRenderer


class NullRenderer(TextRenderer):
    """Leaves every tile empty."""

    def __init__(self) -> None:
        super().__init__("off", CELL, previews_per_second=1.0)

    def paint(
        self, picture: Picture, columns: int, rows: int, background: str, preview: bool, fill: bool
    ) -> tuple[Row, ...]:  # fmt: skip
        return ((Segment(" " * columns, Style(bgcolor=background)),),) * rows
