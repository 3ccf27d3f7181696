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
    pairs = [_distance(one, other) for one, other in combinations(sketches, 2)]
    return sum(pairs) / len(pairs) if pairs else None


class RunningVariety:
    """The variety of pictures that come one after the other, of which only the first `MOST` sketches are kept.

    Each is compared with those kept, so up to `MOST` pictures it is the mean of all pairs.
    """

    MOST = 16

    def __init__(self) -> None:
        self._kept: list[Sketch] = []
        self._sum, self._pairs = 0.0, 0

    def add(self, sketched: Sketch) -> None:
        """Another picture is there."""
        self._sum += sum(_distance(sketched, other) for other in self._kept)
        self._pairs += len(self._kept)
        if len(self._kept) < self.MOST:
            self._kept.append(sketched)

    @property
    def value(self) -> float | None:
        """The mean distance, as in `variety`."""
        return self._sum / self._pairs if self._pairs else None


def _distance(one: Sketch, other: Sketch) -> float:
    import numpy as np

    return float(np.sqrt(np.square(one - other).mean()))


def look_alike(value: float | None) -> bool:
    """Whether pictures of this variety look nearly alike."""
    return value is not None and value < ALIKE
