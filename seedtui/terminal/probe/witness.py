"""Test pictures that show what a terminal draws: if the cursor has moved as below a picture, there is one. Pure.

Claims are not enough: tmux claims sixel for any terminal, and terminals that draw iTerm2's pictures do not tell. So a
small picture is drawn, and the cursor's position asked for. A terminal that does not know the sequence ignores it, and
its cursor stays.

Sources: https://iterm2.com/documentation-images.html and https://vt100.net/docs/vt3xx-gp/chapter14.html
"""

from __future__ import annotations

from base64 import standard_b64decode

from seedtui.terminal.probe.tmux import Place, through_tmux

ROWS, COLUMNS = 12, 8
"""The least room for both pictures, clear of the last row, at which some terminals scroll."""

_WIDTH, _HEIGHT = 4, 3
"""The size of a picture in cells."""

_ITERM2_TOP, _SIXEL_TOP = 1, 7
"""The rows of the pictures, from the top of the pane. Far enough apart that a position tells which picture it is of."""

_MOVED = 2
"""Rows that the cursor moves at least: to the picture's last row, or below it."""

_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNgYAAAAAMAASsJTYQAAAAASUVORK5CYII="
"""A transparent pixel."""


def witnesses(cell: tuple[float, float], place: Place | None = None) -> str:
    """Both pictures, each with the question where the cursor is then. `cell` is the size of a cell in pixels.

    They are drawn in the alternate screen, so that the user's stays as it is. In tmux, `place` says where the pane
    lies: the pictures are drawn over what it shows, so let tmux draw that again afterwards.
    """
    pictures = (_ITERM2_TOP, _iterm2()), (_SIXEL_TOP, _sixel(cell))
    if place is None:
        shown = "".join(_shown(row, 0, picture) for row, picture in pictures)
        return f"\x1b[?1049h{shown}\x1b[2J\x1b[?1049l"
    return "".join(
        through_tmux(f"\x1b7\x1b[m{_shown(place.top + row, place.left, picture)}\x1b8") for row, picture in pictures
    )


def drawn(reports: tuple[tuple[int, int], ...], top: int = 0) -> tuple[bool | None, bool | None]:
    """Whether the pictures of iTerm2 and sixel were drawn, by the (row, column) that the terminal reported.

    `top` is the number of rows above the pane. None: there is no report.
    """
    iterm2: bool | None = None
    sixel: bool | None = None
    for row, _ in reports:
        moved = row - 1 - top - _ITERM2_TOP
        if 0 <= moved < _SIXEL_TOP - _ITERM2_TOP:
            iterm2 = moved >= _MOVED
        elif moved >= 0:
            sixel = row - 1 - top - _SIXEL_TOP >= _MOVED
    return iterm2, sixel


def _shown(row: int, left: int, picture: str) -> str:
    return f"\x1b[{row + 1};{left + 2}H{picture}\x1b[6n"


def _iterm2() -> str:
    size = len(standard_b64decode(_PNG))
    return f"\x1b]1337;File=inline=1;size={size};width={_WIDTH};height={_HEIGHT};preserveAspectRatio=0:{_PNG}\x07"


def _sixel(cell: tuple[float, float]) -> str:
    """A transparent picture but for its last pixel, since some terminals do not count what is empty."""
    width, height = int(_WIDTH * cell[0]), int(_HEIGHT * cell[1])
    bands = -(-height // 6)
    last = 63 + (1 << (height - 1) % 6)
    lines = "-".join([f"#1!{width}?"] * (bands - 1) + [f"#1!{width - 1}?{chr(last)}"])
    return f'\x1bP0;1;0q"1;1;{width};{height}#1;2;0;0;0{lines}\x1b\\'
