"""The help: every key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import get_args

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen

from seedtui.core.text.display import visible
from seedtui.ui.keys.action import Group
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.table import actions_of, bindings
from seedtui.ui.widgets.plain import PlainScroll, PlainStatic

GROUPS: tuple[Group, ...] = get_args(Group)


class HelpScreen(ModalScreen[None]):
    """Lists every key. `keymap` has the keys that the user moved, by id."""

    BINDINGS = bindings("help")

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll { width: 80; max-width: 100%; height: auto; max-height: 100%; padding: 0 2;
                                border: round $border; border-title-color: $text-muted;
                                border-subtitle-color: $text-muted; scrollbar-size-vertical: 1; }
    """

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        with PlainScroll() as box:
            box.border_title = "keys"
            box.border_subtitle = "f1 manual · esc close"
            yield PlainStatic(_table(self._keymap))


def _table(keymap: Mapping[str, str]) -> Content:
    sections = {group: list(rows_of(group)) for group in GROUPS}
    shown = {group: [(shown_keys(ids, keymap), words) for ids, words in rows] for group, rows in sections.items()}
    width = max(18, *(len(key) + 2 for rows in shown.values() for key, _ in rows))
    lines: list[Content] = []
    for group, rows in shown.items():
        for number, (key, words) in enumerate(rows):
            first = group if number == 0 else ""
            lines.append(Content.assemble((first.ljust(10), "$text-muted"), (visible(key).ljust(width), "bold"), words))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])


def rows_of(group: Group) -> Iterator[tuple[str, str]]:
    """The lines of a section: ids, and what their keys do. Neighbours with the same text share a line."""
    actions = [a for a in actions_of("main", "textual", "prompt line", "suffix pane") if a.group == group]
    listed = (action for action in actions if action.keys or action.shown_as)
    for words, sharing in groupby(listed, key=lambda action: action.row or action.help):
        yield " ".join(action.id for action in sharing), words
