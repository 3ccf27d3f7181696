"""How long until the first frame: seedtui against an empty Textual app, by turns, in a pseudo terminal.

.venv/bin/python tests/bench/first_frame.py [TURNS]
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import sys
import tempfile
import time

EMPTY = "from textual.app import App; App().run()"
OURS = "from seedtui.cli.main import main; main()"
FRAME = b"\x1b[2;1H"
"""The second line of a frame is being drawn."""

ANSWERS = {b"\x1b[>q": b"\x1bP>|XTerm(379)\x1b\\", b"\x1b[16t": b"\x1b[6;17;8t", b"\x1b[c": b"\x1b[?62;22c"}
"""What a plain terminal says to questions about itself, at once."""


def seconds_to_first_frame(code: str) -> float:
    """From the start of the process to its first frame, in a terminal that answers what Textual asks."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        os.execv(sys.executable, [sys.executable, "-c", code])
    seen = b""
    try:
        while FRAME not in seen and select.select([terminal], [], [], 30)[0]:
            new = os.read(terminal, 65536)
            seen += new
            for question, answer in ANSWERS.items():
                if question in new:
                    os.write(terminal, answer)
        return time.perf_counter() - began
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    times: dict[str, list[float]] = {"empty Textual app": [], "seedtui": []}
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEEDTUI_HOME"] = home
        for _ in range(turns):
            for name, code in zip(times, (EMPTY, OURS), strict=True):
                times[name].append(seconds_to_first_frame(code))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:18} {median * 1000:6.0f} ms")
    print(f"ratio              {medians['seedtui'] / medians['empty Textual app']:6.2f}")


if __name__ == "__main__":
    main()
