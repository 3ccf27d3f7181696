"""Asks what to copy from the pick to the clipboard."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen

from seedtui.core.text.display import visible
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import PlainStatic


class CopyScreen(ModalScreen[str]):
    """Returns ``prompt``, ``seed``, ``path`` or ``image``, or None if the user closes it.

    `words` shows what each would be. `marks` is how many pictures are marked, 0 for the pick alone.
    """

    BINDINGS = bindings("copy")

    DEFAULT_CSS = """
    CopyScreen { align: center bottom; }
    CopyScreen Static { width: 74; max-width: 100%; height: auto; padding: 0 1; margin: 0 0 3 0;
                        text-wrap: nowrap; text-overflow: ellipsis;
                        background: $background;
                        border: round $border; border-title-color: $text-muted;
                        border-subtitle-color: $text-muted; }
    """

    def __init__(self, words: dict[str, str], marks: int = 0) -> None:
        super().__init__()
        self._words, self._marks = words, marks

    def compose(self) -> ComposeResult:
        keys = {"prompt": "p", "seed": "s", "path": "f", "image": "i"}
        lines = [
            Content.assemble((keys[name], "bold"), f"  {name.ljust(8)}", (visible(words), "$text-muted"))
            for name, words in self._words.items()
        ]
        box = PlainStatic(Content("\n").join(lines))
        box.border_title = f"copy · {self._marks} marked" if self._marks else "copy"
        box.name_keys("? help · esc close")
        yield box

    def action_choose(self, name: str) -> None:
        if name in self._words:
            self.dismiss(name)
