"""How long until the first frame: seedtui against an empty Textual app, by turns, in a pseudo terminal.

.venv/bin/python -m tests.bench.first_frame [TURNS]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile

from seedtui.bench.pty_app import OURS, PtyApp

EMPTY = "from textual.app import App; App().run()"
FRAME = rb"\x1b\[2;1H"
"""The second line of a frame is being drawn."""


def seconds_to_first_frame(code: str) -> float:
    """From the start of the process to its first frame."""
    app = PtyApp(code=code)
    try:
        return app.until(FRAME, 30)
    finally:
        app.close()


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
