"""The help: every key."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen

from seedtui.core.text.display import visible
from seedtui.ui.keymap import shown_keys
from seedtui.ui.keys import HELP
from seedtui.ui.widgets.plain import PlainScroll, PlainStatic


class HelpScreen(ModalScreen[None]):
    """Closed by any of the keys that one would try. `keymap` has the keys that the user moved, by id."""

    BINDINGS = [Binding("escape,q,question_mark,enter", "dismiss", "close")]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll { width: 74; max-width: 100%; height: auto; max-height: 100%; padding: 0 2;
                                border: round $border; border-title-color: $text-muted;
                                border-subtitle-color: $text-muted; scrollbar-size-vertical: 1; }
    """

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        with PlainScroll() as box:
            box.border_title = "keys"
            box.border_subtitle = "esc close"
            yield PlainStatic(_table(self._keymap))


def _table(keymap: Mapping[str, str]) -> Content:
    lines: list[Content] = []
    shown = {place: {shown_keys(key, keymap): words for key, words in keys.items()} for place, keys in HELP.items()}
    width = max(18, *(len(key) + 2 for keys in shown.values() for key in keys))
    for place, keys in shown.items():
        for row, (key, words) in enumerate(keys.items()):
            first = place if row == 0 else ""
            lines.append(Content.assemble((first.ljust(10), "$text-muted"), (visible(key).ljust(width), "bold"), words))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])
