"""The first noise of variations: that of one seed, turned towards that of another.

The pipeline draws and packs both itself, with its own `prepare_latents`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch

from seedtui.core.errors import InputError
from seedtui.core.rounds.variation import Variation


class TurnedNoise:
    """A context manager around a call of `pipe`, with the `turns` of each image, all of a strength between 0 and 1.

    `generator` makes the generator of a seed, as for the call.

    Raises:
        InputError: the call has not drawn its noise in this way.
    """

    def __init__(
        self, pipe: Any, turns: Sequence[tuple[Variation, ...]], generator: Callable[[int], torch.Generator]
    ) -> None:
        self._pipe, self._generator, self._turns = pipe, generator, turns
        self._deepest = max(map(len, turns), default=0)
        self._drawn = False

    def __enter__(self) -> TurnedNoise:
        if self._deepest:
            plain = getattr(self._pipe, "prepare_latents", None)
            if plain is None:
                raise self._cannot()
            self._pipe.prepare_latents = self._turning(plain)
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        vars(self._pipe).pop("prepare_latents", None)
        if failed is None and self._deepest and not self._drawn:
            raise self._cannot()

    def _turning(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(plain)

        def prepare_latents(*args: Any, **kwargs: Any) -> Any:
            drawn = plain(*args, **kwargs)
            call = signature.bind(*args, **kwargs)
            if not isinstance(call.arguments.get("generator"), list):
                raise self._cannot()
            first, *rest = drawn if isinstance(drawn, tuple) else (drawn,)
            first = first.clone()
            for number in range(self._deepest):
                due = {slot: turns[number] for slot, turns in enumerate(self._turns) if number < len(turns)}
                seeds = [due[slot].seed if slot in due else 0 for slot in range(len(self._turns))]
                call.arguments["generator"] = [self._generator(seed) for seed in seeds]
                other = plain(*call.args, **call.kwargs)
                other = other[0] if isinstance(other, tuple) else other
                for slot, turn in due.items():
                    first[slot] = slerp(first[slot], other[slot], turn.strength)
            self._drawn = True
            return (first, *rest) if isinstance(drawn, tuple) else first

        return prepare_latents

    def _cannot(self) -> InputError:
        return InputError(
            f"{type(self._pipe).__name__} draws its noise in a way that cannot be varied", "Generate other seeds"
        )


def slerp(one: torch.Tensor, other: torch.Tensor, share: float) -> torch.Tensor:
    """Spherical interpolation between two tensors of one shape, `share` of the way; in float32.

    Noise of any share has the length of noise, which a straight line between two points of a sphere leaves.
    Between a tensor and itself there is no angle to divide by: it stays as it is.
    """
    a, b = one.float(), other.float()
    angle = torch.acos(((a / a.norm()) * (b / b.norm())).sum().clamp(-1, 1))
    if not angle or torch.equal(a, b):
        return one
    turned = (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / torch.sin(angle)
    return turned.to(one.dtype)
