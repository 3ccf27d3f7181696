"""The characters that stand for parts of a cell, and the best two-colour cell for a patch of pixels."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Cells(NamedTuple):
    """Cells in reading order: `masks` (n) index the characters; `ink` and `paper` are (n, 3), 0 to 255."""

    masks: npt.NDArray[np.intp]
    ink: npt.NDArray[np.uint8]
    paper: npt.NDArray[np.uint8]


class Glyphs:
    """A family of block characters: a cell cut in `across` by `down` parts, each of them ink or paper.

    `characters[mask]` has the parts inked whose bits are set in `mask`; bit 0 is the upper left part, and
    bits go on in reading order.
    """

    def __init__(self, name: str, across: int, down: int, characters: str) -> None:
        self.name, self.across, self.down, self.characters = name, across, down, characters

    @property
    def parts(self) -> int:
        return self.across * self.down

    @cached_property
    def splits(self) -> Floats:
        """All ways to cut the parts in two groups, (2^(parts-1), parts): 1 is ink; the last part is paper."""
        masks = np.arange(1 << (self.parts - 1))
        return ((masks[:, None] >> np.arange(self.parts)) & 1).astype(np.float32)

    def best(self, pixels: npt.NDArray[np.uint8]) -> Cells:
        """The cells nearest to `pixels` (rows * down, columns * across, 3) in squared error.

        Each group of parts takes its mean colour, so the best split is the one whose two means hold the
        most of the patch's energy: the sum over groups of |sum of pixels|^2 / number of parts.
        """
        rows, columns = pixels.shape[0] // self.down, pixels.shape[1] // self.across
        patches = pixels.reshape(rows, self.down, columns, self.across, 3).transpose(0, 2, 1, 3, 4)
        patches = patches.reshape(rows * columns, self.parts, 3).astype(np.float32)
        inked = self.splits.sum(axis=1)
        ink = self.splits @ patches
        paper = patches.sum(axis=1, keepdims=True) - ink
        ink /= np.maximum(inked, 1)[:, None]
        paper /= (self.parts - inked)[:, None]
        held = (ink**2).sum(axis=2) * inked + (paper**2).sum(axis=2) * (self.parts - inked)
        held[:, 0] += _FLAT_ENOUGH * self.parts
        chosen = held.argmax(axis=1)
        every = np.arange(len(chosen))
        return Cells(chosen, _whole(ink[every, chosen]), _whole(paper[every, chosen]))


_FLAT_ENOUGH = 4.0
"""Squared error of a part, below which a cell of one colour is as good as one of two."""


def _whole(colours: Floats) -> npt.NDArray[np.uint8]:
    return np.clip(colours + 0.5, 0, 255).astype(np.uint8)


def _sextants() -> str:
    """Unicode's order: U+1FB00 and on, leaving out the four that are older (empty, left, right, full)."""
    older = {0: " ", 0b010101: "▌", 0b101010: "▐", 0b111111: "█"}
    newer = iter(range(0x1FB00, 0x1FB3C))
    return "".join(older[mask] if mask in older else chr(next(newer)) for mask in range(64))


HALF = Glyphs("half", 1, 2, " ▀▄█")
QUAD = Glyphs("quad", 2, 2, " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
SEXTANT = Glyphs("sextant", 2, 3, _sextants())
