"""Kitty's graphics protocol, as far as Unicode placeholders need it.

A picture is sent once under an id, with a size in cells; it shows wherever cells hold the placeholder
character in that id's colour. So tmux, scrolling and cropping treat it as text.
Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/
"""

from __future__ import annotations

import re
from base64 import standard_b64encode
from functools import lru_cache

from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet

from seedtui.terminal.probe.tmux import through_tmux
from seedtui.terminal.renderers.kitty.diacritics import MARKS

PLACEHOLDER = "\U0010eeee"
MAX_CELLS = len(MARKS)
"""The longest side of a picture, in cells."""

LOW_IDS = range(16, 256)
"""The low bytes of ids: palette colours that no terminal theme changes."""
HIGH_IDS = range(1, 108)
"""The high bytes of ids: those whose marks take two bytes each, as a mark is sent with every cell."""

_CHUNK = 4096


class IdColor(Color):
    """The palette colour that carries an id's low byte to the terminal, through every filter on the way.

    It has a triplet, so that Textual does not replace it, and it stays what it is in any colour system: a
    24-bit id would be rounded to another picture's id wherever there are fewer colours.
    """

    def get_ansi_codes(self, foreground: bool = True) -> tuple[str, ...]:  # type: ignore[override]
        return ("38" if foreground else "48", "5", str(self.number))

    def downgrade(self, system: ColorSystem) -> Color:  # type: ignore[override]
        return self


@lru_cache(len(LOW_IDS))
def id_color(low: int) -> IdColor:
    return IdColor(f"picture {low}", ColorType.TRUECOLOR, low, ColorTriplet(low, low, low))


def join_id(high: int, low: int) -> int:
    """The 32-bit id: `high` is told by each placeholder's third mark, `low` by its colour."""
    return high << 24 | low


@lru_cache(16)
def placeholder_rows(columns: int, rows: int, high: int) -> tuple[str, ...]:
    """The text of each row. Every cell says its place in full, so that a cropped row is still right."""
    third = MARKS[high]
    return tuple(
        "".join(f"{PLACEHOLDER}{MARKS[row]}{MARKS[column]}{third}" for column in range(columns)) for row in range(rows)
    )


def send_picture(id_: int, png: bytes, columns: int, rows: int, *, tmux: bool) -> str:
    """What gives the terminal a picture that fills `columns` by `rows` cells; the terminal scales it.

    What it held under this id before is freed first.
    """
    head = f"a=T,U=1,q=2,f=100,i={id_},c={columns},r={rows},"
    return free_picture(id_, tmux=tmux) + _in_chunks(png, head, "q=2,", tmux=tmux)


def change_picture(id_: int, png: bytes, *, tmux: bool) -> str:
    """What puts `png`, of the same size in pixels, in the place of the picture that the terminal holds under this id.

    It shows wherever the old one did, without a word about the cells. The protocol calls it editing the first
    frame of an animation; the old pixels stay until the new ones are whole.
    """
    frame = f"a=f,r=1,q=2,i={id_},"  # kitty wants it with each chunk
    return _in_chunks(png, f"{frame}f=100,", frame, tmux=tmux)


_SEQUENCE = re.compile(r"(?=\x1bPtmux;|(?<!\x1b)\x1b_G)")


def sequences(text: str) -> list[str]:
    """`text` cut where other output may come between: before each command."""
    return [part for part in _SEQUENCE.split(text) if part]


def free_picture(id_: int, *, tmux: bool) -> str:
    """What frees the picture's memory, and all places where it shows."""
    return _command(f"a=d,d=I,q=2,i={id_}", "", tmux=tmux)


def _in_chunks(png: bytes, head: str, later: str, *, tmux: bool) -> str:
    """`png` as commands: the first begins with `head`, the others with `later`."""
    data = standard_b64encode(png).decode("ascii")
    starts = range(0, len(data), _CHUNK)
    return "".join(
        _command(f"{later if i else head}m={int(i + _CHUNK < len(data))}", data[i : i + _CHUNK], tmux=tmux)
        for i in starts
    )


def _command(control: str, payload: str, *, tmux: bool) -> str:
    sequence = f"\x1b_G{control};{payload}\x1b\\" if payload else f"\x1b_G{control}\x1b\\"
    return through_tmux(sequence) if tmux else sequence
