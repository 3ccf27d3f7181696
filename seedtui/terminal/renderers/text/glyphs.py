"""Characters that fill parts of a cell, and the best two-colour cell for a patch of pixels."""

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
    """A family of block characters: a cell is split into `across` by `down` parts, each either ink or paper.

    In `characters[mask]` the parts whose bits are set in `mask` are ink; bit 0 is the upper left part, and bits go in
    reading order.
    """

    def __init__(self, name: str, across: int, down: int, characters: str) -> None:
        self.name, self.across, self.down, self.characters = name, across, down, characters

    @property
    def parts(self) -> int:
        return self.across * self.down

    @cached_property
    def splits(self) -> Floats:
        """All ways to split the parts into two groups, (2^(parts-1), parts): 1 is ink; the last part is paper."""
        masks = np.arange(1 << (self.parts - 1))
        return ((masks[:, None] >> np.arange(self.parts)) & 1).astype(np.float32)

    def best(self, pixels: npt.NDArray[np.uint8]) -> Cells:
        """The cells nearest to `pixels` (rows * down, columns * across, 3) in squared error.

        Each group of parts gets its mean colour, so the best split is the one whose two means keep the most energy of
        the patch: the sum over groups of |sum of pixels|^2 / number of parts.
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
"""Squared error of a part below which one colour per cell is as good as two."""


def _whole(colours: Floats) -> npt.NDArray[np.uint8]:
    result: npt.NDArray[np.uint8] = np.clip(colours + 0.5, 0, 255).astype(np.uint8)
    return result


def _sextants() -> str:
    """In Unicode's order: from U+1FB00 on, without the four older characters (empty, left, right, full)."""
    older = {0: " ", 0b010101: "▌", 0b101010: "▐", 0b111111: "█"}
    newer = iter(range(0x1FB00, 0x1FB3C))
    return "".join(older[mask] if mask in older else chr(next(newer)) for mask in range(64))


HALF = Glyphs("half", 1, 2, " ▀▄█")
QUAD = Glyphs("quad", 2, 2, " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
SEXTANT = Glyphs("sextant", 2, 3, _sextants())
OCTANT = QUAD
