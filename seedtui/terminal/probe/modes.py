"""The modes of drawing pictures, and what is known about the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Mode = Literal["kitty", "sixel", "quad", "half", "sextant", "ascii", "off"]
MODES: tuple[Mode, ...] = get_args(Mode)

PAINTED: tuple[Mode, ...] = ("iterm2", "sixel")
"""Modes in which pictures are painted over cells."""
PIXELS: tuple[Mode, ...] = ("kitty", *PAINTED)
"""Modes that draw real pixels."""

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

    `reason` says in a sentence why `mode` was chosen. `cell_width` and `cell_height` are in pixels. `name` and
    `version` are as reported by the outer terminal, empty if it did not answer. `typed` is what the user typed during
    the query: it belongs in the prompt. `named`: the user chose the mode (also with NO_COLOR). `colours` is the number
    of colours: 16, 256, or `ALL_COLOURS`. `owes`: the terminal has not answered everything yet, so late answers may
    arrive. `passes`: what is wrapped for the outer terminal reaches it, as tmux lets it through.
    """

    mode: Mode
    reason: str = ""
    cell_width: int = CELL[0]
    cell_height: int = CELL[1]
    tmux: bool = False
    ssh: bool = False
    colours: int = ALL_COLOURS
    name: str = ""
    version: str = ""
    typed: str = ""
    named: bool = False
    owes: bool = False
    passes: bool = False
