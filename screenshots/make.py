"""Makes the pictures of this folder: the real app with the starter model, in tmux, in a terminal on a virtual screen.

    .venv/bin/python -m screenshots.make [NAME ...]

Needs Xvfb, xterm, tmux, the DejaVu fonts and ImageMagick's `import`:
    apt-get install xvfb xterm tmux fonts-dejavu-core imagemagick
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
DISPLAY = ":97"
CELL = (8, 17)
"""Pixels of a cell in xterm with DejaVu Sans Mono 10: a size at which block characters leave no gaps."""

TMUX_CONF = """
set -g status off
set -g default-terminal tmux-256color
set -ga terminal-features ',*:RGB'
set -g focus-events on
set -sg escape-time 10
"""


class Terminal:
    """The app in tmux in xterm. `press` and `wait` are all that a script needs."""

    def __init__(self, columns: int, rows: int, home: Path, command: str) -> None:
        self.columns, self.rows = columns, rows
        self._socket = str(home / "tmux")
        conf = home / "tmux.conf"
        conf.write_text(TMUX_CONF)
        run = f"env COLORTERM=truecolor SEEDTUI_HINTS=false SEEDTUI_HOME={home} {command}"
        self._tmux("-f", str(conf), "new-session", "-d", "-s", "s", "-x", str(columns), "-y", str(rows), run)
        self._xterm = subprocess.Popen(
            ["xterm", "-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", f"{columns}x{rows}+0+0", "-b", "0", "+sb",
             "-bg", "black", "-e", f"tmux -S {self._socket} attach -t s"],
            env=os.environ | {"DISPLAY": DISPLAY},
        )  # fmt: skip

    def press(self, *keys: str) -> None:
        """Press keys, named as tmux does."""
        for key in keys:
            self._tmux("send-keys", "-t", "s", key)
            time.sleep(0.3)

    def wait(self, words: str, seconds: float = 120) -> None:
        """Until `words` are on the screen."""
        self._until(lambda: words in self.text(), words, seconds)

    def wait_gone(self, words: str, seconds: float = 120) -> None:
        """Until `words` are off the screen."""
        self._until(lambda: words not in self.text(), f"no {words}", seconds)

    def text(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "s")

    def shot(self, name: str) -> None:
        """Write the screen as `name`.png."""
        time.sleep(1.2)  # the terminal draws in its own time
        width, height = self.columns * CELL[0], self.rows * CELL[1]
        crop, file = f"{width}x{height}+0+0", HERE / f"{name}.png"
        options = ["-crop", crop, "+repage", "-strip", "-define", "png:compression-level=9", "-colors", "256"]
        subprocess.run(["import", "-display", DISPLAY, "-window", "root", *options, f"PNG8:{file}"], check=True)
        print(file)

    def close(self) -> None:
        self._tmux("kill-server")
        self._xterm.wait()

    def _until(self, true: Callable[[], bool], what: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise SystemExit(f"never on the screen: {what}\n{self.text()}")
            time.sleep(0.2)

    def _tmux(self, *words: str) -> str:
        return subprocess.run(["tmux", "-S", self._socket, *words], check=True, capture_output=True, text=True).stdout


@contextmanager
def virtual_screen() -> Iterator[None]:
    screen = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"])
    time.sleep(1)
    try:
        yield
    finally:
        screen.terminate()
        screen.wait()


@contextmanager
def app(columns: int, rows: int, *words: str) -> Iterator[Terminal]:
    with tempfile.TemporaryDirectory() as home:
        program = Path(sys.executable).with_name("seedtui")
        terminal = Terminal(columns, rows, Path(home), shlex.join([str(program), *words]))
        try:
            terminal.wait("fp32")
            yield terminal
        finally:
            terminal.close()


def wide() -> None:
    """The guide's example: explore, suffixes, refine."""
    with app(120, 40) as terminal:
        terminal.press("Enter")
        terminal.wait("images in")
        terminal.shot("explore")
        terminal.press("Down", "Enter")
        terminal.wait("makes")
        terminal.shot("suffixes")
        terminal.press("C-r")
        terminal.wait_gone("images in")
        terminal.wait("images in")
        terminal.press("Right")
        terminal.shot("refine")


def compared() -> None:
    """A refined strawberry and the one it was picked from; where they differ."""
    with app(120, 40, "a strawberry on a blue background") as terminal:
        terminal.wait("images in")
        terminal.press("r")
        terminal.wait_gone("images in")
        terminal.wait("images in")
        terminal.press("Right", "c")
        terminal.wait("PSNR")
        terminal.shot("compare")
        terminal.press("d")
        terminal.shot("difference")


def pool() -> None:
    """Two workers on the CPU, side by side."""
    with app(120, 40, "--workers", "2", "--images", "16", "an apple on a blue background") as terminal:
        terminal.press("W")
        terminal.wait("seeds 12-15")
        terminal.shot("workers")
        terminal.press("Escape")
        terminal.wait("images in")


def narrow() -> None:
    """The same at 80x24."""
    with app(80, 24, "a rocket on a blue background") as terminal:
        terminal.wait("images in")
        terminal.press("Down", "Enter")
        terminal.wait("makes")
        terminal.shot("narrow")


def main() -> None:
    with virtual_screen():
        for scene in (wide, compared, pool, narrow):
            if len(sys.argv) == 1 or scene.__name__ in sys.argv[1:]:
                scene()


if __name__ == "__main__":
    main()
