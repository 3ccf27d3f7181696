"""How far apart two pictures are: in numbers, and as a picture of its own. NumPy is imported when it is needed."""

from __future__ import annotations

import math
from typing import NamedTuple

from seedtui.core.images.picture import Picture


class Difference(NamedTuple):
    """Of two pictures of one size: `largest` and `mean` over all values (0 to 255), and how many `pixels` differ.

    `squares` is the mean of the squared differences of all values.
    """

    largest: int
    mean: float
    pixels: int
    of: int
    squares: float

    @property
    def psnr(self) -> float:
        """Peak signal to noise ratio, in dB, over red, green and blue together; infinite if nothing differs."""
        return 10 * math.log10(255**2 / self.squares) if self.squares else math.inf

    @property
    def share(self) -> float:
        """The share of pixels that differ, 0 to 1."""
        return self.pixels / self.of

    @property
    def short(self) -> str:
        """A few words for a label, such as ``1/255 in 12 px``: the largest difference, and in how many pixels."""
        return f"{self.largest}/255 in {self.pixels:,} px"

    @property
    def measured(self) -> str:
        """For who compares: ``31.2 dB PSNR · 4.5 % of pixels changed · by 212 of 255 at most``."""
        if not self.pixels:
            return f"the same, bit for bit: all {self.of:,} pixels"
        return f"{self.psnr:.1f} dB PSNR · {_percent(self)} of pixels changed · by {self.largest} of 255 at most"

    def __str__(self) -> str:
        mean = f"{self.mean:.2g}" if self.mean < 1 else f"{self.mean:.0f}"
        return f"{self.pixels:,} of {self.of:,} pixels, by {self.largest} of 255 at most and {mean} on average"


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
    """Where and how much two pictures differ; None if their sizes differ.

    A pixel glows by the largest of its three differences, from violet over orange to pale yellow, which is the
    picture's own largest: so one of 1/255 is seen too. Where few differ, each is drawn larger than it is, or it would
    be lost where the picture is shown smaller. What is the same is `one` in a dark grey.
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
"""From nearly the same to the largest difference, each step lighter than the one before."""

_GREY = 0.22
"""How much of the picture shines through where nothing differs."""


_FEW = 0.02
"""A share of differing pixels that is so small that each is drawn larger."""


def _grown(values, reach: int):
    """Each of the values (height, width) the largest of those up to `reach` away."""
    import numpy as np

    for axis in (0, 1):
        padded = np.pad(values, [(reach, reach) if at == axis else (0, 0) for at in (0, 1)])
        parts = (np.roll(padded, -step, axis) for step in range(2 * reach + 1))
        largest = np.maximum.reduce(list(parts))
        values = largest[: values.shape[0], : values.shape[1]]
    return values


def _apart(one: Picture, other: Picture):
    """The difference of each value, (pixels, 3)."""
    import numpy as np

    a, b = (np.frombuffer(p.pixels, np.uint8).reshape(-1, 3).astype(np.int16) for p in (one, other))
    return np.abs(a - b)


def _percent(difference: Difference) -> str:
    percent = difference.share * 100
    if percent < 0.1:
        return f"{percent:.2g} %"
    whole = 10 <= percent < 99 or difference.pixels == difference.of
    return f"{percent:.0f} %" if whole else f"{min(percent, 99.9):.1f} %"
