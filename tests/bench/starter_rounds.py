"""Rounds of the starter model in this process, for measurements: pictures, and nothing on disk."""

from __future__ import annotations

from seedtui.core.images.picture import Picture
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import find_model


class Starter:
    """The starter model, or another that is installed, loaded on the CPU."""

    def __init__(self, name: str = "starter") -> None:
        model = find_model(name)
        self._pipeline = Pipeline.load(p.Load(model.name, str(model.path), device="cpu"), lambda event: None)

    def pictures(self, round_: Round) -> list[Picture]:
        """The pictures of `round_`, in the order of its shots."""
        found: dict[int, Picture] = {}

        def take(event: p.Message) -> None:
            if isinstance(event, p.ImageReady):
                found[event.index] = Picture(event.width, event.height, event.pixels)

        self._pipeline.run(round_, take, lambda: False)
        return [found[shot.index] for shot in round_.shots]
