"""The real app with an engine that paints at once, for tests to run in terminals.

    python -m tests.support.painting_app PROMPT

A prompt that ends in a number has that many steps, each with previews; if "held" follows, it ends with them.
Where the pictures are on the screen, below any dialog, is kept in `layout.json` in SEEDTUI_HOME: boxes of cells by
index, [left, top, columns, rows].
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from seedtui.core.images.picture import Picture
from seedtui.core.images.record import pixel_hash
from seedtui.core.rounds.rounds import Round
from seedtui.engine.fake import FakeEngine, image
from seedtui.engine.wire import protocol as p
from seedtui.terminal import Pacer, prepared_terminal
from seedtui.terminal.renderers.fit import fit
from tests.support.pictures import drawn
from tests.support.sequences import pictures_in

SIDE = 512
STEP = 0.15
"""Seconds that a step is said to take."""


class Written:
    """Counts the pictures that the app gives the terminal, so that the engine can wait for each preview."""

    def __init__(self) -> None:
        self.pictures = self.refusals = 0
        self.pause = STEP
        self.counts = True

    def count(self, sequences: str) -> None:
        self.pictures += len(pictures_in(sequences))

    def take(self, pacer: Pacer) -> bool:
        """`Pacer.take`."""
        taken = _TAKE(pacer)
        self.refusals += not taken
        return taken

    def wait(self, pictures: int, refusals: int) -> bool:
        """Until so many are written, and the app is ready for a preview again. False if it was not, and drops these."""
        end = time.monotonic() + 20
        while self.counts and self.pictures < pictures and time.monotonic() < end:
            if self.refusals > refusals:
                time.sleep(0.1)
                return False
            time.sleep(0.01)
        time.sleep(self.pause)
        return True


_TAKE = Pacer.take

WRITTEN = Written()


def painted(seed: int) -> Picture:
    """The picture of that seed."""
    return drawn(SIDE, SIDE, seed)


class Painter(FakeEngine):
    """Paints a round's pictures after as many steps as its prompt says; the app gets to show every preview."""

    def send(self, request: p.Request) -> None:
        if isinstance(request, p.Run):
            self._run(request.round)
        else:
            super().send(request)

    def events(self) -> Iterator[p.Event]:
        for event in super().events():
            before, refusals = WRITTEN.pictures, WRITTEN.refusals
            yield event
            while isinstance(event, p.Step) and not WRITTEN.wait(before + len(event.previews), refusals):
                refusals = WRITTEN.refusals
                yield event

    def _run(self, round_: Round) -> None:
        words = round_.prompt.split()
        held = words[-1] == "held"
        last = words[-1 - held]
        steps = int(last) if last.isdigit() else 0
        for step in range(1, steps + 1):
            previews = (p.Preview(i, s.width, s.height, s.pixels) for i, s in _sketches(step, len(round_.shots)))
            self._events.put(p.Step(round_.id, step, steps, step * STEP, tuple(previews)))
        if held:
            return
        for shot in round_.shots:
            self._events.put(_painting(round_, shot.index))
        self._events.put(p.RoundDone(round_.id, 0.5))


def sketch(step: int, index: int) -> Picture:
    """A preview, as large as a latent is."""
    return drawn(SIDE // 8, SIDE // 8, 1000 + 16 * step + index)


def _sketches(step: int, count: int) -> Iterator[tuple[int, Picture]]:
    yield from ((index, sketch(step, index)) for index in range(count))


def _painting(round_: Round, index: int) -> p.ImageReady:
    picture = painted(round_.shots[index].seed)
    record = replace(image(round_, index).record, sha256=pixel_hash(picture.pixels))
    return p.ImageReady(round_.id, index, picture.width, picture.height, picture.pixels, record)


def main() -> None:
    home = Path(os.environ["SEEDTUI_HOME"])
    with prepared_terminal() as (terminal, renderer, reattachment):
        from textual.screen import ModalScreen

        from seedtui.app.launch import Launch
        from seedtui.library.library import Library
        from seedtui.ui import app as ui_app
        from seedtui.ui.widgets.grid.picture_view import PictureView

        setattr(Pacer, "take", lambda pacer: WRITTEN.take(pacer))  # noqa: B010  # mypy allows no assignment to a method
        cell = (terminal.cell_width, terminal.cell_height)
        WRITTEN.pause = 1.1 / renderer.previews_per_second
        WRITTEN.counts = terminal.mode in ("kitty", "iterm2", "sixel")  # elsewhere pictures are text

        class Told(ui_app.SeedtuiApp):
            """Tells where its pictures are."""

            CSS_PATH = str(Path(ui_app.__file__).with_name("app.tcss"))  # else looked for beside this file

            def on_mount(self) -> None:
                self.set_interval(0.2, self.tell)
                driver = self._driver
                assert driver is not None
                write = driver.write

                def count(sequences: str) -> None:
                    write(sequences)
                    WRITTEN.count(sequences)

                setattr(driver, "write", count)  # noqa: B010  # mypy allows no assignment to a method

            def tell(self) -> None:
                boxes = []
                screen = next(s for s in reversed(self.screen_stack) if not isinstance(s, ModalScreen))
                for view in screen.query(PictureView):
                    left, top, columns, rows = view.region
                    box = fit((SIDE, SIDE), (max(1, columns), max(1, rows)), cell)
                    boxes.append([left + box.left, top + box.top, box.width, box.height])
                file = home / "layout.json"
                file.with_suffix(".new").write_text(json.dumps({"mode": terminal.mode, "boxes": boxes}))
                file.with_suffix(".new").replace(file)

        launch = Launch(prompt=sys.argv[1])
        app = Told(Painter, lambda: Library(home / "library"), renderer, launch, reattachment=reattachment)
        app.run()
    print("the app has ended" + (f" with code {app.return_code}" if app.return_code else ""), flush=True)


if __name__ == "__main__":
    main()
