"""Makes the seed decide the layout: a picture's layout is encoded in its noise, as a few sums.

The denoiser is trained on matching noise and pictures: the layout of each training picture is given by these sums over
its noise. So a seed means one layout, whatever style the prompt asks for, and few steps are enough, because the noise
already shows where things go. The noise itself is still plain Gaussian noise.
"""

import numpy as np
import torch
from torch import Tensor

NUMBERS = (
    "place_x", "place_y", "size", "turn", "mirror", "light_x", "light_y", "halo_x", "halo_y", "halo_size", "horizon",
    "ground", "drawing",
)  # fmt: skip
"""What is encoded, in this order: one number with mean 0 and standard deviation 1 per channel of the latents."""


def uniform(normal: np.ndarray) -> np.ndarray:
    """Convert normally distributed numbers to uniformly distributed ones in 0..1, keeping their order."""
    result: np.ndarray = torch.special.ndtr(torch.from_numpy(normal)).numpy()
    return result


def _checkers(noise: Tensor) -> Tensor:
    """A chequerboard with norm 1, (height, width), like the planes of `noise`. Pictures have little of it."""
    height, width = noise.shape[-2:]
    rows, columns = torch.arange(height, device=noise.device), torch.arange(width, device=noise.device)
    signs = 1 - 2 * ((rows[:, None] + columns) % 2)
    result: Tensor = signs.to(noise.dtype) / (height * width) ** 0.5
    return result


def read(noise: Tensor) -> Tensor:
    """The layout numbers encoded in `noise` (batch, channels, height, width): (batch, len(NUMBERS))."""
    return (noise[:, : len(NUMBERS)] * _checkers(noise)).sum((2, 3))


def written(noise: Tensor, layout: Tensor) -> Tensor:
    """`noise` with the smallest change that makes `read` return `layout`."""
    change = (layout - read(noise))[:, :, None, None] * _checkers(noise)
    rest = noise.shape[1] - len(NUMBERS)
    return noise + torch.nn.functional.pad(change, (0, 0, 0, 0, 0, rest))
