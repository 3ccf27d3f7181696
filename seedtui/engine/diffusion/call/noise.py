"""Noise that does not come from the generators of a call: from schedulers that are called without them, and from
PyTorch's global generators.

It is detected by watching the states of the generators, not by a list of classes.
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
    """Passes the `generators` of the call, one per image, to a scheduler whose pipeline does not, as in SD3 and Flux.

    A context manager that wraps `step` of `scheduler`, which may be None. `used` says in which way noise was drawn with
    its help, None if none was. Only the ways in `allowed` are used.
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
            return inner(*call.args, **call.kwargs)  # not one sample per image, so the generators do not fit
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
    """Restores the state of PyTorch's global generators, of the CPU and of `device`, on exit.

    Within the context they are seeded with `seed`, unless it is None. `used` says whether anything was drawn from them.
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
    """PyTorch's default generators for the CPU and for `device`, which are used if no other is given."""
    kind, index = torch.device(device).type, torch.device(device).index
    if kind in ("cuda", "xpu"):
        module = getattr(torch, kind)
        module.init()
        return [torch.default_generator, module.default_generators[module.current_device() if index is None else index]]
    if kind == "mps":
        return [torch.default_generator, torch.mps._get_default_mps_generator()]
    return [torch.default_generator]


def has_drawn(generators: Sequence[torch.Generator], states: Sequence[torch.Tensor]) -> bool:
    """Whether the state of any of `generators` differs from its state in `states`."""
    return any(not torch.equal(g.get_state(), was) for g, was in zip(generators, states, strict=True))
