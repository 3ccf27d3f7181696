"""Noise that the generators of a call do not reach by themselves: of schedulers that a pipeline calls without them, and
of PyTorch's global generators.

Whether there is any is found by watching the generators' states, not by a list of classes.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import torch

from seedtui.core.rounds.adjustments import StepNoise

EITHER: tuple[StepNoise, ...] = ("generators", "seeds")


class StepNoiseWatch:
    """Gives a scheduler the `generators` of the call, one an image, where its pipeline does not, as SD3 and Flux.

    As a context it stands in front of the `step` of `scheduler`, which may be None. `used` tells how noise was drawn
    so, None if none was; only the ways in `allowed` are taken.
    """

    def __init__(
        self, scheduler: Any, generators: Sequence[torch.Generator], allowed: tuple[StepNoise, ...] = EITHER
    ) -> None:
        self._scheduler: Any = scheduler if callable(getattr(scheduler, "step", None)) else None
        self._generators = list(generators)
        self._allowed = allowed
        self.used: StepNoise | None = None

    def __enter__(self) -> StepNoiseWatch:
        if self._scheduler is not None:
            inner = self._scheduler.step
            signature = inspect.signature(inner)

            @functools.wraps(inner)  # pipelines read the signature of `step`
            def step(*args: Any, **kwargs: Any) -> Any:
                return self._step(inner, signature.bind(*args, **kwargs))

            self._scheduler.step = step
        return self

    def __exit__(self, *_: object) -> None:
        if self._scheduler is not None:
            vars(self._scheduler).pop("step", None)
            if self.used == "seeds":
                self._scheduler.noise_sampler_seed = None

    def _step(self, inner: Any, call: inspect.BoundArguments) -> Any:
        sample = call.arguments.get("sample")
        if not isinstance(sample, torch.Tensor) or len(sample) != len(self._generators):
            return inner(*call.args, **call.kwargs)  # a part of the images, or other things: each has no one generator
        if "generators" in self._allowed and _lacks_generator(call):
            call.arguments["generator"] = self._generators
            before = [generator.get_state() for generator in self._generators]
            stepped = inner(*call.args, **call.kwargs)
            if has_drawn(self._generators, before) or getattr(self._scheduler, "noise_sampler", None) is not None:
                self.used = "generators"
            return stepped
        if "seeds" in self._allowed and getattr(self._scheduler, "noise_sampler_seed", 0) is None:
            self._scheduler.noise_sampler_seed = [generator.initial_seed() for generator in self._generators]
            self.used = "seeds"
        return inner(*call.args, **call.kwargs)


def _lacks_generator(call: inspect.BoundArguments) -> bool:
    return "generator" in call.signature.parameters and call.arguments.get("generator") is None


class GlobalNoiseWatch:
    """Forks PyTorch's global generators, of the CPU and of `device`; within, they are seeded with `seed`, if not None.

    `used` tells whether anything was drawn from them.
    """

    def __init__(self, device: str, seed: int | None) -> None:
        self._generators = global_generators(device)
        self._seed = seed
        self.used = False

    def __enter__(self) -> GlobalNoiseWatch:
        self._outside = [generator.get_state() for generator in self._generators]
        if self._seed is not None:
            for generator in self._generators:
                generator.manual_seed(self._seed)
        self._begin = [generator.get_state() for generator in self._generators]
        return self

    def __exit__(self, *_: object) -> None:
        self.used = has_drawn(self._generators, self._begin)
        for generator, state in zip(self._generators, self._outside, strict=True):
            generator.set_state(state)


def global_generators(device: str) -> list[torch.Generator]:
    """PyTorch's own generators for the CPU and for `device`: what is drawn from without being told another."""
    kind, index = torch.device(device).type, torch.device(device).index
    if kind in ("cuda", "xpu"):
        module = getattr(torch, kind)
        module.init()
        return [torch.default_generator, module.default_generators[module.current_device() if index is None else index]]
    if kind == "mps":
        return [torch.default_generator, torch.mps._get_default_mps_generator()]
    return [torch.default_generator]


def has_drawn(generators: Sequence[torch.Generator], states: Sequence[torch.Tensor]) -> bool:
    """Whether one of `generators` is no longer in its state of `states`."""
    return any(not torch.equal(g.get_state(), was) for g, was in zip(generators, states, strict=True))
