"""How long until a typed letter is on the screen: beside a running round of the starter model, and with nothing to do.

The app runs in a pseudo terminal with a real worker. Letters are typed into the prompt one after another.

.venv/bin/python tests/bench/echo.py [LETTERS]
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import sys
import tempfile
import termios
import time

OURS = "from seedtui.cli.main import main; main()"
ANSWERS = {b"\x1b[>q": b"\x1bP>|XTerm(379)\x1b\\", b"\x1b[16t": b"\x1b[6;17;8t", b"\x1b[c": b"\x1b[?62;22c"}
"""What a plain terminal says to questions about itself, at once."""

PAUSE = 0.12
"""Seconds between two letters, as of one who types."""


class Terminal:
    """The app's terminal, whose output is read all the time."""

    def __init__(self, words: list[str]) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color"}
            os.execv(sys.executable, [sys.executable, "-c", OURS, *words])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        """What comes within that time; at once if something is there."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        new = os.read(self.fd, 65536)
        for question, answer in ANSWERS.items():
            if question in new:
                os.write(self.fd, answer)
        return new

    def until(self, pattern: bytes, seconds: float) -> float:
        """Seconds until `pattern` comes. Raises TimeoutError."""
        began, seen = time.perf_counter(), b""
        while time.perf_counter() - began < seconds:
            seen = seen[-200:] + self.read(0.2)
            if re.search(pattern, seen):
                return time.perf_counter() - began
        raise TimeoutError(f"{pattern!r} did not come in {seconds:.0f} s")

    def drain(self, seconds: float) -> None:
        """Read on for that time."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.read(left)

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def close(self) -> None:
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def echoes(terminal: Terminal, letters: int) -> list[float]:
    """Seconds from each letter to its echo. Capitals that the screen has nowhere else."""
    times = []
    for number in range(letters):
        letter = "QXZJ"[number % 4]
        terminal.type(letter)
        times.append(terminal.until(letter.encode(), 10))
        terminal.drain(PAUSE)
    return times


def main() -> None:
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    results = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEEDTUI_HOME"] = home
        terminal = Terminal(["--steps", "999"])
        try:
            terminal.until(b"ready", 120)
            results["with nothing to do"] = echoes(terminal, letters)
            terminal.type("\r")
            terminal.until(rb"\d+/999", 60)
            terminal.type("p")
            terminal.drain(1)
            results["beside a running round"] = echoes(terminal, letters)
        finally:
            terminal.close()
    for name, times in results.items():
        ordered = sorted(times)
        ninth = ordered[int(len(ordered) * 0.9)]
        print(f"{name:24} median {statistics.median(times) * 1000:5.1f} ms   9 of 10 within {ninth * 1000:5.1f} ms")


if __name__ == "__main__":
    main()
