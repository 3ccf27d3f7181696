"""The wave of a GPU: how many elements one pass of its threads draws.

`torch.randn` on a GPU starts at most as many threads as fit on the card at once. Each has its own Philox subsequence,
so up to one wave, element i is the first value of subsequence i on every card. Beyond it, the threads of a smaller card
draw again while a larger card still starts new ones: the same seed gives different noise. The rule is that of
`calc_execution_policy` in PyTorch's ATen/native/cuda/DistributionTemplates.h.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

BLOCK = 256
"""Threads in a block of PyTorch's random kernels."""


class Card(NamedTuple):
    """What the wave depends on: multiprocessors, and threads on each. On an AMD card these are what ROCm reports."""

    multiprocessors: int
    threads_per_multiprocessor: int

    @property
    def wave(self) -> int:
        """The number of elements that all cards draw alike, if their waves are no smaller; 0 if it is unknown."""
        return BLOCK * (self.threads_per_multiprocessor // BLOCK) * self.multiprocessors


_CARDS: tuple[tuple[str, Card], ...] = (
    ("T4", Card(40, 1024)),
    ("(?:Radeon )?(?:PRO )?W7800", Card(35, 2048)),
    ("L4", Card(58, 1536)),
    ("(?:Radeon )?(?:PRO )?W7900", Card(48, 2048)),
    ("A10G", Card(80, 1536)),
    ("H20", Card(78, 2048)),
    ("MI308X", Card(80, 2048)),
    ("RTX 4090 D", Card(114, 1536)),
    ("L40S?", Card(142, 1536)),
    ("H100 PCIe", Card(114, 2048)),
    ("H100 80GB HBM3", Card(132, 2048)),
    # Nobody has measured those below: they are computed from what their maker publishes.
    ("V100", Card(80, 2048)),
    ("RTX 3090", Card(82, 1536)),
    ("RTX 4090", Card(128, 1536)),
    ("RTX 5090", Card(170, 1536)),
    ("A100", Card(108, 2048)),
    ("H200", Card(132, 2048)),
)
"""Cards by a pattern for their name, as the driver gives it, without its maker, the kind of slot and the memory."""

_MAKER = "(?:NVIDIA |AMD |Tesla |GeForce |Instinct )*"
_MEMORY = r"(?:[- ](?:PCIE|SXM)\d?)?(?:[- ]\d+ ?GB)?(?: PCIe)?"


def card_named(name: str) -> Card | None:
    """The card of that name; None for one that is not in the table, or is only a part of a card (MIG)."""
    return next((card for pattern, card in _CARDS if re.fullmatch(_MAKER + pattern + _MEMORY, name)), None)


def same_on(waves: Iterable[int], elements: int) -> bool:
    """Whether cards with these `waves` draw the same noise for a tensor of `elements`, from the same seed."""
    found = set(waves)
    return len(found) < 2 or elements <= min(found)
