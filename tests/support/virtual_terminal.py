"""What a terminal shows, rebuilt from the bytes it gets: text with pyte, and kitty's pictures."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pyte
from PIL import Image
from pyte.graphics import FG_BG_256

from seedtui.terminal.renderers.cells import PLACEHOLDER
from seedtui.terminal.renderers.diacritics import MARKS

CELL = (8, 17)


@dataclass(frozen=True)
class Manners:
    """How the terminal answers: empty or None means not at all. `delay` is in seconds, each way.

    `iterm2` and `sixel`: whether it draws such pictures, of which it only moves the cursor. `below`: the cursor is then
    below the picture, otherwise in its last row.
    """

    version: str = "kitty(0.41.1)"
    graphics: str = "OK"
    attributes: str = "?62;c"
    cell: tuple[int, int] | None = CELL
    delay: float = 0.0
    iterm2: bool = False
    sixel: bool = False
    below: bool = False


@dataclass
class Sent:
    """A picture that the terminal holds, shown in `columns` by `rows` cells."""

    image: Image.Image
    columns: int
    rows: int


@dataclass
class Pictures:
    """The terminal's picture memory, fed with graphics commands."""

    held: dict[int, Sent] = field(default_factory=dict)
    received: int = 0
    transmissions: int = 0
    changes: int = 0
    _loading: tuple[dict[str, str], str] | None = None

    def command(self, text: str) -> dict[str, str]:
        control, _, payload = text.partition(";")
        keys = dict(pair.split("=", 1) for pair in control.split(",") if pair)
        if keys.get("a") == "d":
            self._loading = None
            self.held.pop(int(keys["i"]), None)
        elif keys.get("a") != "q":
            self.received += len(text)
            if self._loading:
                first = self._loading[0]
                if first["a"] == "f":  # kitty wants these with each chunk
                    assert (keys.get("a"), keys.get("i")) == ("f", first["i"]), keys
                keys = {**self._loading[0], "m": keys.get("m", "0")}
                payload = self._loading[1] + payload
            self._loading = (keys, payload) if keys.get("m") == "1" else None
            if self._loading is None:
                self.transmissions += 1
                with suppress(OSError, ValueError):  # an old tmux has lost a part: no picture, as in a real terminal
                    image = Image.open(io.BytesIO(b64decode(payload, validate=True))).convert("RGB")
                    self._keep(int(keys["i"]), image, keys)
        return keys

    def _keep(self, id_: int, image: Image.Image, keys: dict[str, str]) -> None:
        if keys["a"] == "T":
            self.held[id_] = Sent(image, int(keys["c"]), int(keys["r"]))
        elif id_ in self.held and self.held[id_].image.size == image.size:  # else an error, as in a real terminal
            assert (keys["a"], keys["r"]) == ("f", "1"), keys
            self.held[id_].image = image
            self.changes += 1

    @property
    def pixels(self) -> int:
        return sum(sent.image.width * sent.image.height for sent in self.held.values())


_TOKEN = re.compile(
    r"\x1b_G(?P<apc>[^\x1b]*)\x1b\\"
    r"|(?P<version>\x1b\[>0?q)"
    r"|(?P<cell>\x1b\[16t)"
    r"|(?P<area>\x1b\[14t)"
    r"|(?P<size>\x1b\[18t)"
    r"|(?P<position>\x1b\[6n)"
    r"|\x1b\]1337;File=(?P<iterm2>[^:]*):[^\x1b\x07]*(?:\x07|\x1b\\)"
    r"|\x1bP[0-9;]*q(?P<sixel>[^\x1b]*)\x1b\\"
    r"|(?P<status>\x1b\[5n)"
    r"|(?P<attributes>\x1b\[0?c)"
    r"|\x1b\[>0?c|\x1b\[>4;\d*m|\x1b\[>\d*u|\x1b\[\?\d*u"
    r"|\x1bP[^\x1b]*\x1b\\|\x1b\][^\x1b\x07]*(?:\x07|\x1b\\)"
)
_UNFINISHED = re.compile(r"\x1b(?:[_P\]][^\x1b]*\x1b?|\[[0-?]*)?\Z")


class VirtualTerminal:
    """What the terminal shows: text in `screen`, pictures in `pictures`. `answer` is called with answers."""

    def __init__(self, columns: int, rows: int, manners: Manners, answer: Callable[[str], None]) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.pictures = Pictures()
        self._stream = pyte.Stream(self.screen)
        self._manners, self._answer = manners, answer
        self._rest = ""

    def feed(self, text: str) -> None:
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        self._rest = text[unfinished.start() :] if unfinished else ""
        text = text[: len(text) - len(self._rest)]
        end = 0
        for token in _TOKEN.finditer(text):
            self._stream.feed(text[end : token.start()])
            end = token.end()
            self._handle(token)
        self._stream.feed(text[end:])

    def _handle(self, token: re.Match[str]) -> None:
        manners = self._manners
        if token["apc"] is not None:
            keys = self.pictures.command(token["apc"])
            if keys.get("a") == "q" and manners.graphics:
                self._answer(f"\x1b_Gi={keys['i']};{manners.graphics}\x1b\\")
        elif token["version"] and manners.version:
            self._answer(f"\x1bP>|{manners.version}\x1b\\")
        elif token["cell"] and manners.cell:
            self._answer(f"\x1b[6;{manners.cell[1]};{manners.cell[0]}t")
        elif token["area"] and manners.cell:
            height, width = self.screen.lines * manners.cell[1], self.screen.columns * manners.cell[0]
            self._answer(f"\x1b[4;{height};{width}t")
        elif token["size"] and manners.cell:
            self._answer(f"\x1b[8;{self.screen.lines};{self.screen.columns}t")
        elif token["position"] and manners.attributes:
            self._answer(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")
        elif token["iterm2"] is not None:
            if manners.iterm2:
                options = dict(pair.split("=") for pair in token["iterm2"].split(";"))
                self._move_over(int(options["height"]))
        elif token["sixel"] is not None:
            if manners.sixel:
                height = int(token["sixel"].split("#")[0].split(";")[3])
                self._move_over(-(-height // (manners.cell or CELL)[1]))
        elif token["status"] and manners.attributes:
            self._answer("\x1b[0n")
        elif token["attributes"] and manners.attributes:
            self._answer(f"\x1b[{manners.attributes}")

    def _move_over(self, rows: int) -> None:
        """The cursor moves as over a picture of so many rows."""
        last = self.screen.lines - 1
        self.screen.cursor.y = min(last, self.screen.cursor.y + rows - (not self._manners.below))

    def placeholders(self) -> dict[tuple[int, int], tuple[int, int, int]]:
        """For each screen cell (row, column) that shows a picture: its id, and the picture's row and column."""
        found = {}
        for y in range(self.screen.lines):
            for x in range(self.screen.columns):
                cell = self.screen.buffer[y][x]
                if cell.data.startswith(PLACEHOLDER) and len(cell.data) == 4:
                    row, column, high = (MARKS.index(mark) for mark in cell.data[1:4])
                    found[y, x] = (high << 24 | _PALETTE[cell.fg], row, column)
        return found

    def rebuilt(self, cell: tuple[int, int] = CELL) -> np.ndarray:
        """The screen's pixels, (rows * height, columns * width, 3), black where no picture is."""
        width, height = cell
        out = np.zeros((self.screen.lines * height, self.screen.columns * width, 3), np.uint8)
        scaled: dict[int, np.ndarray] = {}
        for (y, x), (id_, row, column) in self.placeholders().items():
            if id_ not in self.pictures.held:
                continue
            if id_ not in scaled:
                sent = self.pictures.held[id_]
                size = (sent.columns * width, sent.rows * height)
                scaled[id_] = np.asarray(sent.image.resize(size, Image.Resampling.BILINEAR))
            patch = scaled[id_][row * height : (row + 1) * height, column * width : (column + 1) * width]
            out[y * height : (y + 1) * height, x * width : (x + 1) * width] = patch
        return out


_PALETTE = {FG_BG_256[n]: n for n in range(16, 256)}
