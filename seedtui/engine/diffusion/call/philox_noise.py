"""Noise that is drawn on the CPU as an NVIDIA card draws it: the generators, and `torch.randn` for a call with them.

All text-to-image pipelines and schedulers draw their noise with `torch.randn` and the generators of the call, mostly
through Diffusers' `randn_tensor`. What is drawn from such a generator in another way is not a card's: it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from seedtui.core.errors import InputError
from seedtui.core.noise.philox import philox_normals


class PhiloxGenerator(torch.Generator):
    """Counts its draws; each has the normal numbers that an NVIDIA card draws within one wave."""

    key = draws = 0

    def manual_seed(self, seed: int) -> torch.Generator:
        self.key, self.draws = seed, 0
        return super().manual_seed(seed)

    def get_state(self) -> torch.Tensor:
        return torch.cat([super().get_state(), torch.tensor([self.draws]).view(torch.uint8)])

    def normals(self, *size: Any, dtype: Any = None, device: Any = None, **_: Any) -> torch.Tensor:
        dtype = dtype or torch.get_default_dtype()
        if dtype not in (torch.float32, torch.float16, torch.bfloat16):
            raise TypeError(f"philox noise is float32, or rounded to float16 or bfloat16, not {dtype}")
        shape = size if size and isinstance(size[0], int) else size[0]
        numbers = philox_normals(self.key, math.prod(shape), self.draws)
        self.draws += 1
        return torch.from_numpy(numbers).view(*shape).to(device=device, dtype=dtype)


def randn_with_philox(plain: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """`torch.randn`, which is `plain`, with a `PhiloxGenerator` too."""

    def randn(*size: Any, **options: Any) -> torch.Tensor:
        generator = options.get("generator")
        return (generator.normals if isinstance(generator, PhiloxGenerator) else plain)(*size, **options)

    return randn


class PhiloxNoise:
    """A context manager in which `torch.randn` takes philox generators, if there are any among `generators`.

    Raises:
        InputError: on exit, something else than `torch.randn` drew from them.
    """

    def __init__(self, generators: Sequence[torch.Generator]) -> None:
        self._generators = [one for one in generators if isinstance(one, PhiloxGenerator)]

    def __enter__(self) -> PhiloxNoise:
        self._plain = torch.randn
        if self._generators:
            torch.randn = randn_with_philox(self._plain)
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        torch.randn = self._plain
        if failed is None and any(map(_drawn_otherwise, self._generators)):
            raise InputError(
                "this model draws more than normal noise from its generators, which philox does not have",
                "Use another generator: cpu, or that of the device",
            )


def _drawn_otherwise(generator: PhiloxGenerator) -> bool:
    fresh = torch.Generator().manual_seed(generator.key)
    return not torch.equal(torch.Generator.get_state(generator), fresh.get_state())
