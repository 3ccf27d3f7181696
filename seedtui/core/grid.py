"""How many pictures stand beside each other, on the screen and on a sheet."""

from __future__ import annotations

import math


def columns_for(count: int) -> int:
    """Columns of a grid of `count` pictures: 2 for 2 to 4, 3 for 5 to 9, 4 for 10 to 16."""
    return math.ceil(math.sqrt(count))
