"""The real app on this terminal, with an engine that takes some seconds for a round; a round of one second is long.

python -m tests.support.reporting_app HOME
"""

from __future__ import annotations

import os
import sys
import threading
import time

from seedtui.app.launch import Launch
from seedtui.cli.load_config import load_config
from seedtui.core.rounds.rounds import Round
from seedtui.engine.client import keep_alive
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.ui import reporter
from seedtui.ui.run import run_app

STEPS, PAUSE = 6, 0.4


class Slow(FakeEngine):
    """Takes a step now and then."""

    def __init__(self) -> None:
        super().__init__(by_hand=True)

    def send(self, request: p.Request) -> None:
        if isinstance(request, p.Run):
            threading.Thread(target=self._work, args=(request.round,), daemon=True).start()
        else:
            super().send(request)

    def _work(self, round_: Round) -> None:
        for step in range(1, STEPS + 1):
            time.sleep(PAUSE)
            self._events.put(p.Step(round_.id, step, STEPS, step * PAUSE, ()))
        self.finish(round_)


if __name__ == "__main__":
    os.environ["SEEDTUI_HOME"] = sys.argv[1]
    keep_alive.start_worker = lambda *about: Slow()  # type: ignore[assignment]
    reporter.LONG = 1.0
    code = run_app(Launch(config=load_config(), prompt="an \x1b]2;owl\x07 in the snow"))
    print("left", code)
