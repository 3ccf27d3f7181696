"""Scouting, culling and finishing without a screen, to be killed; with an engine that paints a little at a time.

    python -m tests.support.killable_scout HOME

Each line on stdin runs it once, as a fork, for at most so many seconds: the newest session is reopened, and what was
left undone goes on. HOME/said has what it called done, after it was: ``image ROUND INDEX SHA256``, ``culled INDEX``;
and ``made ROUND INDEX`` before. The answer is a line on stdout: ``complete`` or ``killed``.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from seedtui.app.state.state import State
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from tests.support.headless import Headless

SEEDS = 40
KEPT = frozenset(range(0, SEEDS, 5))


class Painter(FakeEngine):
    """Speaks as a worker does: not all at once. What a scout round saves is there before its image."""

    def __init__(self, said: int) -> None:
        super().__init__()
        self._said = said

    def send(self, request: p.Request) -> None:
        if isinstance(request, p.Run) and request.round.stop:
            Path(request.saved).mkdir(parents=True, exist_ok=True)
            Path(request.saved, f"{request.round.shots[0].seed}.safetensors").write_bytes(b"state")
        super().send(request)

    def events(self) -> Iterator[p.Event]:
        for event in super().events():
            time.sleep(0.002)
            if isinstance(event, p.ImageReady):
                os.write(self._said, f"made {event.round_id} {event.index}\n".encode())
            yield event


class Told(Headless):
    """Says what it would show."""

    def __init__(self, home: Path) -> None:
        said = self._said = os.open(home / "said", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        with Library(home / "library") as library:
            sessions = library.sessions()
        super().__init__(home, lambda number: Painter(said), sessions[0].id if sessions else None)
        if sessions:
            self.until(lambda: self.state.round_view)

    def say(self, *words: object) -> None:
        os.write(self._said, (" ".join(map(str, words)) + "\n").encode())

    def changed(self, old: State, new: State) -> None:
        for round_id, view in new.round_views.items():
            before = old.round_views.get(round_id)
            if view is before or before is None:
                continue
            for index, record in enumerate(view.records):
                if record and before.records[index] is None:
                    self.say("image", round_id, index, record.sha256)


def live(home: Path) -> None:
    """One run, from wherever the last one was."""
    app = Told(home)
    scouting = app.controller.scouting
    if not app.state.lineage.rounds:
        app.scout(f"0-{SEEDS - 1}")
    scouted = next(round_ for round_ in app.state.lineage.rounds if round_.kind == "scout")
    app.controller.pictures.show(scouted)
    if app.view.status != "done":
        app.controller.rounds.run_again(scouted)
        app.until(lambda: app.view.status == "done")
    for index in range(0, SEEDS, 5):
        if index not in app.view.seen:
            scouting.see(range(index, index + 5))
            scouting.keep([index], True)
            scouting.reject([index + 1], True)
            app.until_written()
            app.say("culled", index)
    if scouting.finish():
        app.until(lambda: {view.status for view in app.state.round_views.values()} == {"done"})
    app.close()


def main(home: Path) -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            live(home)
            os._exit(0)
        end = time.monotonic() + float(line)
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() >= end:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                print("killed", flush=True)
                break
            time.sleep(0.001)
        else:
            print("complete", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
