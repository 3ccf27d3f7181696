"""Nothing in the step loop waits for the device, and that moves no bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.diffusion.timesteps import HostTimesteps
from seedtui.engine.wire import protocol as p


@pytest.fixture(scope="module")
def pipeline(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)


def run(pipeline: Pipeline, recipe: Recipe) -> tuple[list[str], int]:
    """The hashes of a round's images, and how many previews there were."""
    events: list[Any] = []
    pipeline.run(explore("a cat", range(4), recipe), events.append, lambda: False)
    images = [event.record.sha256 for event in events if isinstance(event, p.ImageReady)]
    return images, sum(len(event.previews) for event in events if isinstance(event, p.Step))


@pytest.mark.parametrize(
    ("scheduler", "swapped"),
    [("pndm", True), ("ddim", True), ("ddpm", True), ("lcm", True), ("euler", False), ("dpm++2m", False)],
)
def test_a_table_is_indexed_by_a_number_on_the_cpu(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, scheduler: str, swapped: bool
) -> None:
    """As if the timesteps lay on a GPU: each step is given the copy, in its place, and the images are the same."""
    recipe = Recipe(steps=4, scheduler=scheduler)
    before, _ = run(pipeline, recipe)
    seen: list[bool] = []
    swap = HostTimesteps.swap

    def watched(self: HostTimesteps, timestep: torch.Tensor) -> Any:
        given = swap(self, timestep)
        assert torch.equal(given, timestep)
        seen.append(given is not timestep)
        return given

    monkeypatch.setattr(HostTimesteps, "_is_remote", lambda self, timestep: True)
    monkeypatch.setattr(HostTimesteps, "swap", watched)
    assert run(pipeline, recipe)[0] == before
    assert set(seen) == {swapped}


def test_a_timestep_that_is_not_the_schedulers_stays(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HostTimesteps, "_is_remote", lambda self, timestep: True)
    scheduler = pipeline._pipe.scheduler
    scheduler.set_timesteps(4)
    host = HostTimesteps(scheduler)
    foreign = torch.tensor(981)
    assert host.swap(foreign) is foreign
    assert host.swap(981) == 981


def test_a_preview_that_has_not_arrived_is_not_waited_for(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with a later step; one that never comes holds nothing up."""
    monkeypatch.setattr("seedtui.engine.diffusion.progress.PREVIEW_EVERY_ON_CPU", 0.0)
    recipe = Recipe(steps=4)
    images, at_once = run(pipeline, recipe)
    assert at_once == 4 * 5  # PNDM's own count of steps

    class Late(previews.Snapshot):
        asked = 0

        @property
        def pixels(self) -> torch.Tensor | None:
            self.asked += 1
            return super().pixels if self.asked > 1 else None

    monkeypatch.setattr(previews, "Snapshot", Late)
    assert run(pipeline, recipe) == (images, 4 * 2)
    monkeypatch.setattr(Late, "pixels", property(lambda self: None))
    assert run(pipeline, recipe) == (images, 0)
