"""Compares two pictures: side by side, one in place of the other, and their difference."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.getters import query_one
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer

from seedtui.app.pictures.compared_pair import Side
from seedtui.core.images.difference import Difference, compare, heat_map
from seedtui.core.images.picture import Picture
from seedtui.core.text.display import visible
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.keys.table import bindings
from seedtui.ui.viewport import Layer, Viewport
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.compare_pane import ComparePane
from seedtui.ui.widgets.plain import PlainStatic

SIDES: tuple[Layer, ...] = ("a", "b")


class CompareScreen(Screen[None]):
    """Shows two `sides`, whose pictures come with `show_pictures`. `send` is as in the main screen."""

    BINDINGS = bindings("compare")

    DEFAULT_CSS = """
    CompareScreen #title, CompareScreen #figures { height: 1; padding: 0 1; color: $text-muted; }
    CompareScreen #both { height: 1fr; }
    CompareScreen #alone { display: none; }
    CompareScreen.-alone #both { display: none; }
    CompareScreen.-alone #alone { display: block; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    viewport: reactive[Viewport] = reactive(Viewport(), init=False)

    title_line = query_one("#title", PlainStatic)
    figures = query_one("#figures", PlainStatic)

    def __init__(self, renderer: Renderer, send: Send, sides: tuple[Side, Side]) -> None:
        super().__init__()
        self.sides = sides
        self._panes = [
            ComparePane(renderer, send, ["a"], sharing=2, resized=self._draw, id="a"),
            ComparePane(renderer, send, ["b"], sharing=2, resized=self._draw, id="b"),
            ComparePane(renderer, send, ["a", "b", "heat"], sharing=1, resized=self._draw, id="alone"),
        ]
        self.difference: Difference | None = None
        self._pictures: dict[Layer, Picture] = {}
        self._words = "reading…"
        self._settling: Timer | None = None
        self._terminal: Size | None = None

    def compose(self) -> ComposeResult:
        yield PlainStatic(id="title")
        with Horizontal(id="both"):
            yield from self._panes[:2]
        yield self._panes[2]
        yield PlainStatic("comparing…", id="figures")
        yield KeyFooter()

    def on_mount(self) -> None:
        self._begin()

    def on_unmount(self) -> None:
        for pane in self._panes:  # not the query: they are no longer on the screen
            pane.release()

    def on_resize(self, event: Resize) -> None:
        before, self._terminal = self._terminal, event.size
        if before in (None, event.size):
            return  # the screen just opened: nothing has been sent yet
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(0.4, self.send_again)

    def send_again(self) -> None:
        """Send the terminal all pictures again."""
        for pane in self._panes:
            pane.send_again()

    def show_pictures(self, round_id: str, pictures: Mapping[int, Picture]) -> None:
        """Take the pictures of the two sides from those of a round, by index."""
        for layer, side in zip(SIDES, self.sides, strict=True):
            if side.place[0] == round_id and side.place[1] in pictures:
                self._pictures.setdefault(layer, pictures[side.place[1]])
        if self.is_mounted:
            self._begin()

    def watch_viewport(self) -> None:
        self.set_class(self.viewport.alone, "-alone")
        self._draw()

    def action_blink(self) -> None:
        self.viewport = self.viewport.blink()

    def action_heat(self) -> None:
        self.viewport = self.viewport.heat()

    def action_full(self) -> None:
        self.viewport = self.viewport.full()

    def action_nearer(self) -> None:
        self.viewport = self.viewport.nearer()

    def action_farther(self) -> None:
        self.viewport = self.viewport.farther()

    def action_pan(self, across: int, down: int) -> None:
        self.viewport = self.viewport.pan(across, down)

    def action_back(self) -> None:
        back = self.viewport.back()
        if back is None:
            self.action_close()
        else:
            self.viewport = back

    def action_close(self) -> None:
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("pan", "farther"):
            return self.viewport.zoom > 1
        return True

    def _begin(self) -> None:
        """Draw the pictures that have arrived; once both have, measure how much they differ."""
        if all(layer in self._pictures for layer in SIDES) and "heat" not in self._pictures:
            self._measure(self._pictures["a"], self._pictures["b"])
        self._draw()

    @work(group="measure", exclusive=True)
    async def _measure(self, one: Picture, other: Picture) -> None:
        self.difference, heat = await asyncio.to_thread(lambda: (compare(one, other), heat_map(one, other)))
        if heat is not None:
            self._pictures["heat"] = heat
        else:
            self._words = "different sizes: there is no difference to draw"
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or not self.query(KeyFooter):
            return
        look = self.viewport
        if look.alone:
            self._show(self._panes[2], look.layer)
        else:
            for pane, layer in zip(self._panes, SIDES, strict=False):
                self._show(pane, layer)
        self._say(look)
        self.refresh_bindings()

    def _show(self, pane: ComparePane, layer: Layer) -> None:
        side = self.sides[SIDES.index(layer)] if layer in SIDES else None
        label = f"{layer.upper()} · {side.label}" if side else self._heat_label()
        picked = side is not None and side.picked
        pane.show(layer, self._pictures.get(layer), self.viewport, label, picked=picked, words=self._words)

    def _heat_label(self) -> str:
        largest = self.difference.largest if self.difference else 0
        return f"difference · brightest {largest}/255" if largest else "difference"

    def _say(self, look: Viewport) -> None:
        prompts = [visible(side.prompt) for side in self.sides]
        one, other = prompts
        title = one if one == other else f"{one}  →  {other.removeprefix(one)}"
        words = Content.assemble(("compare", "bold $foreground"), "   ", title)
        self.title_line.update(words.truncate(max(1, self.size.width - 2), ellipsis=True))
        near = f"   {look.zoom}x" if look.zoom > 1 else ""
        self.figures.update(Content.assemble((self._figures(), "$foreground"), near))

    def _figures(self) -> str:
        if self.difference is not None:
            return self.difference.measured
        if len(self._pictures) < 2:
            return "reading…"
        a, b = self._pictures["a"], self._pictures["b"]
        if (a.width, a.height) != (b.width, b.height):
            return f"different sizes: {a.width}x{a.height} and {b.width}x{b.height}"
        return "comparing…"
