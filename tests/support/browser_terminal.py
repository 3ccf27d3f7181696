"""xterm.js with its image addon in a headless Chromium, which is the terminal of VS Code, with a program in it.

Keys go in as the browser gets them; what the program writes is kept; the line between the two may be slow.

    with chromium(tmp_path / "profile") as browser, BrowserTerminal(browser, ["tmux"], 150, 47) as terminal:
        terminal.press("ctrl+b", "percent")
        terminal.look().save("split.png")

`tests/e2e/xtermjs.sh` fetches xterm.js.
"""

from __future__ import annotations

import fcntl
import os
import pty
import queue
import select
import signal
import struct
import termios
import threading
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.support.chromium import PROGRAM, Chromium, ChromiumError
from tests.support.programs import CHECKOUT
from tests.support.windows import TerminalWindow, missing, until

PACKAGES = CHECKOUT / ".xtermjs_cache" / "node_modules" / "@xterm"
_SCRIPTS = (
    PACKAGES / "xterm" / "lib" / "xterm.js",
    PACKAGES / "addon-image" / "lib" / "addon-image.js",
    Path(__file__).with_suffix(".js"),
)
_STYLE = PACKAGES / "xterm" / "css" / "xterm.css"

IMAGES: Mapping[str, object] = {"enableSizeReports": True, "sixelSupport": True, "iipSupport": True}
"""VS Code's options of the image addon, where its setting `terminal.integrated.enableImages` is on."""

FONT_SIZE = 13.3
"""Of DejaVu Sans Mono: cells of 8 by 16 pixels, as near as can be."""


def lacking() -> str:
    """What is missing here for a `BrowserTerminal`; empty if nothing."""
    return missing(PROGRAM) or ("" if _SCRIPTS[0].exists() else "xterm.js (tests/e2e/xtermjs.sh fetches it)")


@dataclass(frozen=True)
class Line:
    """What is between a program and its terminal.

    `rate` is in bytes a second, 0 for as fast as can be; `delay` in seconds, each way. `holds` is how many bytes may
    wait to be sent before the program has to wait, as ssh and the kernels at both ends hold some.
    """

    rate: float = 0.0
    delay: float = 0.0
    holds: int = 128 * 1024

    @property
    def most(self) -> float:
        """Bytes that are waiting and on their way, at most."""
        return self.holds + self.rate * self.delay


DIRECT = Line()


@dataclass
class Written:
    """What the program has written so far, in pieces as they were read, and when."""

    pieces: list[tuple[float, bytes]] = field(default_factory=list)

    def since(self, when: float = 0.0) -> bytes:
        """What was written after that `time.monotonic`."""
        return b"".join(piece for at, piece in self.pieces if at > when)

    def settle(self, quiet: float = 0.3, seconds: float = 60) -> None:
        """Wait until nothing has come for `quiet` seconds."""
        until(lambda: not self.pieces or time.monotonic() - self.pieces[-1][0] > quiet, "quiet", seconds)


class Frame(NamedTuple):
    """A frame that the browser drew: when, in seconds, and the opacity (0 to 255) of the pictures at each point."""

    time: float
    opacities: list[int]


class BrowserTerminal(TerminalWindow):
    """A page with xterm.js, and a command in a pty. Use as a context manager.

    `line` can be changed at any time. `images` are the options of the image addon; None for none, as in VS Code
    unless its user changes a setting. `pixels`: whether the pty tells the window's size in pixels.
    """

    def __init__(
        self,
        browser: Chromium,
        command: Sequence[str],
        columns: int,
        rows: int,
        environ: Mapping[str, str] | None = None,
        *,
        line: Line = DIRECT,
        images: Mapping[str, object] | None = IMAGES,
        font_size: float = FONT_SIZE,
        pixels: bool = True,
    ) -> None:
        self.columns, self.rows, self.line = columns, rows, line
        self.written = Written()
        self._pixels = pixels
        self._page = browser.page()
        self._open_page(font_size, images)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, self._winsize())
        self._pid = os.fork()
        if self._pid == 0:
            os.login_tty(slave)
            for number in (signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            os.execvpe(command[0], [*command], {**_environment(), **(environ or {})})
        os.close(slave)
        self._to_page: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
        self._to_program: queue.Queue[tuple[float, str] | None] = queue.Queue()
        self._held = 0
        self._page.on_call("sendToProgram", lambda text: self._to_program.put((time.monotonic(), text)))
        self._closing = False
        works = (self._read, self._show, self._deliver)
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    @property
    def cell(self) -> tuple[float, float]:
        return self._size[0], self._size[1]

    def look(self) -> Image.Image:
        return self._page.look(round(self._size[2]), round(self._size[3]))

    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(self._page.evaluate("terminal.text()"))

    def press(self, *keys: str) -> None:
        for name in keys:
            *held, key = name.split("+") if len(name) > 1 else [name]
            key, code, text = _key(key)
            self._page.press(key, code, "" if "ctrl" in held else text, ctrl="ctrl" in held, shift="shift" in held)

    def type(self, text: str) -> None:
        for character in text:
            self._page.press(*_key(character))

    def hover(self, column: float, row: float) -> None:
        self._page.point(column * self.cell[0], row * self.cell[1])

    def focus(self) -> None:
        self._page.evaluate("terminal.focus(true)")

    def blur(self) -> None:
        """Take the keys from it, as when another window is clicked."""
        self._page.evaluate("terminal.focus(false)")

    def resize(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._page.evaluate(f"terminal.resize({columns}, {rows})")
        self._measure()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, self._winsize())

    def watch(self, points: Sequence[tuple[float, float]]) -> None:
        """From now on keep for every frame how opaque the pictures are at `points`: columns and rows, in cells."""
        self._page.evaluate(f"terminal.watch({dumps(points)})")

    def watched(self) -> list[Frame]:
        """The frames since `watch`, which ends."""
        return [Frame(*frame) for frame in self._page.evaluate("terminal.watched()")]

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGHUP)
        self._to_page.put(None)
        self._to_program.put(None)
        for thread in self._threads:
            thread.join(5)
        os.close(self._master)
        with suppress(TimeoutError):
            until(lambda: os.waitpid(self._pid, os.WNOHANG)[0], "its end", 5)
            self._pid = 0
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        self._page.close()

    def __enter__(self) -> BrowserTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_page(self, font_size: float, images: Mapping[str, object] | None) -> None:
        for script in _SCRIPTS:
            self._page.evaluate(f"{script.read_text()}\n;0")
        options = {
            "columns": self.columns, "rows": self.rows, "fontSize": font_size, "images": images,
            "style": _STYLE.read_text(),
        }  # fmt: skip
        self._page.size(2000, 1500)
        self._page.evaluate(f"globalThis.terminal = openTerminal({dumps(options)}), 0")
        self._measure()

    def _measure(self) -> None:
        self._size: list[float] = self._page.evaluate("terminal.size()")

    def _winsize(self) -> bytes:
        width, height = (round(side) for side in self._size[2:]) if self._pixels else (0, 0)
        return struct.pack("HHHH", self.rows, self.columns, width, height)

    def _read(self) -> None:
        """Take what the program writes, as much as the line holds."""
        while not self._closing:
            if self._held >= self.line.most or not select.select([self._master], [], [], 0.1)[0]:
                time.sleep(0.001)
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                break  # it has ended
            now = time.monotonic()
            self.written.pieces.append((now, data))
            self._held += len(data)
            self._to_page.put((now, data))

    def _show(self) -> None:
        """Give the page what has come through the line."""
        free = 0.0  # when the line is free for the next piece
        while piece := self._to_page.get():
            at, data = piece
            size = 4096 if self.line.rate else len(data)
            for start in range(0, len(data), size):
                part = data[start : start + size]
                if rate := self.line.rate:
                    free = max(free, at) + len(part) / rate
                time.sleep(max(0.0, max(free, at) + self.line.delay - time.monotonic()))
                self._held -= len(part)
                with suppress(ChromiumError):
                    self._page.evaluate(f"terminal.feed('{b64encode(part).decode()}')")
                if self._closing:
                    return

    def _deliver(self) -> None:
        """Give the program what the user types and the terminal answers."""
        while typed := self._to_program.get():
            at, text = typed
            time.sleep(max(0.0, at + self.line.delay - time.monotonic()))
            with suppress(OSError):
                os.write(self._master, text.encode())


def _environment() -> dict[str, str]:
    """As a shell has it in VS Code, but for what says that it is VS Code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSH_", "TMUX"))}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


_KEYS = {
    "Return": ("Enter", 13, "\r"), "Tab": ("Tab", 9, ""), "Escape": ("Escape", 27, ""), "space": (" ", 32, " "),
    "BackSpace": ("Backspace", 8, ""), "Left": ("ArrowLeft", 37, ""), "Up": ("ArrowUp", 38, ""),
    "Right": ("ArrowRight", 39, ""), "Down": ("ArrowDown", 40, ""), "Home": ("Home", 36, ""), "End": ("End", 35, ""),
}  # fmt: skip
"""The DOM's name, code and text of keys as X names them."""

_NAMED = {"question": "?", "percent": "%", "plus": "+", "minus": "-", "slash": "/", "asterisk": "*"}

_PUNCTUATION = 186
"""A key of it. By the code of the character itself some would be other keys."""


def _key(name: str) -> tuple[str, int, str]:
    if name in _KEYS:
        return _KEYS[name]
    character = _NAMED.get(name, name)
    if len(character) != 1:
        raise ValueError(f"no such key: {name}")
    if character == " ":
        return _KEYS["space"]
    return character, ord(character.upper()) if character.isalnum() else _PUNCTUATION, character
