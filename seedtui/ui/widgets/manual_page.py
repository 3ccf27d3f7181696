"""A page of the manual. Only lines on screen are drawn: Textual's own Markdown widget makes a widget of each cell of
each table, and takes seconds for a long page."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from seedtui.manual.pages import Place, read_page
from seedtui.manual.rendering import Row, draw, theme
from seedtui.ui.widgets.plain import Plain

_WIDEST = 100
"""Columns of text; longer lines are hard to read."""


class ManualPage(Plain, ScrollView, can_focus=True):
    """Shows the page given to `go`."""

    COMPONENT_CLASSES = {"manual--code", "manual--quiet"}

    DEFAULT_CSS = """
    ManualPage { border: round $border-blurred; border-title-color: $text-muted; padding: 0 1; background: transparent;
                 scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: scroll; }
    ManualPage:focus { border: round $border; background-tint: transparent 0%; }
    ManualPage > .manual--code { color: $text-accent; }
    ManualPage > .manual--quiet { color: $text-muted; }
    """

    class LinkClicked(Message):
        """The user has clicked a link."""

        def __init__(self, target: str) -> None:
            super().__init__()
            self.target = target

    def __init__(self) -> None:
        super().__init__()
        self.topic = ""
        self.rows: list[Row] = []
        self._place = Place("")

    @property
    def line_on_top(self) -> int:
        """The line of the page's source that is first on screen."""
        top = int(self.scroll_y)
        return self.rows[top].source if top < len(self.rows) else 0

    @property
    def _width(self) -> int:
        """The columns beside the scroll bar."""
        return self.scrollable_content_region.width

    def go(self, place: Place, words: str = "") -> None:
        """Show `place`, which is about `words`."""
        self.topic, self._place = place.topic, place
        self._draw()
        self.scroll_to(y=self._row_of(place, words.lower()), animate=False, immediate=True)

    def on_resize(self) -> None:
        if self.topic:
            line = self.line_on_top
            self._draw()
            self.scroll_to(y=self._row_of(Place(self.topic, line=line), ""), animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        link = event.style.meta.get("manual_link")
        if link:
            event.stop()
            self.post_message(self.LinkClicked(str(link)))

    def render_line(self, y: int) -> Strip:
        row, width = y + self.scroll_offset.y, self._width
        segments = self.rows[row].segments if row < len(self.rows) else []
        return Strip(segments).adjust_cell_length(width).apply_style(self.rich_style)

    def _draw(self) -> None:
        quiet = self.get_component_rich_style("manual--quiet", partial=True)
        code = self.get_component_rich_style("manual--code", partial=True)
        console, width = self.app.console, min(_WIDEST, self._width)
        with console.use_theme(theme(code=code, quiet=quiet)):
            rows = draw(read_page(self.topic).text, console, max(20, width))
        self.rows = [row._replace(segments=[_linked(segment) for segment in row.segments]) for row in rows]
        self.virtual_size = Size(self._width, len(self.rows))
        self.refresh()

    def _row_of(self, place: Place, words: str) -> int:
        if place.anchor:
            return next((number for number, row in enumerate(self.rows) if row.heading == place.anchor), 0)
        inside = [number for number, row in enumerate(self.rows) if row.source <= place.line]
        if not inside or not place.line:
            return 0
        source = self.rows[inside[-1]].source
        block = [number for number in inside if self.rows[number].source == source and self.rows[number].segments]
        first = words.split()[:1]
        with_words = (number for number in block if first and first[0] in _text(self.rows[number]).lower())
        return next(with_words, block[0] if block else 0)


def _linked(segment: Segment) -> Segment:
    """`segment` with its link as a click action: the terminal would link to a file that it does not have."""
    style = segment.style
    if style is None or not style.link:
        return segment
    return Segment(segment.text, style.update_link(None) + Style(meta={"manual_link": style.link}))


def _text(row: Row) -> str:
    return "".join(segment.text for segment in row.segments)
