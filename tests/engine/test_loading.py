"""Models that are none, and recipes that do not fit: said in a line, and the worker goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.wire import protocol as p
from tests.support.worker_client import WorkerClient


def copy(folder: Path, to: Path, **index: object) -> Path:
    """A copy of the model in `folder`, with other values in its index."""
    shutil.copytree(folder, to)
    file = to / "model_index.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | index))
    return to


def why_not(worker_client: WorkerClient, folder: Path) -> str:
    failed = worker_client.load(folder)
    assert isinstance(failed, p.LoadFailed)
    assert "\n" not in str(failed.problem)
    return failed.problem.message


def test_parts_are_told_as_they_load(shared: WorkerClient, models: dict[str, Path]) -> None:
    shared.load(models["lcm"])  # a model that is there already is not loaded again
    shared.worker.send(p.Load("sd", str(models["sd"])))
    said = shared.until((p.Loaded,))
    parts = [event for event in said if isinstance(event, p.Loading)]
    assert {"unet", "vae", "text_encoder"} <= {event.part for event in parts}
    assert all(0 <= event.done <= event.total for event in parts)


def test_damaged_weights(shared: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    folder = copy(models["sd"], tmp_path / "damaged")
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(b"\xff" * 4096)
    assert "is damaged" in why_not(shared, folder)


@pytest.mark.parametrize(
    "name", ["StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline", "AudioLDMPipeline", "DDPMPipeline"]
)
def test_a_pipeline_that_is_not_text_to_image(
    shared: WorkerClient, models: dict[str, Path], tmp_path: Path, name: str
) -> None:
    folder = copy(models["sd"], tmp_path / "other", _class_name=name)
    assert f"{name} is not a text-to-image pipeline" in why_not(shared, folder)


@pytest.mark.parametrize("name", ["FooPipeline", "os", "__import__('os')", "UNet2DConditionModel"])
def test_a_pipeline_that_diffusers_has_not(
    shared: WorkerClient, models: dict[str, Path], tmp_path: Path, name: str
) -> None:
    folder = copy(models["sd"], tmp_path / "other", _class_name=name)
    assert "has no" in why_not(shared, folder)


def test_pickles_are_never_loaded(shared: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    folder = copy(models["sd"], tmp_path / "pickled")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "has only .bin weights in unet" in why_not(shared, folder)


def test_no_folder_and_no_device(shared: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    assert "is not a model" in why_not(shared, tmp_path / "nothing")
    failed = shared.load(models["sd"], device="cuda:99")
    assert isinstance(failed, p.LoadFailed)
    assert "no device cuda:99" in failed.problem.message


def test_after_a_failure_another_model_loads(shared: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    why_not(shared, tmp_path / "nothing")
    assert isinstance(shared.load(models["sd"]), p.Loaded)


@pytest.mark.parametrize(
    ("recipe", "word"),
    [
        (Recipe(scheduler="FooScheduler"), "FooScheduler"),
        (Recipe(width=100, height=100), "multiples of 8"),
        (Recipe(steps=3, scheduler="KarrasVeScheduler"), "KarrasVeScheduler"),
    ],
)
def test_a_recipe_that_does_not_fit(worker_client: WorkerClient, recipe: Recipe, word: str) -> None:
    failed = worker_client.run(explore("a cat", [0], recipe))[-1]
    assert isinstance(failed, p.RoundFailed)
    assert word in str(failed.problem)
    assert isinstance(worker_client.run(explore("a cat", [0], Recipe(steps=2)))[-1], p.RoundDone)


def test_a_negative_prompt_where_there_is_none(shared: WorkerClient, models: dict[str, Path]) -> None:
    shared.load(models["lcm"])
    failed = shared.run(explore("a cat", [0], Recipe(negative="blurry")))[-1]
    assert isinstance(failed, p.RoundFailed)
    assert "does not support a negative prompt" in failed.problem.message


def test_words_beyond_the_limit_are_noted(worker_client: WorkerClient) -> None:
    prompt = "x" * 100
    images = [e for e in worker_client.run(explore(prompt, [0], Recipe(steps=2))) if isinstance(e, p.ImageReady)]
    assert images[0].record.notes == ("prompt too long, cut off: " + "x" * 25,)
    worker_client.worker.send(p.CountTokens(7, (prompt, "cat")))
    counted = worker_client.until((p.Tokens,))[-1]
    assert counted == p.Tokens(7, (p.TokenCount(100, "x" * 25), p.TokenCount(3)), 75)
