"""The steps and guidance that a model's folder asks for, where a round sets none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from diffusers import DiffusionPipeline

from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from seedtui.models.defaults import read_defaults


def load(folder: Path, text: str) -> Pipeline:
    (folder / "seedtui.json").write_text(text)
    return Pipeline.load(p.Load("sd", str(folder)), lambda event: None)


@pytest.fixture
def folder(models: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(models["sd"], tmp_path / "sd")


def first(pipeline: Pipeline, recipe: Recipe) -> ImageRecord:
    events: list[p.Message] = []
    pipeline.run(explore("a cat", range(2), recipe), events.append, lambda: False)
    return next(event.record for event in events if isinstance(event, p.ImageReady))


def test_a_round_takes_the_folders_defaults_and_its_record_tells_them(folder: Path) -> None:
    pipeline = load(folder, '{"steps": 3, "guidance": 2.5, "more": 1}')
    assert (pipeline.info.steps, pipeline.info.guidance) == (3, 2.5)
    record = first(pipeline, Recipe())
    assert (record.recipe.steps, record.recipe.guidance) == (3, 2.5)
    plain = DiffusionPipeline.from_pretrained(folder)
    generators = [torch.Generator().manual_seed(seed) for seed in range(2)]
    images = plain(
        "a cat", num_images_per_prompt=2, generator=generators, num_inference_steps=3, guidance_scale=2.5
    ).images
    assert record.sha256 == pixel_hash(images[0].tobytes())


def test_a_recipe_decides_over_the_folder(folder: Path) -> None:
    pipeline = load(folder, '{"steps": 3}')
    record = first(pipeline, Recipe(steps=2, guidance=4))
    assert (record.recipe.steps, record.recipe.guidance) == (2, 4)
    assert first(pipeline, record.recipe).sha256 == record.sha256


@pytest.mark.parametrize("text", ["", "[]", '{"steps": "many"}', '{"steps": 0}', '{"guidance": -1}', '{"steps": 2.5}'])
def test_a_file_that_was_not_made_for_this_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "seedtui.json").write_text(text)
    assert read_defaults(tmp_path) == read_defaults(tmp_path / "none")
