"""Colours in a space where distances are about as large as they look.

OKLab, by Björn Ottosson: https://bottosson.github.io/posts/oklab/.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_TO_CONES = np.array(
    [[0.4122214708, 0.2119034982, 0.0883024619],
     [0.5363325363, 0.6806995451, 0.2817188376],
     [0.0514459929, 0.1073969566, 0.6299787005]], np.float32,
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 1.9779984951, 0.0259040371],
     [0.7936177850, -2.4285922050, 0.7827717662],
     [-0.0040720468, 0.4505937099, -0.8086757660]], np.float32,
)  # fmt: skip
_LEVELS = np.arange(256) / 255
_LIGHT = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)


def oklab(colours: npt.NDArray[np.uint8]) -> Floats:
    """Lightness, green to red and blue to yellow of sRGB `colours` (..., 3), with black at 0 and white at 255."""
    cones = np.cbrt(_mapped(_LIGHT[colours], _TO_CONES))
    return 255 * _mapped(cones, _TO_LAB)


def _mapped(values: Floats, matrix: Floats) -> Floats:
    # Written out, as a matrix product would start threads that take longer than this.
    mapped: Floats = values[..., :1] * matrix[0] + values[..., 1:2] * matrix[1] + values[..., 2:] * matrix[2]
    return mapped
