"""How long a round takes in the app, previews on, beside the plain Diffusers script: the starter model, in turns.

    python -m tests.bench.app_rounds [ROUNDS]

The app runs in a pseudo terminal with a real worker; its time is from the key until the screen says that the round
is done. Both are warm. Prints the medians, the median of each turn's ratio, and the processor time of the app itself.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from seedtui.bench.contenders import PlainScript
from seedtui.core.recipes.recipe import Recipe
from seedtui.models.resolve import find_model
from tests.support.pty_app import PtyApp

PROMPT = "Labrador in the style of Vermeer"
STEPS = 50


def processor_seconds(pid: int) -> float:
    """What a process has taken of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def app_round(app: PtyApp) -> tuple[float, float]:
    """Seconds of a round with the next seeds, and of the processors that the app took for it."""
    app.drain(1)
    before = processor_seconds(app.pid)
    began = time.perf_counter()
    app.type("n")
    app.until(rb"4 images in", 120)
    seconds = time.perf_counter() - began
    app.drain(1)  # the finished pictures
    return seconds, processor_seconds(app.pid) - before


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEEDTUI_HOME"] = home
        script = PlainScript(find_model("starter"), Recipe(steps=STEPS), Path(home, "script.log"))
        app = PtyApp(PROMPT, "--steps", str(STEPS))
        try:
            app.until(rb"4 images in", 120)
            script.load()
            script.round(PROMPT)
            turns = [(script.round(PROMPT), *app_round(app)) for _ in range(rounds)]
        finally:
            app.close()
            script.close()
    bare, ours, own = zip(*turns, strict=True)
    print(f"script             {statistics.median(bare):6.2f} s")
    print(f"app                {statistics.median(ours):6.2f} s")
    print(f"ratio              {statistics.median(b / a for a, b, _ in turns):6.3f}")
    print(f"processors, app    {statistics.median(own):6.2f} s a round")


if __name__ == "__main__":
    main()
