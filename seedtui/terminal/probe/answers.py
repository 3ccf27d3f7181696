"""Parses a terminal's answers to queries from its input. Pure: does not access the terminal.

| query                     | answer                                | meaning                        |
| ------------------------- | ------------------------------------- | ------------------------------ |
| XTVERSION, ``CSI > q``    | ``DCS > | kitty(0.41.1) ST``          | name and version               |
| kitty graphics, ``a=q``   | ``APC G i=ID;OK ST``                  | it draws pictures              |
| ``CSI 14 t``              | ``CSI 4 ; height ; width t``          | pixels of the text area        |
| ``CSI 16 t``              | ``CSI 6 ; height ; width t``          | pixels of a cell               |
| ``CSI 18 t``              | ``CSI 8 ; rows ; columns t``          | cells of the text area         |
| CPR, ``CSI 6 n``          | ``CSI row ; column R``                | where the cursor is            |
| DA1, ``CSI c``            | ``CSI ? 62 ; 4 c``                    | capabilities; asked last       |
| DSR, ``CSI 5 n``          | ``CSI 0 n``                           | no more answers will follow    |

Every terminal answers DA1, but tmux does not pass on the answer of the outer terminal. It does pass on that to DSR.

Sources: https://sw.kovidgoyal.net/kitty/graphics-protocol/#querying-support-and-available-transmission-mediums
and https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

QUERY_ID = 4207
ASK_NAME = "\x1b[>q"
ASK_GRAPHICS = f"\x1b_Gi={QUERY_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
ASK_AREA = "\x1b[14t"
ASK_CELL = "\x1b[16t"
ASK_SIZE = "\x1b[18t"
ASK_ATTRIBUTES = "\x1b[c"
ASK_STATUS = "\x1b[5n"
ASK_CURSOR = "\x1b[6n"


@dataclass(frozen=True, slots=True)
class Answers:
    """A terminal's answers.

    `graphics` is whether it answered OK, None if it did not answer. `cell` is the width and height of a cell in pixels,
    `area` that of all cells, and `size` the columns and rows. `attributes` are the numbers in the answer to DA1 (4 is
    sixel), None if there was none. `reports` are the rows and columns of the cursor, counted from 1. `done`: the last
    query was answered. `typed` is text that is not an answer: the user typed it. `drew`: test pictures were sent, and
    `iterm2` and `sixel` are whether they were drawn, None if there was no answer.
    """

    name: str = ""
    version: str = ""
    graphics: bool | None = None
    cell: tuple[int, int] | None = None
    area: tuple[int, int] | None = None
    size: tuple[int, int] | None = None
    attributes: tuple[int, ...] | None = None
    reports: tuple[tuple[int, int], ...] = ()
    done: bool = False
    typed: str = ""
    drew: bool = False
    iterm2: bool | None = None
    sixel: bool | None = None

    @property
    def claims_sixel(self) -> bool | None:
        return None if self.attributes is None else 4 in self.attributes

    @property
    def pixels(self) -> tuple[float, float] | None:
        """The width and height of a cell, which need not be whole; None if unknown."""
        if not (self.area and self.size and all(self.size)):
            return self.cell
        exact = self.area[0] / self.size[0], self.area[1] / self.size[1]
        if self.cell and any(abs(a - b) >= 1 for a, b in zip(exact, self.cell, strict=True)):
            return self.cell  # the area has a margin
        return exact if _is_plausible(*exact) else self.cell


def parse(data: bytes) -> Answers:
    """The answers in `data`, which may contain anything and may be cut off anywhere. The last of each kind counts."""
    name, version = "", ""
    graphics: bool | None = None
    cell: tuple[int, int] | None = None
    area: tuple[int, int] | None = None
    size: tuple[int, int] | None = None
    attributes: tuple[int, ...] | None = None
    reports: list[tuple[int, int]] = []
    done = False
    for match in ANSWER.finditer(data):
        if match["version"] is not None:
            name, version = split_version(match["version"].decode("utf-8", "replace"))
        elif match["graphics"] is not None:
            graphics = match["graphics"] == b"OK"
        elif match["measure"] is not None:
            height, width = int(match["height"]), int(match["width"])
            if match["measure"] == b"4":
                area = width, height
            elif match["measure"] == b"8":
                size = width, height
            elif _is_plausible(width, height):
                cell = width, height
        elif match["row"] is not None:
            reports.append((int(match["row"]), int(match["column"])))
        elif match["attributes"] is not None:
            done = True
            attributes = tuple(int(n) for n in match["attributes"].split(b";") if n)
        elif match["status"] is not None:
            done = True
    typed = _typed(ANSWER.sub(b"", data))
    return Answers(name, version, graphics, cell, area, size, attributes, tuple(reports), done, typed)


def split_version(text: str) -> tuple[str, str]:
    """Name and version from ``kitty(0.41.1)``, ``tmux 3.5a`` or ``ghostty 1.1.3-arch``."""
    match = re.match(r"\s*([^\s()]*)[\s(]*([^\s()]*)", text)
    return (_printable(match[1]), _printable(match[2])) if match else ("", "")


_ST = rb"(?:\x1b\\|\x07|\x9c)"
ANSWER = re.compile(
    rb"\x1bP>\|(?P<version>[^\x1b\x07\x9c]{0,200})" + _ST
    + rb"|\x1b_Gi=%d;(?P<graphics>[^\x1b\x07\x9c]{0,200})" % QUERY_ID + _ST
    + rb"|\x1b\]5522;type=write:status=(?P<clipboard>[A-Z]{1,20})(?:\x1b?\\|\x07|\x9c)"
    + rb"|\x1b\[(?P<measure>[468]);(?P<height>[0-9]{1,5});(?P<width>[0-9]{1,5})t"
    + rb"|\x1b\[(?P<row>[0-9]{1,5});(?P<column>[0-9]{1,5})R"
    + rb"|\x1b\[(?P<status>[03])n"
    + rb"|\x1b\[\?(?P<attributes>[0-9;]{0,100})c"
)  # fmt: skip
"""One answer, with named groups. After ``status`` and ``attributes`` no more answers follow.

``clipboard`` is the answer to an image that was copied while the app runs, as Textual has read it: without an ESC
before the last character if nothing follows.
"""

# Keys and reports that are not text: CSI, SS3, control strings (even if cut off), and Alt with a letter.
_SEQUENCE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*(?:[@-~]|\Z)"
    rb"|\x1bO[ -~]?"
    rb"|\x1b[P_\]X^][^\x1b\x07]*(?:\x1b\\|\x07|\Z)"
    rb"|\x1b[ -~]?"
)


def _typed(rest: bytes) -> str:
    return _printable(_SEQUENCE.sub(b"", rest).decode("utf-8", "ignore"))


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _is_plausible(width: float, height: float) -> bool:
    return 2 <= width <= 200 and width <= height * 4 and height <= width * 6
