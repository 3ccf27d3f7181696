"""How many elements of noise an image takes."""

from __future__ import annotations

import msgspec


class LatentShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """The noise of one image of a pipeline: (`channels`, height / `factor`, width / `factor`).

    Each image of a batch has a generator, and draws by itself: the count does not depend on the batch. A scheduler
    that draws noise in its steps draws as many elements again each time. `packed`: the pipeline joins each 2x2 of the
    latents (Flux, Qwen-Image), so that sides count in steps of 2 x `factor`. With `channels` 0 nothing is known.
    """

    channels: int = 0
    factor: int = 8
    packed: bool = False

    def elements(self, width: int, height: int) -> int:
        """The elements of each draw for an image of `width` x `height` pixels; 0 if that is unknown."""
        step = self.factor * (2 if self.packed else 1)
        sides = [side // step * step // self.factor for side in (width, height)]
        return self.channels * sides[0] * sides[1]
