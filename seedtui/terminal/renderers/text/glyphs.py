"""Characters that fill parts of a cell, and the best two-colour cell for a patch of pixels."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from seedtui.terminal.renderers.text.oklab import oklab

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Masks = npt.NDArray[np.intp]


class Cells(NamedTuple):
    """Cells in reading order: `masks` (n) index the characters; `ink` and `paper` are (n, 3), 0 to 255."""

    masks: Masks
    ink: Bytes
    paper: Bytes


class Glyphs:
    """A family of block characters: a cell is split into `across` by `down` parts, each either ink or paper.

    In `characters[mask]` the parts whose bits are set in `mask` are ink; bit 0 is the upper left part, and bits go in
    reading order. Instead of the characters of the masks in `avoided`, their opposites are drawn, with both colours
    exchanged.
    """

    def __init__(self, name: str, across: int, down: int, characters: str, avoided: Iterable[int] = ()) -> None:
        self.name, self.across, self.down, self.characters = name, across, down, characters
        self._avoided = np.zeros(len(characters), bool)
        self._avoided[list(avoided)] = True

    @property
    def parts(self) -> int:
        return self.across * self.down

    @cached_property
    def chequered(self) -> int:
        """The mask of every other part, which mixes two colours best. The last part is paper."""
        places = ((place, place // self.across + place % self.across) for place in range(self.parts))
        last = self.down + self.across
        return sum(1 << place for place, diagonal in places if (last - diagonal) % 2)

    def ink(self, masks: Masks) -> npt.NDArray[np.bool_]:
        """Which parts are ink, (n, parts)."""
        return (masks[:, None] >> np.arange(self.parts) & 1).astype(bool)

    def best(self, pixels: Bytes) -> Cells:
        """The cells that look most like `pixels` (rows * down, columns * across, 3)."""
        rows, columns = pixels.shape[0] // self.down, pixels.shape[1] // self.across
        patches = pixels.reshape(rows, self.down, columns, self.across, 3).transpose(0, 2, 1, 3, 4)
        patches = patches.reshape(rows * columns, self.parts, 3)
        chosen = self._split(oklab(patches))
        inked = self.ink(chosen)[..., None]
        count = inked.sum(axis=1)
        sums = (patches * inked).sum(axis=1, dtype=np.float32)
        ink = _whole(sums / np.maximum(count, 1))
        paper = _whole((patches.sum(axis=1, dtype=np.float32) - sums) / (self.parts - count))
        return self.drawn(Cells(chosen, ink, paper))

    def drawn(self, cells: Cells) -> Cells:
        """The same cells without the masks to avoid."""
        swap = self._avoided[cells.masks]
        masks = np.where(swap, (1 << self.parts) - 1 - cells.masks, cells.masks)
        ink = np.where(swap[:, None], cells.paper, cells.ink)
        return Cells(masks, ink, np.where(swap[:, None], cells.ink, cells.paper))

    def _split(self, seen: Floats) -> Masks:
        """The masks that split patches (n, parts, 3) best: those with the least squared error, the last part paper.

        Each group of parts gets its mean colour. So the error is least where the two means keep the most energy of the
        patch, which is |sum of the ink's differences from the patch's mean|^2 * (1 / inked + 1 / not inked).
        """
        differences = (seen - seen.mean(axis=1, keepdims=True)).transpose(1, 2, 0)
        some = range(0, len(seen), _AT_ONCE)
        found = [self._split_some(np.ascontiguousarray(differences[..., i : i + _AT_ONCE])) for i in some]
        return np.concatenate(found)

    def _split_some(self, differences: Floats) -> Masks:
        parts, channels, count = differences.shape
        sums = np.zeros((1 << (parts - 1), channels, count), np.float32)
        for part in range(parts - 1):
            first = 1 << part
            np.add(sums[:first], differences[part], out=sums[first : 2 * first])
        inked = self.ink(np.arange(len(sums))).sum(axis=1)
        weights = (1 / np.maximum(inked, 1) + 1 / (parts - inked)).astype(np.float32)
        sums *= sums
        held = (sums[:, 0] + sums[:, 1] + sums[:, 2]) * weights[:, None]
        held[0] = _FLAT_ENOUGH * parts
        best: Masks = held.argmax(axis=0)
        return best


_FLAT_ENOUGH = 4.0
"""Squared error of a part below which one colour per cell is as good as two."""

_AT_ONCE = 1024
"""How many cells to split at once: what this takes, fits into a processor's cache."""


def _whole(colours: Floats) -> Bytes:
    result: Bytes = np.clip(colours + 0.5, 0, 255).astype(np.uint8)
    return result


def _numbered(parts: int, older: dict[int, str], first: int) -> str:
    """In Unicode's order: code points from `first` on, but for the characters that are `older`."""
    newer = iter(range(first, first + (1 << parts)))
    return "".join(older[mask] if mask in older else chr(next(newer)) for mask in range(1 << parts))


_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"


def _tall(mask: int) -> int:
    """A mask of quadrants as one of octants."""
    return sum(
        (mask >> place & 1) * octants for place, octants in enumerate((0b0101, 0b1010, 0b0101 << 4, 0b1010 << 4))
    )


_QUARTERS = {
    0b00000001: "\U0001cea8", 0b00000010: "\U0001ceab", 0b01000000: "\U0001cea3", 0b10000000: "\U0001cea0",
    0b00010100: "\U0001fbe6", 0b00101000: "\U0001fbe7", 0b00000011: "\U0001fb82", 0b00111111: "\U0001fb85",
}  # fmt: skip
"""Octants from other blocks of Unicode, which not all terminals draw that draw octants."""

_LOW = {0b11000000: "▂", 0b11111100: "▆"}
_OLDER = {_tall(mask): character for mask, character in enumerate(_QUADRANTS)} | _QUARTERS | _LOW

HALF = Glyphs("half", 1, 2, " ▀▄█")
QUAD = Glyphs("quad", 2, 2, _QUADRANTS)
SEXTANT = Glyphs("sextant", 2, 3, _numbered(6, {0: " ", 0b010101: "▌", 0b101010: "▐", 0b111111: "█"}, 0x1FB00))
OCTANT = Glyphs("octant", 2, 4, _numbered(8, _OLDER, 0x1CD00), _QUARTERS)
