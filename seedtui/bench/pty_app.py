"""The app in a pseudo terminal that answers like a plain xterm, for measurements from outside."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Mapping

OURS = "from seedtui.cli.main import main; main()"
ANSWERS = {b"\x1b[>q": b"\x1bP>|XTerm(379)\x1b\\", b"\x1b[16t": b"\x1b[6;17;8t", b"\x1b[c": b"\x1b[?62;22c"}
"""A plain terminal's answers to questions about itself."""


class PtyApp:
    """`seedtui WORDS` on 120 columns and 40 rows, with `environ` added; `code` is run in its place.

    Only `read` reads its output.
    """

    def __init__(self, *words: str, code: str = OURS, environ: Mapping[str, str] | None = None) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})}
            for name in ("TMUX", "NO_COLOR", "SSH_CONNECTION"):
                os.environ.pop(name, None)
            os.execv(sys.executable, [sys.executable, "-c", code, *words])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        """Output that comes within that time; returns as soon as there is some. Empty at the end of the app, too."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            new = os.read(self.fd, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            return b""
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
