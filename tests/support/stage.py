"""The app that paints known pictures, in a terminal's window: whether the window shows them, and a tmux for it.

Knows `painting_app` and what tells pixels from blocks; each terminal is a `TerminalWindow`.
"""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from seedtui.core.images.picture import Picture
from tests.support.painting_app import painted
from tests.support.windows import Box, TerminalWindow, likeness, until

PIXELS, SMALL, BLOCKS = 0.97, 0.95, 0.85
"""How alike pictures are at least: as pixels, as a preview's few pixels, and in blocks of a quarter of a cell."""

_FAR = 64
"""By how much of 255 a cell's mean colour is another: more than few colours or a cell's rounding make."""

_BRIGHT = 120
"""Of 255: more than the mean of a cell with a bold letter."""

_CURSORS = 3
"""Cells beside the pictures that may be bright."""

TMUX_CONF = """
set -g focus-events on
set -g default-terminal tmux-256color
set -ga terminal-features ',*:RGB'
set -g remain-on-exit on
"""


@dataclass
class Stage:
    """The app in a terminal's window, and what it tells about where its pictures are."""

    window: TerminalWindow
    home: Path
    measure: Callable[[Image.Image, Picture], float] = likeness
    original: Callable[[int], Picture] = painted
    """What the picture at an index should be."""
    offset: tuple[int, int] = (0, 0)
    """Columns and rows that the app's pane is from the window's corner."""
    strict: bool = False
    """Whether a single cell of another colour than the picture's counts, and bright cells beside the pictures do."""
    shot: Image.Image = field(init=False)
    """What was looked at last."""

    @property
    def mode(self) -> str:
        return self._layout["mode"]

    @property
    def boxes(self) -> list[Box]:
        """Where in the window the pictures are, in cells."""
        across, down = self.offset
        boxes = (Box(left + across, top + down, *size) for left, top, *size in self._layout["boxes"])
        return [box for box in boxes if box.width > 1 and box.height > 1]

    def likenesses(self) -> list[float]:
        """How alike each picture on the screen is to the original."""
        look = self.shot = self.window.look()
        regions = (self.window.region(box, look) for box in self.boxes)
        return [self.measure(region, self.original(seed)) for seed, region in enumerate(regions)]

    def holes(self) -> list[int]:
        """How many cells of each picture, as they were looked at last, have another colour than they should."""
        return [
            wrong_cells(self.window.region(box, self.shot), self.original(seed), box)
            for seed, box in enumerate(self.boxes)
        ]

    def strays(self) -> int:
        """How many cells beside the pictures, as they were looked at last, are brighter than text: left from pictures.

        Those of tmux are not looked at, nor the last row.
        """
        size = (self.window.columns, self.window.rows)
        bright = np.asarray(self.shot.resize(size, Image.Resampling.BOX)).max(-1) > _BRIGHT
        for left, top, width, height in self.boxes:
            bright[top : top + height, left : left + width] = False
        return int(bright[self.offset[1] : -1, self.offset[0] :].sum())

    def shows(self, count: int, at_least: float, name: str) -> None:
        """Wait until `count` pictures are that alike; the screenshot is kept as `name`.png.

        Raises:
            AssertionError: they never are.
        """
        found: list[float] = []
        wrong: list[int] = []
        end = time.monotonic() + 60
        while not (right := len(found) == count and min(found) >= at_least and not any(wrong)):
            if time.monotonic() > end:
                break
            time.sleep(0.2)
            found = self.likenesses() if (self.home / "layout.json").exists() else []
            wrong = [*self.holes(), max(0, self.strays() - _CURSORS)] if found and self.strict else []
        assert found, f"{name}: the app does not tell where its pictures are"
        self.shot.save(self.home / f"{name}.png")
        assert right, f"{name}: {found}, wrong cells of each and beside them {wrong}"

    def shows_covered(self, name: str) -> None:
        """Wait until something lies over a part of the pictures."""
        until(lambda: self.likenesses() and any(self.holes()), f"{name}: covered pictures")
        self.shot.save(self.home / f"{name}.png")

    def shows_none(self, name: str) -> None:
        """Wait until no picture is where it was."""
        until(lambda: max(self.likenesses(), default=0) < 0.5, f"{name}: no pictures")
        self.shot.save(self.home / f"{name}.png")

    def shows_dimmed(self, at_least: float, name: str, seconds: float = 30) -> None:
        """Wait until the last picture is there, in blocks, and less than two thirds as bright as the original."""
        dimmed = lambda: self.likenesses()[-1] >= at_least and self._brightness() < 0.66  # noqa: E731
        until(dimmed, f"{name}: a dimmed picture", seconds)
        self.shot.save(self.home / f"{name}.png")

    def shows_under(self, name: str) -> None:
        """Wait until a dialog covers most of the last picture, and what is in sight of it is dimmed."""
        until(lambda: max(self.likenesses()) < PIXELS and self._brightness() < 0.66, f"{name}: a covered picture")
        self.shot.save(self.home / f"{name}.png")

    def _brightness(self) -> float:
        """Of the last picture as it was looked at, against the original's."""
        boxes = self.boxes
        original = np.frombuffer(self.original(len(boxes) - 1).pixels, np.uint8)
        return float(np.asarray(self.window.region(boxes[-1], self.shot)).mean() / original.mean())

    @property
    def _layout(self) -> dict:
        return json.loads((self.home / "layout.json").read_text())


def wrong_cells(shown: Image.Image, picture: Picture, box: Box) -> int:
    """How many cells of `box` have a mean colour that is not near the original's."""
    original = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    size = (box.width, box.height)
    means = [np.asarray(image.resize(size, Image.Resampling.BOX), float) for image in (shown, original)]
    return int((np.abs(means[0] - means[1]).max(-1) > _FAR).sum())


class Server:
    """A tmux server of the test's own. `wrap` makes a command one that runs where the server does."""

    def __init__(self, home: Path, wrap: Callable[..., list[str]] = lambda *words: list(words), conf: str = "") -> None:
        self._wrap = wrap
        self._file = home / "tmux.conf"
        self._file.write_text(TMUX_CONF + conf)
        self._socket = f"/tmp/seedtui-{uuid.uuid4().hex[:8]}"

    def words(self, *arguments: str) -> list[str]:
        return ["tmux", "-S", self._socket, "-f", str(self._file), *arguments]

    def command(self, *arguments: str) -> list[str]:
        """The same, from where the server is not."""
        return self._wrap(*self.words(*arguments))

    def __call__(self, *arguments: str) -> str:
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=30, check=False).stdout

    def close(self) -> None:
        self("kill-server")
        Path(self._socket).unlink(missing_ok=True)
