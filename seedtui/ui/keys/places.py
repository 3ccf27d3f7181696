"""Where the user is, and the keys that work there."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from seedtui.ui.keys.action import Action, Focus, Group, Where
from seedtui.ui.keys.table import ACTIONS, actions_of

_GROUPS: tuple[Group, ...] = get_args(Group)
_FIRST: dict[Focus, Group] = {"tree": "rounds", "suffixes": "suffixes", "prompt": "typing"}
"""The group of keys for a part of the main screen; "pictures" or "sheet" for the others."""


class Section(NamedTuple):
    """Some actions under a heading."""

    title: str
    actions: tuple[Action, ...]


def place_of(screen: Screen[Any]) -> Where:
    """What the table calls a screen."""
    ids = (binding.id for binding in screen.BINDINGS if isinstance(binding, Binding))
    return next((ACTIONS[id].where for id in ids if id in ACTIONS), "main")


def is_text(widget: Widget | None) -> bool:
    """Whether letters are text where the focus is."""
    return isinstance(widget, Input | TextArea)


def sections(place: Where, focus: Focus, *, sheet: bool = False) -> list[Section]:
    """All keys of the main screen, after those of the present place; `sheet`: the pictures are on a sheet."""
    first = _FIRST.get(focus, "sheet" if sheet else "pictures")
    groups = [Section(group, _group(group)) for group in sorted(_GROUPS, key=lambda g: g != first)]
    if place != "main":
        anywhere = tuple(action for action in actions_of("main") if action.in_dialogs)
        groups = [Section(f"here: {place}", actions_of(place)), Section("anywhere", anywhere), *groups]
    elif focus == "tree":
        groups = [Section("tree", actions_of("tree", "list")), *groups]
    return groups


def _group(group: Group) -> tuple[Action, ...]:
    return tuple(a for a in actions_of("main", "textual", "prompt line", "suffix pane", "sheet") if a.group == group)
