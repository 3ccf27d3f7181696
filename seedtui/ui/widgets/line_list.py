"""A list of lines with a cursor. Only lines on screen are drawn: 10,000 cost as much as 40."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.events import Click, MouseEvent, MouseMove
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from seedtui.core.text.display import visible
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import Plain


class LineList(Plain, ScrollView, can_focus=True):
    """Subclasses supply each row's text with `line`, and hear of cursor moves with `moved`."""

    COMPONENT_CLASSES = {"line-list--cursor"}

    BINDINGS = bindings("list")

    DEFAULT_CSS = """
    LineList { border: round $border-blurred; border-title-color: $text-muted; border-subtitle-color: $text-muted;
               padding: 0 1; background: transparent; scrollbar-size-vertical: 1; overflow-x: hidden; }
    LineList:focus { border: round $border; background-tint: transparent 0%; }
    LineList > .line-list--cursor { background: $surface-lighten-1; color: $foreground; text-style: none; }
    LineList:focus > .line-list--cursor { background: $surface-lighten-2; color: $foreground; text-style: bold; }
    """

    cursor: reactive[int] = reactive(0, repaint=False)
    count: reactive[int] = reactive(0, repaint=False)

    class Chosen(Message):
        """The user has clicked the row that the cursor is on."""

    def line(self, row: int, width: int) -> Text:
        """The text of a row, to be cut at `width` cells."""
        raise NotImplementedError

    def moved(self, row: int) -> None:
        """The user has moved the cursor to `row`."""

    def tip(self, row: int) -> str:
        """The tooltip of a row; "" for none."""
        return ""

    def watch_count(self, count: int) -> None:
        self.virtual_size = Size(0, count)
        self.refresh()

    def validate_cursor(self, row: int) -> int:
        return max(0, min(row, self.count - 1))

    def watch_cursor(self, old: int, row: int) -> None:
        self.refresh_line(old)
        self.refresh_line(row)
        self._see(row)

    def on_resize(self) -> None:
        self._see(self.cursor)

    def action_move(self, step: int) -> None:
        """Move the cursor down by `step` rows, up if negative; it stops at the ends."""
        before = self.cursor
        self.cursor += step
        if self.cursor != before:
            self.moved(self.cursor)

    def action_page(self, pages: int) -> None:
        """Move the cursor down by that many screens."""
        self.action_move(pages * max(1, self.size.height - 1))

    def on_click(self, event: Click) -> None:
        event.stop()
        row = self._row_at(event)
        if row is None:
            return
        if row == self.cursor:
            self.post_message(self.Chosen())
        else:
            self.action_move(row - self.cursor)

    def on_mouse_move(self, event: MouseMove) -> None:
        row = self._row_at(event)
        words = visible(self.tip(row)) if row is not None else ""
        if words != str(self.tooltip or ""):
            self.tooltip = Content(words) if words else None

    def _row_at(self, event: MouseEvent) -> int | None:
        row = event.y - self.gutter.top + self.scroll_offset.y
        return row if 0 <= row < self.count else None

    @property
    def rows_on_screen(self) -> range:
        """The rows on the screen now."""
        first = self.scroll_offset.y
        return range(first, min(self.count, first + max(0, self.size.height)))

    def render_line(self, y: int) -> Strip:
        row, width = y + self.scroll_offset.y, self.size.width
        if row >= self.count:
            return Strip.blank(width, self.rich_style)
        text = self.line(row, width)
        style = self.rich_style
        if row == self.cursor:
            style += self.get_component_rich_style("line-list--cursor", partial=True)
        text.truncate(width, overflow="ellipsis", pad=True)
        return Strip(_segments(text, style, self), width)

    def _see(self, row: int) -> None:
        """Scroll just enough to show `row`."""
        height, first = self.size.height, self.scroll_offset.y
        if height and row < first:
            self.scroll_to(y=row, animate=False, immediate=True)
        elif height and row >= first + height:
            self.scroll_to(y=row - height + 1, animate=False, immediate=True)


def _segments(text: Text, style: Style, widget: LineList) -> list[Segment]:
    parts = list(text.render(widget.app.console))
    return [Segment(part.text, style + part.style if part.style else style) for part in parts]
