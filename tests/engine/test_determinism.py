"""Promises D1 and D2: the bytes of the guide's own code, whatever else is in the round."""

from __future__ import annotations

from pathlib import Path

import pytest
from diffusers import DDIMScheduler

from seedtui.core.images.record import round_again
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.engine.wire import protocol as p
from tests.support.guide import PROMPT, STEPS, guide, guide_refined, load
from tests.support.worker_client import WorkerClient


@pytest.mark.parametrize("name", ["sd", "sdxl", "lcm"])
def test_both_rounds_are_those_of_plain_diffusers(shared: WorkerClient, models: dict[str, Path], name: str) -> None:
    shared.load(models[name])
    pipe = load(models[name])
    recipe = Recipe(steps=STEPS)
    expected = guide(pipe, range(4))
    assert len(set(expected)) == 4
    assert shared.hashes(explore(PROMPT, range(4), recipe)) == expected
    assert shared.hashes(refine(PROMPT, 1, SUFFIXES, recipe)) == guide_refined(pipe, 1, SUFFIXES)


def test_every_setting_means_what_it_means_in_diffusers(worker_client: WorkerClient, models: dict[str, Path]) -> None:
    pipe = load(models["sd"])
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    recipe = Recipe(steps=STEPS, scheduler="ddim", guidance=3.0, width=72, height=56, negative="blurry")
    options = {"guidance_scale": 3.0, "width": 72, "height": 56}
    assert worker_client.hashes(explore(PROMPT, range(4), recipe)) == guide(
        pipe, range(4), negative_prompt="blurry", **options
    )
    assert worker_client.hashes(refine(PROMPT, 2, SUFFIXES, recipe)) == guide_refined(
        pipe, 2, SUFFIXES, negative_prompt=["blurry"] * 4, **options
    )


def test_a_seed_alone_gives_the_image_it_gives_among_others(worker_client: WorkerClient) -> None:
    recipe = Recipe(steps=STEPS)
    together = worker_client.hashes(explore(PROMPT, range(4), recipe))
    assert [worker_client.hashes(explore(PROMPT, [seed], recipe))[0] for seed in range(4)] == together


def test_six_seeds_are_two_calls_of_four(worker_client: WorkerClient, models: dict[str, Path]) -> None:
    pipe = load(models["sd"])
    expected = guide(pipe, range(4)) + guide(pipe, [4, 5, 5, 5])[:2]
    assert worker_client.hashes(explore(PROMPT, range(6), Recipe(steps=STEPS))) == expected


def test_a_record_makes_its_image_again(worker_client: WorkerClient) -> None:
    events = worker_client.run(refine(PROMPT, 3, SUFFIXES, Recipe(steps=STEPS)))
    for image in (event for event in events if isinstance(event, p.ImageReady)):
        again = worker_client.hashes(round_again(image.record))
        assert again[image.record.slot] == image.record.sha256


def test_the_threads_that_are_asked_for_are_the_ones_in_the_record(
    shared: WorkerClient, models: dict[str, Path]
) -> None:
    for asked, there in ((3, 3), (0, 1)):
        loaded = shared.load(models["sd"], threads=asked)
        assert isinstance(loaded, p.Loaded)
        assert loaded.model.environment.threads == there
