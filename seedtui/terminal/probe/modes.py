"""The modes of drawing pictures, and what is known about the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Mode = Literal["kitty", "iterm2", "sixel", "quad", "half", "sextant", "octant", "ascii", "off"]
MODES: tuple[Mode, ...] = get_args(Mode)
PAINTED: tuple[Mode, ...] = ("iterm2", "sixel")
"""Modes in which the terminal only has the pixels of a picture: what is written over them, or moves, is gone."""
PIXELS: tuple[Mode, ...] = ("kitty", *PAINTED)
"""Modes in which the terminal draws real pixels."""

Verdict = Literal["yes", "no", "no answer", "not asked"]
"""Whether the terminal draws pictures in some protocol, as far as it was asked."""

CELL = (8, 16)
"""The default width and height of a cell in pixels. Only the ratio, 1 to 2, matters much."""

ALL_COLOURS = 1 << 24
COLOUR_SYSTEMS: dict[int, Literal["standard", "256", "truecolor"]] = {
    16: "standard",
    256: "256",
    ALL_COLOURS: "truecolor",
}
"""Rich's and Textual's names for 16, 256 and 24-bit colours."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal, and how to draw pictures in it.

    `reason` says in a sentence why `mode` was chosen. `cell` is a cell's width and height in pixels, which need not be
    whole (xterm.js), and `cell_from` says who told it. `name` and `version` are as reported by the outer terminal,
    empty if it did not answer. `typed` is what the user typed during the query: it belongs in the prompt. `named`: the
    user chose the mode (also with NO_COLOR). `colours` is the number of colours: 16, 256, or `ALL_COLOURS`. `owes`: the
    terminal has not answered everything yet, so late answers may arrive. `passes`: what is wrapped for the outer
    terminal reaches it, as tmux lets it through. `kitty`, `iterm2` and `sixel`: whether it draws pictures so;
    `claims_sixel` is only what it says about itself, None if it said nothing.
    """

    mode: Mode
    reason: str = ""
    cell: tuple[float, float] = CELL
    cell_from: Literal["terminal", "kernel", "default"] = "default"
    tmux: bool = False
    ssh: bool = False
    colours: int = ALL_COLOURS
    name: str = ""
    version: str = ""
    typed: str = ""
    named: bool = False
    owes: bool = False
    passes: bool = False
    kitty: Verdict = "not asked"
    iterm2: Verdict = "not asked"
    sixel: Verdict = "not asked"
    claims_sixel: bool | None = None

    @property
    def has_pixels(self) -> bool:
        """Whether pictures are drawn as real pixels."""
        return self.mode in PIXELS

    @property
    def cell_width(self) -> int:
        """Rounded."""
        return round(self.cell[0])

    @property
    def cell_height(self) -> int:
        """Rounded."""
        return round(self.cell[1])
