"""Additions to the guide's plain call: they make otherwise unseeded noise repeatable, and work around a bad decoder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

import msgspec

StepNoise = Literal["generators", "seeds"]


class Adjustments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a call differed from the guide's. With all defaults it was exactly the guide's call.

    `step_noise`: the pipeline calls its scheduler's `step` without a generator, so `step` was given the call's
    generators (``generators``), or the scheduler's `noise_sampler_seed` was set to the call's seeds (``seeds``).
    `global_seed`: noise came from PyTorch's global generators, which were seeded with this before the call.
    `float32_decoder`: the decoder returned NaN, so the image was decoded again in float32.
    """

    step_noise: StepNoise | None = None
    global_seed: int | None = None
    float32_decoder: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Each adjustment that was made, in a few words."""
        step = {"generators": "step noise from the generators", "seeds": "step noise from the seeds"}
        return (
            *((step[self.step_noise],) if self.step_noise else ()),
            *((f"global generators seeded with {self.global_seed}",) if self.global_seed is not None else ()),
            *(("decoded in float32",) if self.float32_decoder else ()),
        )


def seed_of_call(seeds: Iterable[int]) -> int:
    """The seed of the global generators for a call with these `seeds`: 0 to 2^63-1.

    It must not be one of `seeds`, or the noise of the steps would repeat that of the latents.
    """
    text = ",".join(map(str, seeds))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1
