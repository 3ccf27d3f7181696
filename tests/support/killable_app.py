"""The real app on a real library, in a terminal, to be killed; with an engine that paints at once, a little at a time.

    python -m tests.support.killable_app HOME

Each line on stdin runs it once, ``SESSION EVENTS SECONDS SIGNAL``: the session is reopened (``-`` for a new one), the
round that was not finished is run again by key, and new ones by key after it, until that many things were
said by the app since; so many seconds later it gets the signal. What the app's state, and so its screen, has said is
in HOME/said: ``round ID``, ``step ID``, ``image ID INDEX SHA256``, ``end ID``. The answer is a line on stdout: how the
app ended, and
whether a trace was on the screen. All is imported once, and each run forked.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from seedtui.app.events import EngineEvent
from seedtui.app.launch import Launch
from seedtui.app.state.state import State
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId
from seedtui.terminal import Terminal, make_renderer
from seedtui.ui import app as ui_app
from seedtui.ui import messages as m

LIMIT = 60.0
"""Seconds that one run may take, on a machine that may be busy."""


class Painter(FakeEngine):
    """Speaks as a worker does: not all at once."""

    def events(self) -> Iterator[p.Event]:
        for event in super().events():
            time.sleep(0.004)
            yield event


class Told(ui_app.SeedtuiApp):
    """Says what it shows as it shows it."""

    CSS_PATH = str(Path(ui_app.__file__).with_name("app.tcss"))  # else looked for beside this file

    def __init__(self, home: Path, session: SessionId | None) -> None:
        self._said = os.open(home / "said", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        super().__init__(
            Painter, lambda: Library(home / "library"), make_renderer(Terminal(mode="quad", reason="a test")),
            Launch(prompt=None if session else "a cat", session=session),
        )  # fmt: skip

    def say(self, *words: object) -> None:
        os.write(self._said, (" ".join(map(str, words)) + "\n").encode())

    def _show_change(self, old: State, state: State) -> None:
        super()._show_change(old, state)
        for round_id, round_view in state.round_views.items():
            before = old.round_views.get(round_id)
            if round_view is before:
                continue
            for index, record in enumerate(round_view.records):
                if record and not (before and before.records[index]):
                    self.say("image", round_id, index, record.sha256)
            if before is None:
                self.say("round", round_id)
            elif round_view.status == "done" != before.status:
                self.say("end", round_id)

    def on_backend_message(self, message: m.BackendMessage) -> None:
        super().on_backend_message(message)
        match message.event:
            case EngineEvent(event=p.Step(round_id)):
                self.say("step", round_id)
            case EngineEvent(event=p.Loaded()):
                self.say("loaded")


def run(home: Path, session: str, events: int, seconds: float, number: int) -> str:
    """One run, from its start to its end."""
    said = home / "said"
    said.write_bytes(b"")
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        for one in (signal.SIGHUP, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        app = Told(home, None if session == "-" else SessionId(session))
        app.run()
        os._exit(app.return_code or 0)
    screen = b""
    pressed = heard = base = 0
    resumed = session == "-"
    due = killed = 0.0
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.001)[0]:
            try:
                screen += os.read(terminal, 65536)
            except OSError:  # its end of the terminal is closed
                break
        lines = said.read_bytes().decode().splitlines()
        heard = len(lines) - base if resumed else 0
        if not resumed and "loaded" in lines and any(line.startswith("round") for line in lines):
            resumed, base = True, len(lines)
            os.write(terminal, b"\x12")  # ctrl+r: the round that was not finished
            os.write(terminal, b"n")  # and a new one
        ends = sum(line.startswith("end") for line in lines)
        if resumed and ends > pressed:
            pressed = ends
            os.write(terminal, b"n")
        if not due and heard >= events:
            due = time.monotonic() + seconds
        if due and not killed and time.monotonic() >= due:
            killed = time.monotonic()
            os.kill(pid, number)
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return f"{os.waitstatus_to_exitcode(status)} {heard} {b'Traceback' in screen}"


def main(home: Path) -> None:
    for line in sys.stdin:
        session, events, seconds, number = line.split()
        print(run(home, session, int(events), float(seconds), int(number)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
