"""The last filter before the terminal: whatever a widget draws, no line contains what a terminal would obey."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from seedtui.core.text.display import harmless


class LineGate(LineFilter):
    """Textual applies it to each line of each widget, borders and titles too. Our own widgets already show marks."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """`segments` with marks, as wide as before; the same list if there is nothing to mark, as nearly always."""
        gated = [harmless(segment.text) for segment in segments]
        if all(after == before.text for after, before in zip(gated, segments, strict=True)):
            return segments
        marked = [Segment(text, segment.style) for text, segment in zip(gated, segments, strict=True)]
        return Segment.adjust_line_length(marked, Segment.get_line_length(segments), pad=False)
