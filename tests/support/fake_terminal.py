"""A terminal for tests: runs a program in a pty, shows its output on a `VirtualTerminal`, answers and types."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Queue

from seedtui.terminal.renderers.cells import PLACEHOLDER
from seedtui.terminal.renderers.diacritics import MARKS
from tests.support.virtual_terminal import CELL, Manners, VirtualTerminal


class FakeTerminal:
    """Runs a command in a pty and shows its output on a `VirtualTerminal`. Use as a context manager."""

    def __init__(
        self, command: list[str], environ: dict[str, str], manners: Manners | None = None,
        columns: int = 100, rows: int = 30,
    ) -> None:  # fmt: skip
        self._manners = manners or Manners()
        self.virtual = VirtualTerminal(columns, rows, self._manners, self.type)
        self.lock = threading.RLock()
        self._master = -1
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * CELL[0], rows * CELL[1]))
            for number in (signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)  # a runner under nohup hands down that it ignores them
            os.execvpe(command[0], command, environ)
        self.raw = b""
        self._write_queue: Queue[tuple[float, str] | None] = Queue()
        self._inbox: Queue[bytes | None] = Queue()  # tmux throws output away if it is not read at once
        works = (self._read, self._show, self._deliver)
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def type(self, text: str) -> None:
        """What the user types, or the terminal answers; it arrives in order, after the link's delay both ways."""
        self._write_queue.put((time.monotonic() + 2 * self._manners.delay, text))

    def _deliver(self) -> None:
        while item := self._write_queue.get():
            due, text = item
            time.sleep(max(0.0, due - time.monotonic()))
            with suppress(OSError):
                os.write(self._master, text.encode())

    def wait(self, condition: Callable[[VirtualTerminal], object], seconds: float = 10.0) -> None:
        """Until `condition` of the glass holds.

        Raises:
            TimeoutError: it did not; the message shows the screen.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.lock:
                if condition(self.virtual):
                    return
            time.sleep(0.02)
        raise TimeoutError(f"the screen shows\n{self.text}")

    def settle(self, quiet: float = 0.3) -> None:
        """Until nothing has come for `quiet` seconds."""
        seen = -1
        while len(self.raw) != seen:
            seen = len(self.raw)
            time.sleep(quiet)

    @property
    def text(self) -> str:
        """The screen as lines, with ▓ for cells of pictures."""
        with self.lock:
            lines = "\n".join(line.rstrip() for line in self.virtual.screen.display)
        return re.sub(f"{PLACEHOLDER}[{''.join(MARKS)}]*", "▓", lines)

    def resize(self, columns: int, rows: int) -> None:
        size = struct.pack("HHHH", rows, columns, columns * CELL[0], rows * CELL[1])
        with self.lock:
            self.virtual.screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def signal(self, number: int) -> None:
        os.kill(self._pid, number)

    def finish(self, seconds: float = 10.0) -> int:
        """Waits for the command to end by itself; its exit status, or minus the signal that ended it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._pid = 0
                self._threads[1].join(2)
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        raise TimeoutError(f"still running\n{self.text}")

    def __enter__(self) -> FakeTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        self._write_queue.put(None)
        for thread in self._threads:
            thread.join(2)
        os.close(self._master)

    def _read(self) -> None:
        data: bytes | None = b"-"
        while data:
            try:
                if not select.select([self._master], [], [], 0.5)[0]:
                    continue
                data = os.read(self._master, 65536)
            except (OSError, ValueError):
                data = None
            self._inbox.put(data or None)

    def _show(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while data := self._inbox.get():
            with self.lock:
                self.raw += data
                self.virtual.feed(decoder.decode(data))
