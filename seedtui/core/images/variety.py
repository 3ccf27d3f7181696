"""The variety of a round: how different its pictures are. Small where all seeds gave nearly the same picture.

NumPy and Pillow are imported only when needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from seedtui.core.images.picture import Picture

if TYPE_CHECKING:
    import numpy.typing as npt

    Sketch = npt.NDArray[Any]

SIDE = 16
"""Width and height of a sketch: small enough to show composition and colours, and nothing else."""

ALIKE = 0.06
"""Below this variety, pictures look nearly alike. See `tests/bench/variety.py` for what rounds have."""


def sketch(picture: Picture) -> Sketch:
    """`picture` blurred and scaled down to `SIDE` x `SIDE` x 3 values, 0 to 1."""
    import numpy as np
    from PIL import Image

    image = Image.frombuffer("RGB", (picture.width, picture.height), picture.pixels)
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small, np.float32) / 255


def variety(sketches: Sequence[Sketch]) -> float | None:
    """The mean distance of all pairs, 0 to 1: the root mean square over their values. None for fewer than two."""
    import numpy as np

    pairs = [float(np.sqrt(np.square(one - other).mean())) for one, other in combinations(sketches, 2)]
    return sum(pairs) / len(pairs) if pairs else None


def look_alike(value: float | None) -> bool:
    """Whether pictures of this variety look nearly alike."""
    return value is not None and value < ALIKE
