"""Everything this program uses of Textual that is not public. Checked with Textual 8.2.8.

`pyproject.toml` pins the minor version for it; check each function here before you raise it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.cells import cell_len
from rich.text import Text
from textual import widgets
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.events import Key
from textual.widgets._footer import FooterKey

from seedtui.core.text.display import visible

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


def tell_escape_from_alt() -> None:
    """Read the escape key and another right behind it as these two keys, not as the other key with alt.

    Without kitty's keyboard protocol both look the same, and nothing here needs alt. Textual loses the escape.
    """
    if getattr(XTermParser, "_seedtui", False):
        return
    plain = XTermParser._sequence_to_key_events

    def both(parser: XTermParser, sequence: str, alt: bool = False) -> Iterable[Key]:
        if alt:
            yield Key("escape", "\x1b")
        yield from plain(parser, sequence)

    setattr(XTermParser, "_sequence_to_key_events", both)  # noqa: B010  # mypy allows no assignment to a method
    setattr(XTermParser, "_seedtui", True)  # noqa: B010


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
