"""Pictures on their way to the terminal, and what makes the app send them again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from textual.app import App
from textual.timer import Timer

from seedtui.terminal.output.picture_writer import PictureWriter
from seedtui.terminal.probe.interview import Interview
from seedtui.terminal.reattachment import Reattachment
from seedtui.terminal.renderers.switchable import SwitchableRenderer
from seedtui.ui.textual_internals import write_raw, write_through

SETTLED = 0.45
"""Seconds after the last change of the terminal's size until it is at rest, with tmux in it."""

LOOKS_AGAIN = 0.5
"""Seconds until a terminal that cannot be asked now is tried again: tmux shows another window."""

Ask = Callable[[Interview, Callable[[str], object], Callable[[], object]], None]
"""Asks the terminal by the second, and calls the third when it is over."""


class PictureOutput:
    """Everything that `app` shows goes through it. `send_again` has all widgets send their pictures again.

    With `reattachment` pictures are drawn as fits the terminal that is attached to tmux, which `ask` asks.
    """

    def __init__(
        self, app: App[None], renderer: SwitchableRenderer, send_again: Callable[[], None],
        reattachment: Reattachment | None, ask: Ask,
    ) -> None:  # fmt: skip
        self._app, self._reattachment, self._ask = app, reattachment, ask
        self.writer = PictureWriter(renderer, lambda text: self.write(text), send_again, self._other_terminal)
        self._settling: Timer | None = None
        self._is_asking = False
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
        if self.writer.keeps_pictures:
            self.again()
        else:
            self._check()

    def blurred(self) -> None:
        """Another pane or window has the focus."""
        self._check()

    def again(self) -> None:
        """Send all pictures again."""
        self.writer.resized()
        self._begin(self.writer.again())

    def redraw(self) -> None:
        """Write the whole screen again, with its pictures."""
        self.again()
        self._app.refresh(layout=True)

    def _check(self) -> None:
        """See whether tmux has drawn over the pictures, or shows another window."""
        self._begin(self.writer.check())

    def _begin(self, work: Coroutine[None, None, object]) -> None:
        if self._is_asking:
            work.close()  # all is sent again afterwards
        else:
            self._app.run_worker(work, group="again")

    def _other_terminal(self) -> None:
        if self._reattachment is None:
            self.again()
        elif not self._is_asking:
            self._is_asking = True
            self._app.run_worker(self._ask_again(self._reattachment), group="asking")

    async def _ask_again(self, reattachment: Reattachment) -> None:
        """Find out how the terminal draws pictures, as soon as it can be asked, and draw so."""
        self.writer.rest()
        try:
            while (detection := await asyncio.to_thread(reattachment.detection)).must_wait:
                await asyncio.sleep(LOOKS_AGAIN)
            if detection.interview:
                over = asyncio.Event()
                self._ask(detection.interview, self.write, over.set)
                await over.wait()
            await asyncio.to_thread(reattachment.conclude, detection)
            self.writer.adopt()
        finally:
            self._is_asking = False
        self.redraw()
