"""Orders of many pictures by how they look in their sketches.

A sketch is a blurred picture of few pixels, three bytes each: composition and colours, and nothing that two alike
pictures differ in. Each order is a permutation of the sketches' places, the same for the same sketches. NumPy is
imported only when needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy.typing as npt

    Sketches = npt.NDArray[Any]

Order = Literal["seed", "different", "nearest", "colour", "drift"]

ORDERS: tuple[Order, ...] = ("seed", "different", "nearest", "colour")

GRID_ORDERS: tuple[Order, ...] = ("seed", "drift")
"""Those of the rows of a grid: as they were asked for, or by `drift.rows_by_drift`."""

WORDS: dict[Order, str] = {
    "seed": "by seed", "different": "most different first", "nearest": "nearest to the pick", "colour": "by colour",
    "drift": "most drift first",
}  # fmt: skip

_GREY = 0.08
"""Below this saturation the mean colour of a picture counts as grey."""


def order(which: Order, sketches: Sequence[bytes], pick: int = 0) -> tuple[int, ...]:
    """The places of `sketches` in this order. `pick` is the place that ``nearest`` starts from."""
    if which == "seed" or not sketches:
        return tuple(range(len(sketches)))
    import numpy as np

    values = np.frombuffer(b"".join(sketches), np.uint8).reshape(len(sketches), -1).astype(np.float32) / 255
    by: dict[Order, Callable[[], Any]] = {
        "different": lambda: _farthest_first(values),
        "nearest": lambda: np.argsort(_distances(values, pick), kind="stable"),
        "colour": lambda: _by_hue(values),
    }
    return tuple(by[which]().tolist())


def _distances(values: Sketches, place: int) -> Sketches:
    """The squared distance of each sketch from the one at `place`."""
    import numpy as np

    result: Sketches = np.square(values - values[place]).sum(axis=1)
    return result


def _farthest_first(values: Sketches) -> Sketches:
    """The one nearest to the mean, then each time the one farthest from all before it."""
    import numpy as np

    squares = (values * values).sum(axis=1) / 2  # distances by a product: one pass where a difference takes three
    first = int(np.square(values - values.mean(axis=0)).sum(axis=1).argmin())
    found = np.empty(len(values), np.int64)
    apart = np.full(len(values), np.inf, np.float32)
    for i in range(len(values)):
        found[i] = first
        apart = np.minimum(apart, np.maximum(squares + squares[first] - values @ values[first], 0))
        apart[first] = -1  # even those that equal it come before it comes again; -1 stays the least
        first = int(apart.argmax())
    return found


def _by_hue(values: Sketches) -> Sketches:
    """By the hue of the mean colour, from red through green and blue; then the greys, from dark to light."""
    import numpy as np

    red, green, blue = values.reshape(len(values), -1, 3).mean(axis=1).T
    high, low = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    grey = high - low < _GREY * np.maximum(high, 1e-6)
    hue = np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue) % (2 * np.pi)
    return np.lexsort((np.where(grey, high, hue), grey))
