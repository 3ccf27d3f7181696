"""How much two pictures differ, in numbers and as a heat map. NumPy is imported only when needed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from seedtui.core.images.picture import Picture

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[Any]


class Difference(NamedTuple):
    """The difference of two pictures of the same size.

    `largest` and `mean` are over all channel values (0 to 255), `squares` is the mean of their squares. `pixels` is how
    many pixels differ, `of` how many there are.
    """

    largest: int
    mean: float
    pixels: int
    of: int
    squares: float

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in dB over all three channels; infinite if nothing differs."""
        return 10 * math.log10(255**2 / self.squares) if self.squares else math.inf

    @property
    def share(self) -> float:
        """The share of pixels that differ, 0 to 1."""
        return self.pixels / self.of

    @property
    def short(self) -> str:
        """For a label: ``1/255 in 12 px``, the largest difference and the number of pixels that differ."""
        return f"{self.largest}/255 in {self.pixels:,} px"

    @property
    def measured(self) -> str:
        """For the compare screen: ``31.2 dB PSNR · 4.5 % of pixels differ · by at most 212 of 255``."""
        if not self.pixels:
            return f"identical, bit for bit: all {self.of:,} pixels"
        return f"{self.psnr:.1f} dB PSNR · {_percent(self)} of pixels differ · by at most {self.largest} of 255"

    def __str__(self) -> str:
        mean = f"{self.mean:.2g}" if self.mean < 1 else f"{self.mean:.0f}"
        return f"{self.pixels:,} of {self.of:,} pixels, by at most {self.largest} of 255, {mean} on average"


def compare(one: Picture, other: Picture) -> Difference | None:
    """The difference; None if their sizes differ."""
    if (one.width, one.height) != (other.width, other.height):
        return None
    import numpy as np

    apart = _apart(one, other)
    return Difference(
        largest=int(apart.max()),
        mean=float(apart.mean()),
        pixels=int(apart.any(axis=1).sum()),
        of=len(apart),
        squares=float(np.square(apart.astype(np.float32)).mean(dtype=np.float64)),
    )


def heat_map(one: Picture, other: Picture) -> Picture | None:
    """A picture of where and how much two pictures differ; None if their sizes differ.

    A pixel's colour shows the largest of its three channel differences, from violet through orange to pale yellow.
    The scale ends at the largest difference found, so even 1/255 is visible. If few pixels differ, each is drawn
    larger, or it would be lost when the picture is scaled down. Pixels that do not differ show `one` in dark grey.
    """
    if (one.width, one.height) != (other.width, other.height):
        return None
    import numpy as np

    apart = _apart(one, other).max(axis=1)
    if np.count_nonzero(apart) < len(apart) * _FEW:
        apart = _grown(apart.reshape(one.height, one.width), max(one.width, one.height) // 200).reshape(-1)
    shades = np.minimum(np.arange(256) / max(1, int(apart.max())), 1) ** 0.5  # most are small: the root spreads them
    places = np.linspace(0, 1, len(_GLOW))
    glow = np.stack([np.interp(shades, places, channel) for channel in zip(*_GLOW, strict=True)], axis=1)
    colours = glow.astype(np.uint8)[apart]
    grey = (np.frombuffer(one.pixels, np.uint8).reshape(-1, 3).mean(axis=1, keepdims=True) * _GREY).astype(np.uint8)
    pixels = np.where(apart[:, None] > 0, np.maximum(colours, grey), grey)
    return Picture(one.width, one.height, pixels.tobytes())


_GLOW = ((74, 22, 99), (140, 36, 105), (207, 68, 70), (245, 132, 30), (250, 193, 58), (253, 250, 190))
"""From the smallest to the largest difference, each step lighter than the one before."""

_GREY = 0.22
"""Brightness of the picture where nothing differs."""


_FEW = 0.02
"""If a smaller share of the pixels differs, each is drawn larger."""


def _grown(values: Values, reach: int) -> Values:
    """`values` (height, width), each replaced by the largest within `reach` of it."""
    import numpy as np

    for axis in (0, 1):
        padded = np.pad(values, [(reach, reach) if at == axis else (0, 0) for at in (0, 1)])
        parts = (np.roll(padded, -step, axis) for step in range(2 * reach + 1))
        largest = np.maximum.reduce(list(parts))
        values = largest[: values.shape[0], : values.shape[1]]
    return values


def _apart(one: Picture, other: Picture) -> Values:
    """The absolute difference of each channel value, shape (pixels, 3)."""
    import numpy as np

    a, b = (np.frombuffer(p.pixels, np.uint8).reshape(-1, 3).astype(np.int16) for p in (one, other))
    apart: Values = np.abs(a - b)
    return apart


def _percent(difference: Difference) -> str:
    percent = difference.share * 100
    if percent < 0.1:
        return f"{percent:.2g} %"
    whole = 10 <= percent < 99 or difference.pixels == difference.of
    return f"{percent:.0f} %" if whole else f"{min(percent, 99.9):.1f} %"
