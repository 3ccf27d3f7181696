"""A GGUF file in place of the model's transformer or UNet: the bytes of the plain Diffusers call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from diffusers import DiffusionPipeline, GGUFQuantizationConfig, QwenImageTransformer2DModel
from diffusers.models.attention_dispatch import attention_backend

from seedtui.core.errors import ModelError
from seedtui.core.images.record import pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.loading import gguf_transformer, placement
from seedtui.engine.wire import protocol as p
from tests.support.guide import PROMPT, STEPS, guide, load
from tests.support.pipelines import tiny_flux, tiny_gguf, tiny_pixart
from tests.support.worker_client import WorkerClient

pytest.importorskip("gguf")


def of(**settings: Any) -> Recipe:
    return Recipe(steps=STEPS, width=64, height=64, **settings)


def plain(folder: Path, file: Path, dtype: torch.dtype, *steps: Callable[[Any], None]) -> list[str]:
    """The plain call with `file`, whose weights `dtype` computes."""
    name, part = ("UNet2DConditionModel", "unet") if (folder / "unet").exists() else (
        "FluxTransformer2DModel", "transformer")  # fmt: skip
    net = getattr(diffusers, name).from_single_file(
        str(file), quantization_config=GGUFQuantizationConfig(compute_dtype=dtype), config=str(folder),
        subfolder=part, torch_dtype=dtype,
    )  # fmt: skip
    pipe = DiffusionPipeline.from_pretrained(folder, **{part: net}, dtype=dtype, use_safetensors=True)
    pipe.set_progress_bar_config(disable=True)
    for step in steps:
        step(pipe)
    return guide(pipe, range(4), width=64, height=64)


def offload(pipe: Any) -> None:
    pipe.enable_group_offload(
        onload_device=torch.device("cpu"), offload_type="leaf_level", exclude_modules=list(placement.DECODERS)
    )


def math(pipe: Any) -> None:
    pipe.transformer.set_attention_backend("_native_math")


def slice_vae(pipe: Any) -> None:
    pipe.vae.enable_slicing()


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_flux(tmp_path_factory.mktemp("gguf") / "flux")


def images_of(client: WorkerClient, recipe: Recipe) -> list[p.ImageReady]:
    return [event for event in client.run(explore(PROMPT, range(4), recipe)) if isinstance(event, p.ImageReady)]


def test_it_is_the_plain_call_and_leaves_nothing_behind(shared: WorkerClient, flux: Path, tmp_path: Path) -> None:
    file = tiny_gguf(flux, tmp_path / "q8.gguf")
    with_file, bare = plain(flux, file, torch.float32), guide(load(flux), range(4), width=64, height=64)
    with attention_backend("native"):
        by_math = plain(flux, file, torch.float32, math)
    assert bare != with_file  # whether attention by math has other low bits depends on the processor
    shared.load(flux)
    for settings, expected in (
        ({"transformer": str(file)}, with_file),
        ({}, bare),
        ({"transformer": str(file), "profile": "strict"}, with_file),
        ({"transformer": str(file), "profile": "small"}, plain(flux, file, torch.float32, slice_vae)),
        ({"transformer": str(file), "offload": "layers"}, plain(flux, file, torch.float32, offload)),
        ({"transformer": str(file), "attention": "math"}, by_math),
        ({}, bare),
    ):
        images = images_of(shared, of(**settings))
        assert [image.record.sha256 for image in images] == expected
        digest = hashlib.sha256(file.read_bytes()).hexdigest() if settings else ""
        assert {image.record.recipe.transformer_sha256 for image in images} == {digest}
        assert [pixel_hash(image.pixels) for image in images] == expected
    shared.load(flux, dtype="bfloat16", recipe=of(transformer=str(file)))
    half = [image.record.sha256 for image in images_of(shared, of(transformer=str(file)))]
    assert half == plain(flux, file, torch.bfloat16)


def test_a_unet_too(shared: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    file = tiny_gguf(models["sd"], tmp_path / "q8.gguf", "unet")
    shared.load(models["sd"], recipe=of(transformer=str(file)))
    assert shared.hashes(explore(PROMPT, range(4), of(transformer=str(file)))) == plain(
        models["sd"], file, torch.float32
    )


def test_a_file_that_was_changed_is_loaded_again(shared: WorkerClient, flux: Path, tmp_path: Path) -> None:
    file, recipe = tmp_path / "net.gguf", of(transformer=str(tmp_path / "net.gguf"))
    shared.load(flux)
    for scale in (1.0, 0.5):
        tiny_gguf(flux, file, scale=scale)
        assert shared.hashes(explore(PROMPT, range(4), recipe)) == plain(flux, file, torch.float32)


def test_a_file_that_does_not_fit_is_told_and_the_model_stays(
    shared: WorkerClient, flux: Path, models: dict[str, Path], tmp_path: Path
) -> None:
    shared.load(flux)
    (tmp_path / "noise.gguf").write_bytes(b"GGUF" + bytes(64))
    tiny_gguf(models["sd"], tmp_path / "unet.gguf", "unet")
    tiny_gguf(flux, tmp_path / "part.gguf", without="single_transformer_blocks")
    for name, told in (
        ("noise.gguf", "transformer “noise.gguf” does not fit this model"),
        ("unet.gguf", "transformer “unet.gguf” does not fit this model"),
        ("part.gguf", "transformer “part.gguf” does not fit this model: it lacks weights of a FluxTransformer2DModel"),
        ("gone.gguf", "there is no transformer"),
    ):
        assert told in failure(shared, of(transformer=str(tmp_path / name)))
    assert shared.hashes(explore(PROMPT, range(4), of())) == guide(load(flux), range(4), width=64, height=64)


def test_missing_weights_are_told(tmp_path: Path) -> None:
    """Also where Diffusers takes the names as they are, and leaves out what is not there."""
    net = QwenImageTransformer2DModel(
        in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    net.save_pretrained(tmp_path / "transformer")
    index = {"transformer": ["diffusers", "QwenImageTransformer2DModel"]}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    whole, part = (
        str(tiny_gguf(tmp_path, tmp_path / f"{len(without)}.gguf", without=without))
        for without in ("?", "proj_out.bias")
    )
    assert list(gguf_transformer.load(whole, tmp_path, torch.float32)) == ["transformer"]
    with pytest.raises(ModelError, match="does not fit this model: some of its weights are missing"):
        gguf_transformer.load(part, tmp_path, torch.float32)


def test_a_model_that_diffusers_cannot_load_so_is_told(shared: WorkerClient, tmp_path: Path) -> None:
    shared.load(tiny_pixart(tmp_path / "pixart"))
    (tmp_path / "net.gguf").write_bytes(b"GGUF")
    told = failure(shared, of(transformer=str(tmp_path / "net.gguf")))
    assert told == "Diffusers cannot load PixArtTransformer2DModel from a GGUF file"


def failure(client: WorkerClient, recipe: Recipe) -> str:
    client.worker.send(p.Run(explore(PROMPT, range(4), recipe)))
    return next(event.problem.message for event in client.rest() if isinstance(event, p.RoundFailed))
