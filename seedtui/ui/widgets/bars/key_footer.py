"""The keys that work now: as many as fit, the most important ones first; help and quit are always there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets import Footer

from seedtui.ui.keys.places import is_text
from seedtui.ui.keys.table import ACTIONS, ON_MAIN, footer_place
from seedtui.ui.textual_internals import FooterKey
from seedtui.ui.widgets.plain import PlainStatic


class Item(NamedTuple):
    """A key and what it does, as the footer shows it."""

    id: str
    key: str
    key_display: str
    words: str
    run: str
    tooltip: str
    first: bool = False
    """Whether it comes before all others: it clears the marks, or acts on them, and its words say on how many."""

    @property
    def width(self) -> int:
        return cell_len(f"{self.key_display} {self.words}")


def arranged(items: Iterable[Item], width: int, gap: int) -> tuple[list[Item], list[Item]]:
    """The items that fit into `width` cells with `gap` cells between them: those at the left end, those at the right.

    Whole items are left out, the least important first. Those that stay are never left out; they are at the right end,
    where they keep their place. What runs can be cancelled: that comes first too, where something does.
    """
    items = tuple(items)
    first = {item.id for item in items if item.first}
    first |= {"cancel"} if first else set()
    by_place = sorted(items, key=lambda item: (item.id not in first, footer_place(ACTIONS[item.id])))
    there = {item.id for item in by_place}
    wanted = [item for item in by_place if ACTIONS[item.id].instead not in there]
    right = [item for item in wanted if ACTIONS[item.id].stays]
    room = width - sum(item.width + gap for item in right)
    left: list[Item] = []
    for item in (item for item in wanted if item not in right):
        room -= item.width + gap
        if room < 0:
            break
        left.append(item)
    return left, right


class KeyFooter(Footer):
    """Textual's footer rebuilds its keys whenever they might have changed; this one only when they did."""

    DEFAULT_CSS = """
    KeyFooter > .gap { width: 1fr; height: 1; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: tuple[list[Item], list[Item]] = ([], [])

    def compose(self) -> ComposeResult:
        left, right = self._shown
        yield from map(self._key, left)
        if right:
            yield PlainStatic(classes="gap")
        yield from map(self._key, right)

    async def recompose(self) -> None:
        if self.screen is not self.app.screen:
            return  # a dialog lies above, with keys of its own: nothing moves below it
        shown = arranged(self._items(), self.content_size.width, 2 if self.screen.has_class("-wide") else 1)
        if shown != self._shown:
            self._shown = shown
            await super().recompose()
            self.mutate_reactive(Footer.compact)  # or it would keep every key it ever had, as a watcher

    def on_resize(self) -> None:
        self.call_after_refresh(self.recompose)

    def _items(self) -> Iterator[Item]:
        seen: set[str] = set()
        typing = is_text(self.screen.focused)
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            palette = binding.action == "command_palette"  # Textual's own binding
            action = ACTIONS.get("commands" if palette else binding.id or "")
            if action is None or action.id in seen or not (action.in_footer and enabled):
                continue
            if typing and action.where in ON_MAIN and not action.while_typing:
                continue  # ? is help in a fresh prompt, but text once something is typed
            seen.add(action.id)  # it may have more keys
            words = action.label if palette else binding.description
            label = ACTIONS[action.instead].label if action.instead else words
            display = self.app.get_key_display(binding)
            first = words != action.label or action.id == "marks.clear"
            yield Item(action.id, binding.key, display, label, binding.action, tooltip or action.tooltip, first)

    def _key(self, item: Item) -> FooterKey:
        key = FooterKey(item.key, item.key_display, item.words, item.run, tooltip=item.tooltip)
        return key.data_bind(compact=Footer.compact)
