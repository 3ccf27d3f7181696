"""The line of the suffix pane with the hold: for how much of its steps an image follows the pick's own prompt."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive

from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.widgets.plain import PlainStatic

SHARES = (0.0, 0.1, 0.2, 0.4, 0.6)
"""What the key goes through, as shares of the steps."""

LADDER = (0.0, 0.1, 0.2, 0.4)
"""The holds of a round that shows one suffix at several of them."""


class HoldLine(PlainStatic):
    """`chosen` is kept even where it is not `possible`, because the model's steps cannot change the prompt."""

    DEFAULT_CSS = """
    HoldLine { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    chosen: reactive[float] = reactive(0.0)
    possible: reactive[bool] = reactive(True)

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    @property
    def share(self) -> float:
        """The hold of the next refine round."""
        return self.chosen if self.possible else 0.0

    def nudge(self) -> None:
        """Choose the next share, after the last one none again."""
        self.chosen = SHARES[(SHARES.index(self.chosen) + 1) % len(SHARES)]

    def render(self) -> Content:
        if not self.possible:
            return Content("no hold: this model cannot")
        key, key_of_several = (shown_keys(id, self._keymap) for id in ("refine.hold", "refine.holds"))
        words = (f"{'●' if self.chosen else '○'} hold {self.chosen:.0%}", "$foreground" if self.chosen else "")
        return Content.assemble(words, "  ", (key, "bold"), " · ", (key_of_several, "bold"), " several")

    async def on_click(self, event: Click) -> None:
        event.stop()
        await self.run_action("app.act('refine.hold')")
