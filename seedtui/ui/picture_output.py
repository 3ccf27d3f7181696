"""Pictures on their way to the terminal, and what makes the app send them again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from textual.app import App
from textual.timer import Timer

from seedtui.terminal import Pacer, Renderer
from seedtui.terminal.output.picture_writer import PictureWriter
from seedtui.terminal.probe.modes import PIXELS
from seedtui.ui.textual_internals import write_raw, write_through

SETTLED = 0.45
"""Seconds after the last change of the terminal's size until it is at rest, with tmux in it."""


class PictureOutput:
    """Everything that `app` shows goes through it. `send_again` has all widgets send their pictures again."""

    def __init__(self, app: App[None], renderer: Renderer, send_again: Callable[[], None]) -> None:
        self._app = app
        asks = renderer.name in PIXELS  # such a terminal has answered before
        self.pacer = Pacer(renderer.previews_per_second, renderer.bytes_per_second, asks=asks)
        self.writer = PictureWriter(renderer, self.pacer, self.write, send_again)
        self._settling: Timer | None = None
        write_through(self.writer.show)

    def write(self, sequences: str) -> None:
        """Send the terminal whole escape sequences."""
        if sequences:
            write_raw(self._app, sequences)

    def begin(self) -> None:
        """Watch for pictures that the terminal loses; draw all again when the app goes on after a suspension."""
        self._app.run_worker(self.writer.watch(), group="losses")
        self._app.app_resume_signal.subscribe(self._app, lambda _: self.redraw())

    def resized(self) -> None:
        """The terminal has another size."""
        self.writer.resized()
        if self._settling is not None:
            self._settling.stop()
        self._settling = self._app.set_timer(SETTLED, lambda: self._begin(self.writer.settled()))

    def focused(self) -> None:
        """The terminal has the focus again."""
        if self.writer.lost_in_the_background:
            self.again()

    def again(self) -> None:
        """Send all pictures again."""
        self.writer.resized()
        self._begin(self.writer.again())

    def redraw(self) -> None:
        """Write the whole screen again, with its pictures."""
        self.again()
        self._app.refresh(layout=True)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._app.run_worker(work, group="again", exclusive=True)
