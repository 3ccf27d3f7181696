"""Profiles: each gives the same pixels every time, and leaves nothing behind for the others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from diffusers import DiffusionPipeline

from seedtui.core.errors import EngineError
from seedtui.core.images.record import pixel_hash
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import PROFILES, Compute, Profile, Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.loading import profiles
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from seedtui.starter import WEIGHTS
from tests.support.pipelines import tiny_flux, tiny_sd, tiny_sd3
from tests.support.worker_client import WorkerClient

PROMPT = "Labrador in the style of Vermeer"


def of(profile: Profile, **settings: Any) -> Recipe:
    return Recipe(steps=3, profile=profile, **settings)


def rounds(recipe: Recipe) -> tuple[Round, Round]:
    return explore(PROMPT, range(4), recipe), refine(PROMPT, 1, SUFFIXES, recipe)


@pytest.mark.parametrize("name", ["sd", "sdxl"])
def test_the_same_profile_gives_the_same_pixels_after_any_other(
    shared: WorkerClient, models: dict[str, Path], name: str
) -> None:
    """Plain first, the others in between, and all once more; the compiled one has a test of its own."""
    assert isinstance(shared.load(models[name]), p.Loaded)
    quick: tuple[Profile, ...] = ("plain", "small", "strict")
    first = {profile: [shared.hashes(r) for r in rounds(of(profile))] for profile in quick}
    again = {profile: [shared.hashes(r) for r in rounds(of(profile))] for profile in reversed(quick)}
    assert first == again


def test_a_round_of_another_profile_tells_that_it_loads(worker_client: WorkerClient) -> None:
    events = worker_client.run(explore(PROMPT, [0], of("strict")))
    assert any(isinstance(event, p.Loading) for event in events)
    images = [event for event in events if isinstance(event, p.ImageReady)]
    assert images[0].record.recipe.profile == "strict"


def test_flags_are_those_of_the_profile(models: dict[str, Path]) -> None:
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    load(models["sd"], "strict")
    assert torch.are_deterministic_algorithms_enabled()
    assert not (torch.backends.cudnn.allow_tf32 or torch.backends.cuda.matmul.allow_tf32)
    load(models["sd"], "plain")
    assert not torch.are_deterministic_algorithms_enabled()
    assert (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32) == before


def test_small_is_the_plain_call_with_a_sliced_vae(shared: WorkerClient, models: dict[str, Path]) -> None:
    shared.load(models["sd"], recipe=of("small"))
    pipe = DiffusionPipeline.from_pretrained(models["sd"], use_safetensors=True)
    pipe.vae.enable_slicing()
    generator = [torch.Generator("cpu").manual_seed(seed) for seed in range(4)]
    images = pipe(PROMPT, generator=generator, num_images_per_prompt=4, num_inference_steps=3).images
    assert shared.hashes(explore(PROMPT, range(4), of("small"))) == [pixel_hash(i.tobytes()) for i in images]


def test_without_a_compiler_fast_is_refused_in_a_line(
    monkeypatch: pytest.MonkeyPatch, models: dict[str, Path], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(EngineError, match="needs a C\\+\\+ compiler"):
        load(models["sd"], "fast")


def test_a_profile_that_can_not_be_used_leaves_the_model_as_it_was(
    monkeypatch: pytest.MonkeyPatch, models: dict[str, Path]
) -> None:
    pipeline = load(models["sd"], "plain")
    monkeypatch.setattr(profiles, "_compiler", lambda device: False)
    with pytest.raises(EngineError):
        pipeline.request_for(of("fast"))
    assert hashes(pipeline, explore(PROMPT, [0], of("plain")))


def test_strict_and_others_do_not_share_a_gpu_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cuBLAS reads once cannot be changed: said before anything is loaded. Flags only: no GPU is needed."""
    monkeypatch.setattr(profiles, "_used_cuda_as_strict", [])
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    profiles.check("strict", "cuda")
    profiles.set_flags("strict", "cuda")
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    profiles.check("strict", "cuda:1")
    profiles.check("plain", "cpu")
    with pytest.raises(EngineError, match="cannot share a worker"):
        profiles.check("plain", "cuda")
    profiles.set_flags("plain", "cpu")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")


@pytest.mark.slow
def test_fast_is_stable_and_leaves_plain_as_it_was(shared: WorkerClient, models: dict[str, Path]) -> None:
    """In one process; `test_script` compares with another."""
    round_ = explore(PROMPT, range(4), of("fast"))
    plain = explore(PROMPT, range(4), of("plain"))
    assert isinstance(shared.load(models["sd"]), p.Loaded)
    before = shared.hashes(plain)
    fast = shared.hashes(round_)
    assert shared.hashes(round_) == fast
    assert shared.hashes(plain) == before


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (tiny_sd, {"BasicTransformerBlock"}),
        (tiny_flux, {"FluxTransformerBlock", "FluxSingleTransformerBlock"}),
        (tiny_sd3, {"SD3Transformer2DModel"}),
    ],
)
def test_fast_compiles_the_repeated_blocks_or_else_the_whole(
    tmp_path: Path, build: Callable[[Path], Path], expected: set[str]
) -> None:
    """Nothing is compiled here: that happens at the first call."""
    pipe = DiffusionPipeline.from_pretrained(build(tmp_path), use_safetensors=True)
    assert not profiles.is_compiled(pipe)
    profiles.prepare(pipe, Compute("fast"), "cpu", torch.float32)
    net = profiles.denoiser(pipe)
    compiled = {type(part).__name__ for part in net.modules() if part._compiled_call_impl is not None}
    assert profiles.is_compiled(pipe)
    assert compiled == expected


def test_every_profile_has_words() -> None:
    assert set(PROFILES) == set(get_args(Profile))


@pytest.mark.parametrize("name", ["sd", "sdxl", "starter"])
def test_words_that_were_read_before_give_the_same_bytes(models: dict[str, Path], name: str) -> None:
    """The embeddings themselves, and the images made from them, are those of a pipeline that remembers nothing."""
    folder = WEIGHTS if name == "starter" else models[name]
    pipeline = load(folder, "plain")
    bare = DiffusionPipeline.from_pretrained(folder, use_safetensors=True)
    asked = {"prompt": PROMPT, "device": torch.device("cpu"), "num_images_per_prompt": 4}
    asked |= {"do_classifier_free_guidance": True, "negative_prompt": "blurry"}
    with torch.no_grad():
        plain = [t.numpy().tobytes() for t in bare.encode_prompt(**asked) if t is not None]
        for _ in range(2):
            assert [t.numpy().tobytes() for t in pipeline._pipe.encode_prompt(**asked) if t is not None] == plain
    round_ = explore(PROMPT, range(4), Recipe(steps=2))
    first = hashes(pipeline, round_)
    hits = pipeline._embeddings.hits
    assert hashes(pipeline, round_) == first
    assert pipeline._embeddings.hits > hits


def load(folder: Path, profile: Profile) -> Pipeline:
    return Pipeline.load(p.Load("model", str(folder), recipe=of(profile)), lambda event: None)


def hashes(pipeline: Pipeline, round_: Round) -> list[str]:
    events: list[p.Message] = []
    pipeline.run(round_, events.append, lambda: False)
    return [event.record.sha256 for event in events if isinstance(event, p.ImageReady)]
