"""Compares up to four pictures: beside each other, one in place of the others, and their difference from the first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from textual import work
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Grid
from textual.content import Content
from textual.events import MouseScrollDown, MouseScrollUp
from textual.getters import query_one
from textual.layout import Layout
from textual.reactive import reactive
from textual.screen import Screen

from seedtui.app.pictures.compared_images import Side
from seedtui.app.state.job import ImageRef
from seedtui.core.images.difference import compare, heat_map
from seedtui.core.images.picture import Picture
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.comparison import Comparison
from seedtui.ui.keys.table import bindings
from seedtui.ui.viewport import PICTURES, Layer, Viewport
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.compare_pane import ComparePane
from seedtui.ui.widgets.grid.even_grid import EvenGrid
from seedtui.ui.widgets.plain import PlainStatic


class Source(Protocol):
    """Where the pictures come from."""

    def find(self, image: ImageRef) -> Picture | None:
        """A picture; None if it is read first, and given to `CompareScreen.show_pictures` later."""

    def sibling(self, side: Side, step: int, taken: Sequence[ImageRef]) -> Side | None:
        """The image `step` places further in the round of `side` that is not `taken`; None if there is none."""


class _EvenPanes(Grid):
    """All pictures beside each other, in frames of the same size."""

    @property
    def layout(self) -> Layout:
        """Textual's hook: how the panes are placed."""
        return self._even

    _even = EvenGrid()


class CompareScreen(Screen[None]):
    """Shows two to four `sides`. `send` is as in the main screen; `note` is said beside the figures."""

    BINDINGS = bindings("compare")

    DEFAULT_CSS = """
    CompareScreen #title, CompareScreen #figures { height: 1; padding: 0 1; color: $text-muted; }
    CompareScreen #all { height: 1fr; grid-size: 2; grid-gutter: 0; }
    CompareScreen #alone { display: none; }
    CompareScreen.-alone #all { display: none; }
    CompareScreen.-alone #alone { display: block; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    viewport: reactive[Viewport] = reactive(Viewport(), init=False)

    title_line = query_one("#title", PlainStatic)
    figures = query_one("#figures", PlainStatic)

    def __init__(self, renderer: Renderer, send: Send, sides: Sequence[Side], source: Source, note: str = "") -> None:
        super().__init__()
        self.comparison = Comparison(sides)
        self._source, self._note = source, note
        self.set_reactive(CompareScreen.viewport, Viewport(len(sides)))
        layers = self.viewport.pictures
        self._panes = [
            ComparePane(renderer, send, [layer], sharing=len(sides), resized=self._draw, id=layer) for layer in layers
        ]
        self._alone = ComparePane(
            renderer, send, [*layers, *self.viewport.differences], sharing=1, resized=self._draw, id="alone"
        )

    def compose(self) -> ComposeResult:
        yield PlainStatic(id="title")
        with _EvenPanes(id="all"):
            yield from self._panes
        yield self._alone
        yield PlainStatic("comparing…", id="figures")
        yield KeyFooter()

    def on_mount(self) -> None:
        for side in self.comparison.sides:
            self._find(side)
        self._begin()

    def on_unmount(self) -> None:
        for pane in (*self._panes, self._alone):  # not the query: they are no longer on the screen
            pane.release()

    def send_again(self) -> None:
        """Send the terminal all pictures again."""
        for pane in (*self._panes, self._alone):
            pane.send_again()

    def show_pictures(self, round_id: str, pictures: Mapping[int, Picture]) -> None:
        """Take the pictures of the sides from those of a round, by index."""
        self.comparison.put(round_id, pictures)
        if self.is_mounted:
            self._begin()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """Textual's hook for the footer: what the arrows do depends on the zoom."""
        active = super().active_bindings
        if self.viewport.zoom > 1:
            return active
        return {key: _stepping(one) if one.binding.id == "compare.left" else one for key, one in active.items()}

    def watch_viewport(self) -> None:
        self.set_class(self.viewport.alone, "-alone")
        self._draw()

    def action_blink(self) -> None:
        self.viewport = self.viewport.blink()

    def action_heat(self) -> None:
        self.viewport = self.viewport.heat()

    def action_full(self) -> None:
        self.viewport = self.viewport.full()

    def action_all(self) -> None:
        self.viewport = Viewport(self.viewport.count)

    def action_nearer(self) -> None:
        self.viewport = self.viewport.nearer()

    def action_farther(self) -> None:
        self.viewport = self.viewport.farther()

    def action_arrow(self, across: int, down: int) -> None:
        """Pan where the picture is larger than its frame, else go to the next picture of a round."""
        if self.viewport.zoom > 1:
            self.viewport = self.viewport.pan(across, down)
        elif across:
            self._step(across)

    def action_close(self) -> None:
        self.dismiss()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_nearer()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_farther()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        look = self.viewport
        if action == "farther":
            return look.zoom > 1
        if action == "all":
            return look.alone or look.zoom > 1
        return look.zoom > 1 or parameters[1:] == (0,) if action == "arrow" else True

    def _step(self, step: int) -> None:
        """Show the next picture of the round in place of the last one, or of the one that is alone."""
        layer, sides = self.viewport.stepped, self.comparison.sides
        side = self._source.sibling(sides[PICTURES.index(layer)], step, [one.place for one in sides])
        if side is not None:
            self.comparison.replace(layer, side)
            self._find(side)
            self._begin()

    def _find(self, side: Side) -> None:
        if picture := self._source.find(side.place):
            self.comparison.put(side.place[0], {side.place[1]: picture})

    def _begin(self) -> None:
        """Draw the pictures that have arrived, and measure how much they differ from the first."""
        if self.comparison.to_measure():
            self._measure()
        self._draw()

    @work(group="measure", exclusive=True)
    async def _measure(self) -> None:
        for layer, pair in self.comparison.to_measure().items():
            found = await asyncio.to_thread(compare, *pair)
            self.comparison.add(layer, pair, found, await asyncio.to_thread(heat_map, *pair))
            self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or not self.query(KeyFooter):
            return
        if self.viewport.alone:
            self._show(self._alone, self.viewport.layer)
        else:
            for pane, layer in zip(self._panes, self.viewport.pictures, strict=True):
                self._show(pane, layer)
        words = Content.assemble(("compare", "bold $foreground"), "   ", self.comparison.title())
        self.title_line.update(words.truncate(max(1, self.size.width - 2), ellipsis=True))
        near = f"   {self.viewport.zoom}x" if self.viewport.zoom > 1 else ""
        note = f"   {self._note}" if self._note else ""
        self.figures.update(Content.assemble((self.comparison.figures(), "$foreground"), near, note))
        self.refresh_bindings()

    def _show(self, pane: ComparePane, layer: Layer) -> None:
        about = self.comparison
        picked = layer in PICTURES and about.sides[PICTURES.index(layer)].picked
        picture, words = about.pictures.get(layer), about.missing(layer)
        pane.show(layer, picture, self.viewport, about.label(layer), picked=picked, words=words)


def _stepping(one: ActiveBinding) -> ActiveBinding:
    return one._replace(binding=replace(one.binding, description="other picture", key_display="←→"))
