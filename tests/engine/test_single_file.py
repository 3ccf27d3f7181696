"""Single files, with the names that checkpoints have, and the settings that the Hub's client keeps."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.engine.wire import protocol as p
from tests.support.guide import PROMPT, guide, guide_refined, load
from tests.support.pipelines import tiny_lora
from tests.support.single_file import put_settings, write_single_file
from tests.support.worker_client import WorkerClient


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the Hub's client, empty, for workers that start from now on."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.slow
def test_it_makes_the_bytes_of_the_folder_it_was_made_from(
    cache: Path, new_talk: Callable[[], WorkerClient], models: dict[str, Path], tmp_path: Path
) -> None:
    put_settings(models["sd"], cache)
    worker_client, file = new_talk(), write_single_file(models["sd"], tmp_path / "portrait.safetensors")
    loaded = worker_client.load(file)
    assert isinstance(loaded, p.Loaded), loaded
    assert loaded.model.pipeline == "StableDiffusionPipeline"
    recipe, pipe = Recipe(steps=4), load(models["sd"])
    assert worker_client.hashes(explore(PROMPT, range(4), recipe)) == guide(pipe, range(4))
    assert worker_client.hashes(refine(PROMPT, 1, SUFFIXES, recipe)) == guide_refined(pipe, 1, SUFFIXES)


@pytest.mark.slow
def test_a_part_of_a_model_is_told_and_the_worker_goes_on(
    cache: Path, new_talk: Callable[[], WorkerClient], models: dict[str, Path], tmp_path: Path
) -> None:
    put_settings(models["sd"], cache)
    file = write_single_file(models["sd"], tmp_path / "no-vae.safetensors")
    save_file({k: v for k, v in load_file(file).items() if "first_stage" not in k}, file)
    worker_client = new_talk()
    failed = worker_client.load(file)
    assert isinstance(failed, p.LoadFailed)
    assert "cannot load no-vae.safetensors" in failed.problem.message
    assert "not just one component" in failed.problem.hint
    assert isinstance(worker_client.load(models["sd"]), p.Loaded)


def test_a_lora_is_told(shared: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    failed = shared.load(tiny_lora(models["sd"], tmp_path / "ink.safetensors", seed=1))
    assert isinstance(failed, p.LoadFailed)
    assert failed.problem.message == "ink.safetensors is a LoRA, not a whole model"
    assert "--lora" in failed.problem.hint


@pytest.mark.parametrize("left", [0, 7, 5_000, -1000])
def test_a_part_of_a_file_is_told(shared: WorkerClient, models: dict[str, Path], tmp_path: Path, left: int) -> None:
    file = write_single_file(models["sd"], tmp_path / "half.safetensors")
    file.write_bytes(file.read_bytes()[:left])
    failed = shared.load(file)
    assert isinstance(failed, p.LoadFailed)
    assert failed.problem.kind == "model"
    assert failed.problem.message.startswith(f"{tmp_path.name}/half.safetensors is damaged: ")
    assert failed.problem.hint == "Copy or download the model again"


def test_weights_of_a_type_that_the_library_does_not_know_are_told(shared: WorkerClient, tmp_path: Path) -> None:
    file = tmp_path / "later.safetensors"
    header = b'{"x": {"dtype": "Q4", "shape": [1], "data_offsets": [0, 4]}}'
    file.write_bytes(struct.pack("<Q", len(header)) + header + b"abcd")
    failed = shared.load(file)
    assert isinstance(failed, p.LoadFailed)
    assert failed.problem.kind == "model"
    assert failed.problem.message.startswith("later.safetensors cannot be read: ")


def test_without_its_settings_it_says_where_they_are(shared: WorkerClient, tmp_path: Path) -> None:
    file = tmp_path / "portrait.safetensors"
    save_file({}, file)
    failed = shared.load(file)
    assert isinstance(failed, p.LoadFailed)
    assert "settings" in failed.problem.message
    assert "hf download stable-diffusion-v1-5/" in failed.problem.hint
