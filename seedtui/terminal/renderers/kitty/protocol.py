"""The parts of kitty's graphics protocol that Unicode placeholders need.

A picture is sent once under an id, with a size in cells. It appears wherever cells contain the placeholder character in
that id's colour. So tmux, scrolling and cropping treat it as text.
Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/
"""

from __future__ import annotations

import re
from base64 import standard_b64encode
from functools import lru_cache

from rich.color import ColorSystem, ColorType
from rich.color_triplet import ColorTriplet

from seedtui.terminal.probe.tmux import through_tmux
from seedtui.terminal.renderers.cells import PictureColor

LOW_IDS = range(16, 256)
"""Low bytes of ids: palette colours that terminal themes do not change."""
HIGH_IDS = range(1, 108)
"""High bytes of ids: those whose marks take only two bytes, because a mark is sent with every cell."""

_CHUNK = 4096


class IdColor(PictureColor):
    """The palette colour that encodes an id's low byte and passes unchanged through all filters to the terminal.

    It is the same in any colour system: with fewer colours, a 24-bit id would be rounded to another picture's id.
    """

    def get_ansi_codes(self, foreground: bool = True) -> tuple[str, ...]:  # type: ignore[override]
        return ("38" if foreground else "48", "5", str(self.number))

    def downgrade(self, system: ColorSystem) -> PictureColor:  # type: ignore[override]
        return self


@lru_cache(len(LOW_IDS))
def id_color(low: int) -> IdColor:
    return IdColor(f"picture {low}", ColorType.TRUECOLOR, low, ColorTriplet(low, low, low))


def join_id(high: int, low: int) -> int:
    """The 32-bit id: `high` is in each placeholder's third mark, `low` in its colour."""
    return high << 24 | low


def send_picture(id_: int, png: bytes, columns: int, rows: int, *, tmux: bool) -> str:
    """The sequence that sends a picture that fills `columns` by `rows` cells; the terminal scales it.

    An older picture with this id is freed first.
    """
    head = f"a=T,U=1,q=2,f=100,i={id_},c={columns},r={rows},"
    return free_picture(id_, tmux=tmux) + _in_chunks(png, head, "q=2,", tmux=tmux)


def change_picture(id_: int, png: bytes, *, tmux: bool) -> str:
    """The sequence that replaces the terminal's picture with this id with `png`, of the same size in pixels.

    It appears wherever the old one did, without rewriting cells. In the protocol this edits the first frame of an
    animation; the old pixels stay until the new ones are complete.
    """
    frame = f"a=f,r=1,q=2,i={id_},"  # kitty requires it with each chunk
    return _in_chunks(png, f"{frame}f=100,", frame, tmux=tmux)


_SEQUENCE = re.compile(r"(?=\x1bPtmux;|(?<!\x1b)\x1b_G)")


def sequences(text: str) -> list[str]:
    """`text` split where other output may come in between: before each command."""
    return [part for part in _SEQUENCE.split(text) if part]


def free_picture(id_: int, *, tmux: bool) -> str:
    """The sequence that frees the picture's memory and removes it wherever it appears."""
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
