"""Rounds of the starter model in this process, for measurements: pictures, and nothing on disk."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from seedtui.core.images.picture import Picture
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.call.turned_noise import slerp
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import find_model


class Starter:
    """The starter model, or another that is installed, loaded on the CPU."""

    def __init__(self, name: str = "starter") -> None:
        model = find_model(name)
        self._pipeline = Pipeline.load(p.Load(model.name, str(model.path), device="cpu"), lambda event: None)

    @contextmanager
    def seeds_alike(self, strength: float) -> Iterator[None]:
        """A context in which the noise of each seed is that of seed 0, turned only by `strength` towards its own."""
        kind = type(self._pipeline._pipe)
        plain = kind.prepare_latents

        def prepare_latents(pipe: Any, *args: Any, **kwargs: Any) -> Any:
            call = inspect.signature(plain).bind(pipe, *args, **kwargs)
            own = plain(*call.args, **call.kwargs)
            call.arguments["generator"] = [torch.Generator().manual_seed(0) for _ in own]
            same = plain(*call.args, **call.kwargs)
            return torch.stack([slerp(one, other, strength) for one, other in zip(same, own, strict=True)])

        kind.prepare_latents = prepare_latents
        try:
            yield
        finally:
            kind.prepare_latents = plain

    def pictures(self, round_: Round) -> list[Picture]:
        """The pictures of `round_`, in the order of its shots."""
        found: dict[int, Picture] = {}

        def take(event: p.Message) -> None:
            if isinstance(event, p.ImageReady):
                found[event.index] = Picture(event.width, event.height, event.pixels)

        self._pipeline.run(round_, take, lambda: False)
        return [found[shot.index] for shot in round_.shots]
