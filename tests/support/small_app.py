"""A small app with four pictures, run in a pty by the tests.

n: new pictures; p: a preview in each; h: move the highlight; m: a translucent screen over them; r: redraw; q: quit.
"""

from __future__ import annotations

import asyncio
import os
import sys

from seedtui.core.images.picture import Picture
from seedtui.terminal import Drawing, Renderer, prepared_terminal
from seedtui.ui.signals import leave_on_signals
from tests.support.pictures import drawn


def main() -> None:
    with prepared_terminal() as (terminal, renderer, _):
        from rich.segment import Segment
        from textual.app import App, ComposeResult
        from textual.containers import Grid
        from textual.reactive import reactive
        from textual.screen import ModalScreen
        from textual.strip import Strip
        from textual.timer import Timer
        from textual.widget import Widget
        from textual.widgets import Static

        class View(Widget):
            def __init__(self, renderer: Renderer) -> None:
                super().__init__()
                self.renderer, self.picture, self.preview = renderer, drawn(64, 64), False
                self.drawing: Drawing | None = None
                self.sent: Drawing | None = None
                self.strips: list[Strip] = []

            def show(self, picture: Picture, preview: bool = False) -> None:
                self.picture, self.preview = picture, preview
                self.draw_again(self.renderer)

            def draw_again(self, renderer: Renderer) -> None:
                width, height = self.size
                drawing = renderer.draw(self, self.picture, width, height, preview=self.preview, shown=self.sent)
                if drawing is not self.drawing:
                    if drawing.send and drawing is not self.sent:
                        self.app.send(drawing.change if drawing.follows(self.sent) else drawing.send)  # type: ignore[attr-defined]
                        self.sent = drawing
                    self.drawing = drawing
                    self.strips = [Strip(row, width) for row in drawing.rows]
                    self.refresh()

            def on_resize(self) -> None:
                self.draw_again(self.renderer)

            def render_line(self, y: int) -> Strip:
                return self.strips[y] if y < len(self.strips) else Strip.blank(self.size.width, self.rich_style)

        class Edge(Widget):
            """One side of a cell's frame: a widget of its own, so that the picture is not written again with it."""

            shown = reactive(False)

            def render_line(self, y: int) -> Strip:
                mark = ("━" if self.size.width > 1 else "┃") if self.shown else " "
                return Strip([Segment(mark * self.size.width, self.rich_style)], self.size.width)

        class Cell(Widget):
            DEFAULT_CSS = """
            View { height: 1fr; }
            #top { dock: top; height: 1; } #bottom { dock: bottom; height: 1; }
            #left { dock: left; width: 1; } #right { dock: right; width: 1; }
            """

            def compose(self) -> ComposeResult:
                for side in ("top", "bottom", "left", "right"):
                    yield Edge(id=side)
                yield View(renderer)

            def mark(self, picked: bool) -> None:
                for edge in self.query(Edge):
                    edge.shown = picked

        class Over(ModalScreen):
            DEFAULT_CSS = "Over { align: center middle; background: black 50%; } Static { width: 20; }"

            def compose(self) -> ComposeResult:
                yield Static("over the pictures")

        class Small(App):
            CSS = "Grid { grid-size: 2 2; background: black; } #state { height: 1; }"
            count = picked = 0
            look: Timer | None = None

            def compose(self) -> ComposeResult:
                yield Grid(*(Cell() for _ in range(4)))
                yield Static(f"mode {terminal.mode} typed [{terminal.typed}]", id="state", markup=False)

            @property
            def views(self) -> list[View]:
                return list(self.screen_stack[0].query(View))

            def say(self, word: str) -> None:
                self.count += 1
                self.screen_stack[0].query_one("#state", Static).update(f"{word} {self.count}")

            def on_load(self) -> None:
                leave_on_signals(lambda number: self.exit(return_code=128 + number))

            def on_mount(self) -> None:
                self.query(Cell).first().mark(True)

            def key_n(self) -> None:
                for i, view in enumerate(self.views):
                    view.show(drawn(seed=self.count * 4 + i))
                self.say("new")

            def key_p(self) -> None:
                for i, view in enumerate(self.views):
                    view.show(drawn(64, 64, seed=self.count * 4 + i), preview=True)
                self.say("preview")

            def key_h(self) -> None:
                cells = list(self.query(Cell))
                cells[self.picked].mark(False)
                self.picked = (self.picked + 1) % 4
                cells[self.picked].mark(True)
                self.say("highlight")

            def key_m(self) -> None:
                over = len(self.screen_stack) == 1
                if over:
                    self.push_screen(Over())
                else:
                    self.pop_screen()
                for view in self.views:
                    view.draw_again(renderer.flat if over else renderer)
                self.say("over" if over else "back")

            def key_r(self) -> None:
                self.send_again()
                self.say("redraw")

            def on_resize(self) -> None:
                """tmux may have dropped what was sent while it laid its panes out."""
                self.set_timer(0.4, self.send_again)

            def send(self, text: str) -> None:
                self._driver.write(text)
                if self.look is not None:
                    self.look.stop()
                self.look = self.set_timer(0.5, self.look_for_losses)

            async def look_for_losses(self) -> None:
                if renderer.link.lost and await asyncio.to_thread(renderer.link.lost, 0, 0):
                    self.send_again()

            def send_again(self) -> None:
                for view in self.views:
                    if view.sent:
                        self.send(view.sent.send)

            def key_q(self) -> None:
                self.exit()

        app = Small()
        app.run()
    if app.return_code:
        sys.exit(app.return_code)


if __name__ == "__main__":
    main()
    os.write(1, b"ended well\r\n")
