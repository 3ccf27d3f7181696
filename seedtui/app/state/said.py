"""What a key has done, as the status line says it."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """`words`, such as ``saved seed_2.png in ~/pictures``. `number` tells two with the same words apart."""

    words: str = ""
    number: int = 0
