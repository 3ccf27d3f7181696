"""The ways of drawing a picture, and what is known of the terminal that decides between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Mode = Literal["kitty", "sixel", "quad", "half", "sextant", "ascii", "off"]
MODES: tuple[Mode, ...] = get_args(Mode)

CELL = (8, 16)
"""Pixels of a cell, width and height, where the terminal does not say: only its shape, 1 to 2, matters much."""

ALL_COLOURS = 1 << 24
COLOUR_SYSTEMS: dict[int, Literal["standard", "256", "truecolor"]] = {
    16: "standard",
    256: "256",
    ALL_COLOURS: "truecolor",
}
"""Rich's and Textual's words for 16 colours, 256, and all."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal as it was found, and how pictures are drawn in it.

    `reason` says in a sentence why `mode` was chosen. `cell_width` and `cell_height` are in pixels.
    `name` and `version` are the outer terminal's own words, empty if it said nothing. `typed` is what the
    user typed while the terminal was asked: it belongs in the prompt. `named` says that the mode is not a
    finding but the user's word (also by NO_COLOR). `colours` is how many there are: 16, 256, or all. `owes`: it
    was asked and has not said all yet, so that its answers may come when nobody waits for them any more.
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

    @property
    def truecolor(self) -> bool:
        return self.colours == ALL_COLOURS
