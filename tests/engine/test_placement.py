"""Models bigger than the device: 8-bit weights, layers on the CPU, attention kernels; the bytes of plain Diffusers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from diffusers import FirstBlockCacheConfig
from diffusers.models.attention_dispatch import attention_backend

from seedtui.core.errors import EngineError
from seedtui.core.images.record import pixel_hash
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.loading import placement, profiles
from seedtui.engine.wire import protocol as p
from tests.support.guide import PROMPT, STEPS, guide, load
from tests.support.pipelines import tiny_flux, tiny_lora, tiny_sd3
from tests.support.worker_client import WorkerClient


def of(**settings: Any) -> Recipe:
    return Recipe(steps=STEPS, width=64, height=64, **settings)


def cast(pipe: Any) -> None:
    net = profiles.denoiser(pipe)
    net.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=torch.float32)


def offload(pipe: Any) -> None:
    pipe.enable_group_offload(
        onload_device=torch.device("cpu"), offload_type="leaf_level", exclude_modules=list(placement.DECODERS)
    )


def slice_vae(pipe: Any) -> None:
    pipe.vae.enable_slicing()


def plain(folder: Path, *steps: Callable[[Any], None]) -> list[str]:
    pipe = load(folder)
    for step in steps:
        step(pipe)
    return guide(pipe, range(4), width=64, height=64)


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_flux(tmp_path_factory.mktemp("placement") / "flux")


@pytest.mark.parametrize("name", ["sd", "flux", "sd3"])
def test_each_setting_is_the_plain_call_and_leaves_nothing_behind(
    shared: WorkerClient, models: dict[str, Path], flux: Path, tmp_path: Path, name: str
) -> None:
    folder = {"sd": models["sd"], "flux": flux}.get(name) or tiny_sd3(tmp_path)
    bare, stored = plain(folder), plain(folder, cast)
    assert stored != bare
    assert plain(folder, offload) == bare  # nothing is computed in another way
    assert isinstance(shared.load(folder), p.Loaded)
    for settings, expected in (
        ({"weights": "float8"}, stored),
        ({"offload": "layers"}, bare),
        ({"weights": "float8", "offload": "layers"}, plain(folder, cast, offload)),
        ({"weights": "float8", "offload": "layers", "profile": "small"}, plain(folder, cast, slice_vae)),
        ({"profile": "strict", "weights": "float8"}, stored),
        ({}, bare),
    ):
        assert shared.hashes(explore(PROMPT, range(4), of(**settings))) == expected


def test_a_lora_stays_whole_and_can_have_another_weight(
    shared: WorkerClient, models: dict[str, Path], tmp_path: Path
) -> None:
    file = tiny_lora(models["sd"], tmp_path / "ink.safetensors", 1)
    shared.load(models["sd"])
    for weight in (0.5, 2.0):

        def adapt(pipe: Any, weight: float = weight) -> None:
            pipe.load_lora_weights(str(tmp_path), weight_name=file.name, adapter_name="ink")
            pipe.set_adapters(["ink"], adapter_weights=[weight])

        recipe = of(weights="float8", offload="layers", lora=(Lora(path=str(file), weight=weight),))
        assert shared.hashes(explore(PROMPT, range(4), recipe)) == plain(models["sd"], adapt, cast, offload)


def test_attention_is_that_of_the_plain_call_and_leaves_nothing_behind(shared: WorkerClient, flux: Path) -> None:
    def math(pipe: Any) -> None:
        pipe.transformer.set_attention_backend("_native_math")

    bare = plain(flux)
    with attention_backend("native"):
        expected = plain(flux, math)
    assert expected != bare
    assert isinstance(shared.load(flux, recipe=of(attention="math")), p.Loaded)
    for chosen, hashes in (("math", expected), ("auto", bare), ("flash", bare), ("math", expected), ("auto", bare)):
        assert shared.hashes(explore(PROMPT, range(4), of(attention=chosen))) == hashes


def test_a_kernel_that_this_device_lacks_is_told_in_a_line(shared: WorkerClient, flux: Path) -> None:
    shared.load(flux)
    failed = failure(shared, of(attention="cudnn"))
    assert failed.problem.message == "this attention kernel cannot be used with this model, dtype and device"
    assert shared.hashes(explore(PROMPT, range(4), of())) == plain(flux)


def test_a_model_without_a_choice_says_so_and_stays(shared: WorkerClient, models: dict[str, Path]) -> None:
    shared.load(models["sd"])
    assert "attention of UNet2DConditionModel cannot be chosen" in failure(shared, of(attention="math")).problem.message
    assert shared.hashes(explore(PROMPT, range(4), of())) == plain(models["sd"])


@pytest.mark.parametrize("more", [{}, {"weights": "float8", "offload": "layers"}])
def test_a_draft_is_that_of_the_plain_call_and_says_so(shared: WorkerClient, flux: Path, more: dict[str, str]) -> None:
    """It depends on its batch, is not left over for the next round, nor from a cancelled one."""
    few = of(**more)
    recipe = msgspec.structs.replace(few, draft="cache", steps=30)

    def long(*steps: Callable[[Any], None]) -> list[str]:
        pipe = load(flux)
        for step in steps:
            step(pipe)
        generator = [torch.Generator().manual_seed(seed) for seed in range(4)]
        sizes = {"width": 64, "height": 64, "num_images_per_prompt": 4}
        images = pipe(PROMPT, generator=generator, num_inference_steps=30, **sizes).images
        return [pixel_hash(image.tobytes()) for image in images]

    def cache(pipe: Any) -> None:
        pipe.transformer.enable_cache(FirstBlockCacheConfig(threshold=0.2))

    rest = (cast, offload) if more else ()
    expected = long(cache, *rest)
    assert expected != long(*rest)
    shared.load(flux, recipe=recipe)
    round_ = explore(PROMPT, range(4), recipe)
    for _ in range(2):
        events = shared.run(round_)
        images = [event.record for event in events if isinstance(event, p.ImageReady)]
        assert [image.sha256 for image in images] == expected
        assert all(any(note.startswith("draft") for note in image.notes) for image in images)
    shared.worker.send(p.Run(round_))
    shared.worker.send(p.Cancel(round_.id))
    assert isinstance(shared.until((p.RoundCancelled, p.RoundDone))[-1], p.RoundCancelled)
    assert shared.hashes(explore(PROMPT, range(4), recipe)) == expected
    assert shared.hashes(explore(PROMPT, range(4), few)) == plain(flux, *rest)


def test_a_model_without_a_cache_says_so(shared: WorkerClient, models: dict[str, Path]) -> None:
    shared.load(models["sd"])
    assert "UNet2DConditionModel has no cache for drafts" in failure(shared, of(draft="cache")).problem.message


def failure(client: WorkerClient, recipe: Recipe) -> p.RoundFailed:
    client.worker.send(p.Run(explore(PROMPT, range(4), recipe)))
    return next(event for event in client.rest() if isinstance(event, p.RoundFailed))


def test_layers_that_cannot_be_offloaded_are_told(models: dict[str, Path]) -> None:
    pipe = load(models["sd"])
    pipe.unet._supports_group_offloading = False
    with pytest.raises(EngineError, match="layers of UNet2DConditionModel cannot be offloaded"):
        placement.offload_layers(pipe, "cpu")


def test_where_layers_are_offloaded_is_known(models: dict[str, Path]) -> None:
    """Nothing else may move them then."""
    pipe = load(models["sd"])
    assert not placement.is_by_layers(pipe.unet)
    placement.offload_layers(pipe, "cpu")
    assert placement.is_by_layers(pipe.unet) and placement.is_by_layers(pipe.text_encoder)
    assert not placement.is_by_layers(pipe.vae)
