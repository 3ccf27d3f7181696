"""A small app in tmux that finds out what it can draw, and again when another terminal is attached.

Shows the mode, how often it asked, and what is typed.
"""

from __future__ import annotations

import asyncio
import os

from textual.app import App
from textual.events import Event, Key
from textual.widgets import Static

from seedtui.terminal.probe.detect import detect, detect_again
from seedtui.terminal.probe.modes import Terminal
from seedtui.terminal.probe.tmux import Loss, Tmux
from seedtui.ui.keys.key_filter import KeyFilter
from seedtui.ui.textual_internals import write_raw


class Attached(App[None]):
    def __init__(self, terminal: Terminal, tmux: Tmux) -> None:
        super().__init__()
        self.filter = KeyFilter(self, super().on_event, terminal.owes)
        self.tmux, self.found = tmux, terminal
        self.typed, self.times, self.asking = "", 0, False
        self.words = Static(markup=False)

    async def on_event(self, event: Event) -> None:
        await self.filter.on_event(event)

    def compose(self):
        yield self.words

    def on_mount(self) -> None:
        self.tell()
        self.set_interval(0.2, self.look)

    def on_key(self, event: Key) -> None:
        self.typed += event.character or f"<{event.key}>"
        self.tell()

    async def look(self) -> None:
        view = await asyncio.to_thread(self.tmux.view)
        if view.loss is Loss.TERMINAL:
            self.times += 1
        if self.times and view.answered and not self.asking:
            detection = await asyncio.to_thread(detect_again, os.environ, "", self.tmux)
            if detection.interview:
                self.times, self.asking = 0, True

                async def done() -> None:
                    self.asking = False
                    self.found = await asyncio.to_thread(detection.concluded)
                    self.tell()

                self.filter.ask(detection.interview, lambda text: write_raw(self, text), lambda: self.call_later(done))

    def tell(self) -> None:
        found = self.found
        self.words.update(f"mode={found.mode} name={found.name} typed=({self.typed}) cell={found.cell}")


if __name__ == "__main__":
    tmux = Tmux.around(os.environ)
    assert tmux
    try:
        Attached(detect(os.environ, "", tmux), tmux).run()
    finally:
        tmux.restore()
