"""Parses a terminal's answers to queries from its input. Pure: does not access the terminal.

| query                     | answer                                | meaning                        |
| ------------------------- | ------------------------------------- | ------------------------------ |
| XTVERSION, ``CSI > q``    | ``DCS > | kitty(0.41.1) ST``          | name and version               |
| kitty graphics, ``a=q``   | ``APC G i=ID;OK ST``                  | it draws pictures              |
| ``CSI 16 t``              | ``CSI 6 ; height ; width t``          | pixels of a cell               |
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
ASK_CELL = "\x1b[16t"
ASK_ATTRIBUTES = "\x1b[c"
ASK_STATUS = "\x1b[5n"
ASK_CURSOR = "\x1b[6n"


@dataclass(frozen=True, slots=True)
class Answers:
    """A terminal's answers.

    `graphics` is whether it answered OK, None if it did not answer. `cell` is the width and height of a cell in pixels.
    `attributes` are the numbers in the answer to DA1 (4 is sixel), None if there was none. `done`: the last query was
    answered. `typed` is text that is not an answer: the user typed it.
    """

    name: str = ""
    version: str = ""
    graphics: bool | None = None
    cell: tuple[int, int] | None = None
    attributes: tuple[int, ...] | None = None
    done: bool = False
    typed: str = ""

    @property
    def sixel(self) -> bool:
        return 4 in (self.attributes or ())


def parse(data: bytes) -> Answers:
    """The answers in `data`, which may contain anything and may be cut off anywhere. The last of each kind counts."""
    name, version = "", ""
    graphics: bool | None = None
    cell: tuple[int, int] | None = None
    attributes: tuple[int, ...] | None = None
    done = False
    for match in ANSWER.finditer(data):
        if match["version"] is not None:
            name, version = split_version(match["version"].decode("utf-8", "replace"))
        elif match["graphics"] is not None:
            graphics = match["graphics"] == b"OK"
        elif match["height"] is not None:
            cell = _plausible_cell(int(match["width"]), int(match["height"])) or cell
        elif match["status"] is not None:
            done = True
        else:
            done = True
            attributes = tuple(int(n) for n in match["attributes"].split(b";") if n)
    return Answers(name, version, graphics, cell, attributes, done, _typed(ANSWER.sub(b"", data)))


def split_version(text: str) -> tuple[str, str]:
    """Name and version from ``kitty(0.41.1)``, ``tmux 3.5a`` or ``ghostty 1.1.3-arch``."""
    match = re.match(r"\s*([^\s()]*)[\s(]*([^\s()]*)", text)
    return (_printable(match[1]), _printable(match[2])) if match else ("", "")


_ST = rb"(?:\x1b\\|\x07|\x9c)"
ANSWER = re.compile(
    rb"\x1bP>\|(?P<version>[^\x1b\x07\x9c]{0,200})" + _ST
    + rb"|\x1b_Gi=%d;(?P<graphics>[^\x1b\x07\x9c]{0,200})" % QUERY_ID + _ST
    + rb"|\x1b\]5522;type=write:status=(?P<clipboard>[A-Z]{1,20})(?:\x1b?\\|\x07|\x9c)"
    + rb"|\x1b\[6;(?P<height>[0-9]{1,5});(?P<width>[0-9]{1,5})t"
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


def _plausible_cell(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if 2 <= width <= 200 and width <= height * 4 and height <= width * 6 else None
