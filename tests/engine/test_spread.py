"""Seed spread against bare Diffusers calls with embeddings made by hand, and what it does to the variety of a round."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from seedtui.core.images.record import pixel_hash
from seedtui.core.images.variety import look_alike, sketch, variety
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.call.prompt_spread import spread_steps
from tests.bench.starter_rounds import Starter
from tests.support.guide import PROMPT, STEPS, load
from tests.support.worker_client import WorkerClient


def test_noise_for_all_steps_is_that_of_embeddings_made_by_hand(worker_client: WorkerClient, models: dict[str, Path]):
    pipe, seeds = load(models["sd"]), (0, 1, 2, 3)
    plain, negative = pipe.encode_prompt(PROMPT, pipe.device, len(seeds), True)
    generators = [torch.Generator().manual_seed(seed ^ 0x5EED5EED) for seed in seeds]
    noise = [torch.randn(plain.shape[1:], generator=generator) for generator in generators]
    noisy = torch.stack([row + 0.4 * row.std() * own for row, own in zip(plain, noise, strict=True)])
    images = pipe(
        prompt_embeds=noisy, negative_prompt_embeds=negative, num_inference_steps=STEPS,
        generator=[torch.Generator().manual_seed(seed) for seed in seeds],
    ).images  # fmt: skip
    recipe = Recipe(steps=STEPS, spread=0.4, spread_share=1.0)
    assert worker_client.hashes(explore(PROMPT, seeds, recipe)) == [pixel_hash(image.tobytes()) for image in images]


@pytest.mark.parametrize(
    ("share", "steps", "noisy"), [(0.25, 4, 1), (0.25, 8, 2), (0.01, 50, 1), (1, 1, 1), (0.5, 1, 1), (1, 20, 20)]
)
def test_at_least_one_step_has_the_noise(share: float, steps: int, noisy: int):
    assert spread_steps(share, steps) == noisy


@pytest.mark.slow
def test_it_raises_the_variety_of_few_steps_where_seeds_look_alike():
    starter = Starter()
    with starter.seeds_alike(0.05):
        alike, spread = (
            variety([sketch(one) for one in starter.pictures(explore("fox", range(4), Recipe(steps=2, spread=by)))])
            or 0
            for by in (0.0, 1.0)
        )
    assert look_alike(alike) and not look_alike(spread)
    assert spread > 1.4 * alike
