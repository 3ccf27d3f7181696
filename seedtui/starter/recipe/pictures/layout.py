"""What a seed decides: a picture's layout is read from its noise, by the same few sums in every picture.

The denoiser is trained on noise and pictures that belong together: the layout of each training picture is what
these sums of its noise say. So a seed means one layout, whatever the prompt's style, and few steps are enough,
for the first look at the noise already tells where things go. The noise itself stays plain Gaussian noise.
"""

import numpy as np
import torch
from torch import Tensor

NUMBERS = (
    "place_x", "place_y", "size", "turn", "mirror", "light_x", "light_y", "halo_x", "halo_y", "halo_size", "horizon",
    "ground", "drawing",
)  # fmt: skip
"""What is read, in this order: one number of mean 0 and deviation 1 each, from one channel of the latents each."""


def uniform(normal: np.ndarray) -> np.ndarray:
    """Numbers of mean 0 and deviation 1 as numbers in 0..1, evenly spread, their order kept."""
    return torch.special.ndtr(torch.from_numpy(normal)).numpy()


def _checkers(noise: Tensor) -> Tensor:
    """A chequerboard of length 1, (height, width), like the planes of `noise`; pictures have little of it."""
    height, width = noise.shape[-2:]
    rows, columns = torch.arange(height, device=noise.device), torch.arange(width, device=noise.device)
    signs = 1 - 2 * ((rows[:, None] + columns) % 2)
    return signs.to(noise.dtype) / (height * width) ** 0.5


def read(noise: Tensor) -> Tensor:
    """The layout numbers in `noise` (batch, channels, height, width): (batch, len(NUMBERS))."""
    return (noise[:, : len(NUMBERS)] * _checkers(noise)).sum((2, 3))


def written(noise: Tensor, layout: Tensor) -> Tensor:
    """`noise` changed as little as makes `read` give `layout`."""
    change = (layout - read(noise))[:, :, None, None] * _checkers(noise)
    rest = noise.shape[1] - len(NUMBERS)
    return noise + torch.nn.functional.pad(change, (0, 0, 0, 0, 0, rest))
