"""How long until a typed letter is on the screen: beside a running round of the starter model, and with nothing to do.

The app runs in a pseudo terminal with a real worker. Letters are typed into the prompt one after another.

.venv/bin/python -m tests.bench.echo [LETTERS]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile

from seedtui.bench.pty_app import PtyApp

PAUSE = 0.12
"""Seconds between two letters, as of one who types."""


def echoes(app: PtyApp, letters: int) -> list[float]:
    """Seconds from each letter to its echo. Capitals that the screen has nowhere else."""
    times = []
    for number in range(letters):
        letter = "QXZJ"[number % 4]
        app.type(letter)
        times.append(app.until(letter.encode(), 10))
        app.drain(PAUSE)
    return times


def main() -> None:
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    results = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEEDTUI_HOME"] = home
        app = PtyApp("--steps", "999")
        try:
            app.until(b"ready", 120)
            results["with nothing to do"] = echoes(app, letters)
            app.type("\r")
            app.until(rb"\d+/999", 60)
            app.type("p")
            app.drain(1)
            results["beside a running round"] = echoes(app, letters)
        finally:
            app.close()
    for name, times in results.items():
        ordered = sorted(times)
        ninth = ordered[int(len(ordered) * 0.9)]
        print(f"{name:24} median {statistics.median(times) * 1000:5.1f} ms   9 of 10 within {ninth * 1000:5.1f} ms")


if __name__ == "__main__":
    main()
