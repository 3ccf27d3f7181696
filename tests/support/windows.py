"""Real terminals on a virtual screen: what is typed into them, and what they look like.

Knows X and the terminals' command lines; knows nothing of seedtui.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageGrab

from seedtui.core.images.picture import Picture
from tests.support.programs import CHECKOUT


class Box(NamedTuple):
    """A place on the screen; in cells, or in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Tree:
    """An unpacked Debian whose programs see this Python, this checkout, /tmp and the X display. Needs root."""

    root: Path

    def command(self, *words: str) -> list[str]:
        """`words`, as a command that runs in the tree."""
        shared = {"/proc", "/dev", "/tmp", str(CHECKOUT), sys.prefix, sys.base_prefix}
        lines = [f'mkdir -p "$0{path}" && mount --rbind "{path}" "$0{path}"' for path in sorted(shared)]
        lines.append('exec chroot "$0" "$@"')
        return ["unshare", "--mount", "sh", "-c", " && ".join(lines), str(self.root), *words]


class TerminalWindow(ABC):
    """A terminal that is typed into and looked at, of `columns` by `rows` cells."""

    columns: int
    rows: int

    @property
    @abstractmethod
    def cell(self) -> tuple[float, float]:
        """A cell's width and height in pixels."""

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Press keys, named as X does: ``Return``, ``ctrl+p``."""

    @abstractmethod
    def type(self, text: str) -> None: ...

    @abstractmethod
    def hover(self, column: float, row: float) -> None:
        """Move the mouse to a place in cells."""

    @abstractmethod
    def focus(self) -> None:
        """Give it the keys, as a click on it would."""

    @abstractmethod
    def resize(self, columns: int, rows: int) -> None: ...

    @abstractmethod
    def look(self) -> Image.Image:
        """What it shows."""

    @abstractmethod
    def close(self) -> None:
        """As by the button in its frame."""

    def region(self, cells: Box, image: Image.Image | None = None) -> Image.Image:
        """What it shows in `cells`."""
        across, down = self.cell
        left, top, width, height = cells
        box = (left * across, top * down, (left + width) * across, (top + height) * down)
        return (image or self.look()).crop(tuple(round(side) for side in box))


@dataclass
class Window(TerminalWindow):
    """A terminal's window on a `VirtualScreen`. `corner` is where in it the first cell is, in pixels."""

    display: str
    process: subprocess.Popen[bytes]
    id: str
    columns: int
    rows: int
    corner: tuple[int, int] = (0, 0)

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        said = self._xdotool("getwindowgeometry", self.id)
        width, height = re.findall(r"Geometry: (\d+)x(\d+)", said)[0]
        return int(width), int(height)

    @property
    def cell(self) -> tuple[int, int]:
        """As it was when the window was opened."""
        return self._cell

    def __post_init__(self) -> None:
        width, height = self.pixels
        self._cell = (width // self.columns, height // self.rows)

    def press(self, *keys: str) -> None:
        self._xdotool("key", "--delay", "60", *keys)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "20", text)

    def hover(self, column: float, row: float) -> None:
        x, y = self.corner[0] + column * self._cell[0], self.corner[1] + row * self._cell[1]
        self._xdotool("mousemove", "--window", self.id, str(round(x)), str(round(y)))

    def focus(self) -> None:
        self._xdotool("windowfocus", "--sync", self.id)

    def resize(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._xdotool("windowsize", self.id, str(columns * self._cell[0]), str(rows * self._cell[1]))

    def look(self) -> Image.Image:
        left, top = self.corner
        width, height = self.columns * self._cell[0], self.rows * self._cell[1]
        return ImageGrab.grab(xdisplay=self.display).convert("RGB").crop((left, top, left + width, top + height))

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)

    @property
    def memory(self) -> int:
        """Bytes of main memory that the terminal takes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024

    def _xdotool(self, *words: str) -> str:
        environ = os.environ | {"DISPLAY": self.display}
        return subprocess.run(["xdotool", *words], env=environ, check=True, capture_output=True, text=True).stdout


@dataclass(frozen=True)
class VirtualScreen:
    """A display that nobody sees."""

    display: str

    def open(self, command: list[str], columns: int, rows: int, environ: Mapping[str, str] | None = None) -> Window:
        """Start a terminal by `command`, and give it the keys.

        Raises:
            TimeoutError: no window came.
        """
        before = set(self._windows())
        process = subprocess.Popen(
            command, env={**os.environ, **_QUIET, **(environ or {}), "DISPLAY": self.display},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        told = lambda: f"{command[0]} has ended: {process.poll()}"  # noqa: E731
        until(lambda: set(self._windows()) - before, "a window", 40, told)
        time.sleep(0.5)  # it gets its size
        window = Window(self.display, process, (set(self._windows()) - before).pop(), columns, rows)
        window.focus()
        return window

    def _windows(self) -> list[str]:
        search = ["xdotool", "search", "--onlyvisible", "--maxdepth", "1", "--class", "."]
        environ = os.environ | {"DISPLAY": self.display}
        done = subprocess.run(search, env=environ, capture_output=True, text=True, check=False)
        return done.stdout.split()


_QUIET = {"LIBGL_ALWAYS_SOFTWARE": "1", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


@contextmanager
def virtual_screen(size: str = "1300x900") -> Iterator[VirtualScreen]:
    reading, writing = os.pipe()
    # Without -noreset it starts anew whenever nobody is connected, and drops who comes just then.
    options = ["-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
    command = ["Xvfb", "-displayfd", str(writing), *options]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        number = os.read(reading, 16).decode().strip()
        yield VirtualScreen(f":{number}")
    finally:
        os.close(reading)
        server.terminate()
        server.wait()


def kitty(columns: int, rows: int, *words: str, config: Mapping[str, str] | None = None) -> list[str]:
    """The command line of a kitty of that size that runs `words`."""
    options = {
        "font_family": "DejaVu Sans Mono", "font_size": "10", "remember_window_size": "no",
        "initial_window_width": f"{columns}c", "initial_window_height": f"{rows}c", "window_padding_width": "0",
        "update_check_interval": "0", "confirm_os_window_close": "0", "shell_integration": "disabled",
        "cursor_blink_interval": "0", "repaint_delay": "50", "background": "#000000", "enable_audio_bell": "no",
        "placement_strategy": "top-left", **(config or {}),
    }  # fmt: skip
    settings = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    return ["kitty", "--config", "NONE", *settings, "--", *words]


def xterm(columns: int, rows: int, *words: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command line of an xterm of that size that runs `words`."""
    looks = ["-fa", "DejaVu Sans Mono", "-fs", "10", "-b", "0", "+sb", "-bw", "0", "-bg", "black", "-fg", "white"]
    return ["xterm", *looks, "-geometry", f"{columns}x{rows}+0+0", *options, "-e", *words]


VT340 = ("-ti", "vt340", "-xrm", "XTerm*decTerminalID: vt340", "-xrm", "XTerm*numColorRegisters: 256")
"""Options for an xterm that draws sixel."""


def mlterm(columns: int, rows: int, *words: str) -> list[str]:
    """The command line of an mlterm of that size that runs `words`."""
    looks = {
        "type": "xft", "deffont": "DejaVu Sans Mono", "fontsize": 13, "lsp": 2, "bg": "black", "fg": "white",
        "sbmod": "none", "border": 0, "geometry": f"{columns}x{rows}+0+0",
    }  # fmt: skip
    quiet = {"restart": "false", "logmsg": "false", "im": "none"}
    return ["mlterm", *(f"--{name}={value}" for name, value in (looks | quiet).items()), "-e", *words]


def likeness(shown: Image.Image, picture: Picture, side: int = 48, *, grey: bool = False) -> float:
    """How alike what is shown is to the original: the correlation of their pixels, 1 for the same.

    Both are brought to `side` by `side` pixels first, so that neither a cell's rounding nor the terminal's way
    of scaling counts. A flat region is like nothing: 0.
    """
    original = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    small = [i.convert("L" if grey else "RGB").resize((side, side), Image.Resampling.BOX) for i in (shown, original)]
    a, b = (np.asarray(image, float).ravel() for image in small)
    if a.std() < 1 or b.std() < 1:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def until(true: Callable[[], object], what: str, seconds: float = 30, told: Callable[[], str] = str) -> None:
    """Wait for it. `told` says more of what there is instead.

    Raises:
        TimeoutError: it never came true.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"never: {what}\n{told()}")
        time.sleep(0.1)


def missing(*programs: str) -> str:
    """Which of `programs` are not installed; empty if none."""
    return ", ".join(program for program in programs if shutil.which(program) is None)
