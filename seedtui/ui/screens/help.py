"""The help: every key, those of the present place first. Typing filters it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.core.text.display import visible
from seedtui.ui.keys.action import Action
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.places import Section
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import PlainBox, PlainInput, PlainScroll, PlainStatic

_WIDE, _KEYS, _FEWER = 60, 19, 14
"""From that many columns on, the first number of them is for the keys; else the second."""


class Row(NamedTuple):
    """One line of the help. `found_by` is everything that the filter looks at."""

    keys: str
    words: str
    found_by: str


class HelpScreen(ModalScreen[None]):
    """Lists the keys of `sections`. `keymap` has the keys that the user moved, by id."""

    BINDINGS = bindings("help")

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen PlainBox { width: 80; max-width: 100%; height: 100%; max-height: 46; padding: 0 2;
                          border: round $border; border-title-color: $text-muted;
                          border-subtitle-color: $text-muted; }
    HelpScreen Input, HelpScreen Input:focus { background: transparent; margin: 0 0 1 0; }
    HelpScreen VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    """

    words = query_one(PlainInput)
    scroll = query_one(PlainScroll)
    text = query_one(PlainStatic)

    def __init__(self, sections: Iterable[Section], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._rows = [(section.title, list(rows_of(section.actions, keymap))) for section in sections]

    def compose(self) -> ComposeResult:
        with PlainBox() as box:
            box.border_title = "keys"
            box.name_keys("f1 manual · esc close")
            yield PlainInput(placeholder="type to filter", compact=True)
            with PlainScroll(can_focus=False):
                yield PlainStatic()

    def on_mount(self) -> None:
        self.words.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()
        self.scroll.scroll_home(animate=False)

    def action_close(self) -> None:
        """Clear the filter, or close."""
        if self.words.value:
            self.words.value = ""
        else:
            self.dismiss()

    def action_row(self, step: int) -> None:
        """Scroll by lines."""
        self.scroll.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll by most of a screen."""
        self.scroll.scroll_relative(y=step * max(1, self.scroll.size.height - 2), animate=False)

    def _fill(self) -> None:
        width = self.query_one(PlainBox).content_size.width - 1  # the scroll bar
        lines: list[Content] = []
        wanted = self.words.value.lower().split()
        for title, rows in self._rows:
            found = [row for row in rows if all(word in row.found_by for word in wanted)]
            if found:
                lines += [Content(""), Content.styled(title, "$text-muted")]
                lines += [line for row in found for line in _lines(row, width)]
        nothing = Content("no key for that · f1 opens the manual, where / searches all pages")
        self.text.update(Content("\n").join(lines[1:]) if lines else nothing)


def rows_of(actions: Iterable[Action], keymap: Mapping[str, str]) -> Iterator[Row]:
    """The rows of some actions. Neighbours with the same text share a row."""
    listed = (action for action in actions if action.keys or action.shown_as)
    for words, same in groupby(listed, key=lambda action: action.row or action.help):
        sharing = list(same)
        keys = shown_keys(" ".join(action.id for action in sharing), keymap)
        about = (f"{action.label} {action.help} {action.words}" for action in sharing)
        yield Row(keys, words, " ".join((keys, words, *about)).lower())


def _lines(row: Row, width: int) -> Iterator[Content]:
    """A row in `width` cells: what does not fit goes on under the words."""
    keys = visible(row.keys) + "  "
    keys = keys.ljust(_KEYS if width >= _WIDE else _FEWER)
    first, *rest = textwrap.wrap(row.words, max(12, width - len(keys))) or [""]
    yield Content.assemble((keys, "bold"), first)
    yield from (Content(" " * len(keys) + line) for line in rest)
