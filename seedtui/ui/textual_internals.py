"""Everything this program uses of Textual that is not public. Checked with Textual 8.2.8.

`pyproject.toml` pins the minor version for it; check each function here before you raise it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from rich.cells import cell_len
from rich.console import Console  # noqa: TID251  # its type alone
from rich.segment import Segment
from rich.text import Text
from textual import events, widgets
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.events import Key
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets._footer import FooterKey
from textual.widgets.text_area import (
    Document,
    DocumentBase,
    DocumentNavigator,
    EditResult,
    Location,
    WrappedDocument,
)

from seedtui.core.text.display import visible
from seedtui.terminal.output.picture_layer import Piece, Render

__all__ = ["FooterKey", "VisibleInput", "on_fatal_error", "print_after_exit", "write_raw"]


def write_raw(app: App[None], sequences: str) -> None:
    """Send the terminal escape sequences that Textual does not know, in order with what it draws."""
    if app._driver is not None:
        app._driver.write(sequences)


def print_after_exit(app: App[None], line: str) -> None:
    """Print `line` below the shell's prompt once the app has left the screen."""
    app._exit_renderables.append(line)


def on_fatal_error(app: App[None], handle: Callable[[BaseException | None], None]) -> None:
    """Call `handle` instead of printing Textual's traceback when an uncaught exception ends the app."""

    def fatal_error() -> None:
        handle(app._exception)
        app._close_messages_no_wait()

    setattr(app, "_fatal_error", fatal_error)  # noqa: B010  # mypy allows no assignment to a method


CONTROL_ESCAPE = "ctrl+left_square_bracket"
"""Another name of the escape key, which has been the same since ASCII."""


def tell_escape_from_alt() -> None:
    """Read the escape key and another right behind it as these two keys, not as the other key with alt.

    Without kitty's keyboard protocol both look the same, and nothing here needs alt. Textual loses the escape, or makes
    it a circumflex; it lets one pass that has the name of its control character, `CONTROL_ESCAPE`.
    """
    if getattr(XTermParser, "_seedtui", False):
        return
    plain = XTermParser._sequence_to_key_events

    def both(parser: XTermParser, sequence: str, alt: bool = False) -> Iterable[Key]:
        if alt:
            yield Key("escape", "\x1b")
        if sequence == "\x1b":
            yield Key(CONTROL_ESCAPE, sequence)
        else:
            yield from plain(parser, sequence)

    setattr(XTermParser, "_sequence_to_key_events", both)  # noqa: B010  # mypy allows no assignment to a method
    setattr(XTermParser, "_seedtui", True)  # noqa: B010


Show = Callable[[Iterable[Piece], Render], str]


def write_through(show: Show) -> None:
    """Write what `show` makes of each piece of the screen that Textual wants to write.

    Of a widget, these are only the cells that changed. Textual itself also writes those left of them.
    """

    def render_changes(update: ChopsUpdate, console: Console) -> str:
        return show(_changes(update), partial(_rendered, console))

    def render_layout(update: LayoutUpdate, console: Console) -> str:
        return show(_lines(update), partial(_rendered, console))

    setattr(ChopsUpdate, "render_segments", render_changes)  # noqa: B010  # mypy allows no assignment to a method
    setattr(LayoutUpdate, "render_segments", render_layout)  # noqa: B010


def _changes(update: ChopsUpdate) -> Iterator[Piece]:
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < x2 and end > x1:
                left, right = max(x, x1), min(end, x2)
                yield Piece(left, y, strip.crop(left - x, right - x))


def _lines(update: LayoutUpdate) -> Iterator[Piece]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield Piece(x, y, strip)
            x += strip.cell_length


def _rendered(console: Console, segments: Iterable[Segment]) -> str:
    strip = segments if isinstance(segments, Strip) else Strip(segments)  # a strip knows its text from before
    return strip.render(console)


def read_any_bytes() -> None:
    """Show what the terminal sends that is not UTF-8 as a replacement character. Textual ends the app at it."""
    decoder = partial(codecs.getincrementaldecoder("utf-8"), "replace")
    setattr(linux_driver, "getincrementaldecoder", lambda _encoding: decoder)  # noqa: B010  # it is imported there


def keep_escapes_in_pastes() -> None:
    """Take a paste as one text whatever is in it. Textual reads an escape in it as keys, which may delete or quit.

    Most terminals send none, but tmux does. A paste whose very first sequence comes in two reads is left to Textual.
    """
    if getattr(XTermParser, "_seedtui_pastes", False):
        return
    plain = XTermParser.feed

    def feed(parser: XTermParser, data: str) -> Iterable[Message]:
        if not data:
            yield from plain(parser, data)
        pasting: str | None = getattr(parser, "_seedtui_paste", None)
        while data:
            if pasting is None:
                before, begin, data = data.partition(BRACKETED_PASTE_START)
                if before:
                    yield from plain(parser, before)
                pasting = "" if begin else None
            else:
                text, end, data = (pasting + data).partition(BRACKETED_PASTE_END)
                if end:
                    yield events.Paste(text.replace("\x00", ""))
                pasting = None if end else text
        setattr(parser, "_seedtui_paste", pasting)  # noqa: B010

    setattr(XTermParser, "feed", feed)  # noqa: B010
    setattr(XTermParser, "_seedtui_pastes", True)  # noqa: B010


class VisibleInput(widgets.Input):
    """An input that shows what a terminal would obey as marks, and keeps the cursor on the right letter beside them."""

    @property
    def _value(self) -> Text:
        return Text(visible(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(visible(self.value)[:position])

    def _cell_offset_to_index(self, offset: int) -> int:
        shown, cell = visible(self.value), offset + self.scroll_offset.x
        return next((i for i in range(len(shown)) if cell_len(shown[: i + 1]) > cell), len(shown))


class VisibleTextArea(widgets.TextArea):
    """An editor of several lines that shows what a terminal would obey as marks, and keeps its text to the letter."""

    def get_line(self, line_index: int) -> Text:
        return Text(visible(self.document.get_line(line_index)), end="", no_wrap=True)

    def draw_lines_again(self) -> None:
        """`get_line` gives other styles now."""
        self._line_cache.clear()
        self.refresh()

    def _recompute_cursor_offset(self) -> None:
        # undo and redo may show or hide the scrollbar, which needs the cursor, before they move it to where it belongs
        if self.cursor_location[0] < self.document.line_count:
            super()._recompute_cursor_offset()  # type: ignore[no-untyped-call]

    async def on_key(self, event: events.Key) -> None:
        if not event.is_printable and await _run_own_binding(self, event.key):
            event.stop()
            event.prevent_default()

    def _set_document(self, text: str, _language: str | None) -> None:
        self.document = document = _ExactDocument(text)
        self.wrapped_document = WrappedDocument(_ShownDocument(document), tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()


async def _run_own_binding(widget: Widget, key: str) -> bool:
    """Run what `widget` itself binds to `key`. Textual does it once the key has bubbled up to the app: too late for
    the letters that follow it.
    """
    _, bindings = widget.screen._binding_chain[0]
    for binding in bindings.key_to_bindings.get(key, ()):
        if not binding.priority and await widget.app.run_action(binding.action, widget):
            return True
    return False


class _ExactDocument(Document):
    """Only a line feed ends a line. Textual's own also takes others, such as U+2028, and writes them all alike."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._lines = text.split("\n")

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        # to delete the last line, Textual asks for all up to the next, which is not there
        (top, left), (bottom, right) = (min(place, self.end) for place in sorted((start, end)))
        replaced = self.get_text_range((top, left), (bottom, right))
        before, after = self._lines[top][:left], self._lines[bottom][right:]
        lines = f"{before}{text}".split("\n")
        place = top + len(lines) - 1, len(lines[-1])
        lines[-1] += after
        self._lines[top : bottom + 1] = lines
        return EditResult(place, replaced)


class _ShownDocument(Document):
    """What `document` looks like on the screen, for wrapping it: marks are one cell wide, what they stand for is not.

    A character is one character here too, so that places in both agree.
    """

    def __init__(self, document: DocumentBase) -> None:
        super().__init__("")
        self._document = document

    @property
    def lines(self) -> list[str]:
        return [visible(line) for line in self._document.lines]

    @property
    def line_count(self) -> int:
        return self._document.line_count

    def get_line(self, index: int) -> str:
        return visible(self._document.get_line(index))

    def __getitem__(self, line_index: int | slice) -> str | list[str]:  # type: ignore[override]
        return self.lines[line_index]
