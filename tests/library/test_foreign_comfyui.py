"""ComfyUI: what is read out of graphs with whatever nodes are between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seedtui.core.foreign.translate import ForeignImage
from seedtui.core.recipes.recipe import Recipe
from seedtui.library.opening import open_image
from tests.support import comfy_graphs as c
from tests.support import foreign_files as f


def opened(folder: Path, graph: dict[str, Any]) -> ForeignImage:
    return open_image(f.write(folder / "x.png", {"prompt": json.dumps(graph)}), Recipe()).image


def notes(image: ForeignImage) -> str:
    return " / ".join(image.notes)


SAME = {
    name: getattr(c, name)
    for name in (
        "CONTROLNET", "OLD_CONTROLNET", "TWO_PASSES", "HIRES_PIXELS", "STYLER", "REROUTES", "LORAS", "EFFICIENT",
        "EASY_USE", "EFFICIENT_SDXL", "WILDCARD_ENCODE", "PICKERS", "SAMPLER_CUSTOM", "PIPE", "DETAILER", "SWITCH",
        "WILDCARDS",
    )
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_whatever_is_between_the_prompts_stay_apart_and_the_first_pass_is_taken(tmp_path: Path, name: str):
    image = opened(tmp_path, SAME[name])
    r = image.recipe
    assert (image.prompt, r.negative, image.seed, r.steps, r.guidance) == ("a castle", "watermark", 42, 25, 8)
    assert (r.width, r.height, r.scheduler) == (512, 640, "EulerDiscreteScheduler")
    assert any("its model is" in note for note in image.notes)


TOLD = {
    "CONTROLNET": ("ControlNet “canny.safetensors”", "ControlNetApplyAdvanced"),
    "TWO_PASSES": ("2 samplers", "LatentUpscale"),
    "HIRES_PIXELS": ("2 samplers", "ImageUpscaleWithModel"),
    "LORAS": ("paper.safetensors", "ink.safetensors 0.6", "clip skip “2”"),
    "EFFICIENT": ("dream.safetensors", "clip skip “2”"),
    "DETAILER": ("2 samplers", "FaceDetailer"),
    "PICKERS": ("dream.safetensors", "VAE “vae-ft-mse.safetensors”"),
    "IMG2IMG": ("another image", "0.6"),
    "COMBINED": ("ConditioningSetArea",),
    "FLUX_CHECKPOINT": ("for the other text encoder “castle”",),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_not_taken_is_told(tmp_path: Path, name: str):
    told = notes(opened(tmp_path, getattr(c, name)))
    assert all(words in told for words in TOLD[name]), told
    assert "no.safetensors" not in told


def test_settings_in_nodes_of_their_own(tmp_path: Path):
    image = opened(tmp_path, c.guided())
    r = image.recipe
    assert (image.prompt, r.negative, image.seed, r.steps) == ("a castle", None, 219670278747233, 20)
    assert (r.guidance, r.width, r.height, r.scheduler) == (3.5, 1024, 768, "EulerDiscreteScheduler")
    assert "flux1-dev.safetensors" in notes(image) and "no sampler" not in notes(image)


def test_a_guider_with_two_prompts_and_a_sampler_by_its_class(tmp_path: Path):
    image = opened(tmp_path, c.CFG_GUIDER)
    r = image.recipe
    assert (image.prompt, r.negative, r.steps, r.guidance) == ("a castle", "watermark", 20, 4.5)
    assert r.scheduler == "EulerAncestralDiscreteScheduler" and "karras" in notes(image)


def test_the_base_goes_before_its_refiner(tmp_path: Path):
    image = opened(tmp_path, c.SDXL_BASE_AND_REFINER)
    assert (image.prompt, image.recipe.negative, image.seed) == ("a castle", "watermark", 721897303308196)
    assert "sd_xl_base_1.0" in notes(image) and "refiner" not in image.prompt


def test_a_sampler_that_calls_its_samplers_schedulers(tmp_path: Path):
    image = opened(tmp_path, c.WAN)
    assert (image.prompt, image.recipe.negative, image.seed) == ("a castle", "watermark", 42)
    assert image.recipe.scheduler == "EulerDiscreteScheduler" and "wan2.1" in notes(image)


def test_conditioning_of_nothing_is_no_negative_prompt(tmp_path: Path):
    image = opened(tmp_path, c.FLUX_CHECKPOINT)
    assert (image.prompt, image.recipe.negative, image.recipe.guidance) == ("a castle", None, 3.5)


def test_texts_are_joined_as_their_nodes_join_them(tmp_path: Path):
    image = opened(tmp_path, c.STRINGS)
    assert (image.prompt, image.recipe.negative) == ("a castle, at night", "watermark")
    assert opened(tmp_path, c.COMBINED).prompt == "a castle, a moat, at night"


def test_a_ring_is_gone_round_once(tmp_path: Path):
    image = opened(tmp_path, c.RING)
    assert "a castle" in image.prompt and image.seed == 42


def test_a_node_that_is_muted_or_missing_is_not_there(tmp_path: Path):
    graph = c.graph(_3=c.sampler(("20", 0), ("77", 0)))
    graph["20"] = c.node("ConditioningCombine", conditioning_1=("6", 0), conditioning_2=("21", 0))
    graph["21"] = c.encode("a hut") | {"mode": 4}
    image = opened(tmp_path, graph)
    assert (image.prompt, image.recipe.negative) == ("a castle", None)


WORKFLOW = {
    "nodes": [
        {"id": 3, "type": "KSampler", "inputs": [
            {"name": "model", "link": 1}, {"name": "positive", "link": 4}, {"name": "negative", "link": 6},
            {"name": "latent_image", "link": 2}], "widgets_values": [42, "randomize", 25, 8, "euler", "normal", 1]},
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["v1-5.safetensors"]},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [512, 640, 1]},
        {"id": 6, "type": "CLIPTextEncode", "inputs": [{"name": "clip", "link": 3}], "widgets_values": ["a castle"]},
        {"id": 7, "type": "CLIPTextEncode", "inputs": [{"name": "clip", "link": 5}], "widgets_values": ["watermark"]},
        {"id": 8, "type": "VAEDecode", "inputs": [{"name": "samples", "link": 7}, {"name": "vae", "link": 8}]},
        {"id": 9, "type": "SaveImage", "inputs": [{"name": "images", "link": 9}], "widgets_values": ["ComfyUI"]},
        {"id": 10, "type": "KSampler", "mode": 2, "widgets_values": [1, "fixed", 2, 3, "heun", "normal", 1]},
    ],
    "links": [
        [1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
        [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"], [7, 3, 0, 8, 0, "LATENT"], [8, 4, 2, 8, 1, "VAE"],
        {"id": 9, "origin_id": 8, "origin_slot": 0, "target_id": 9, "target_slot": 0, "type": "IMAGE"},
    ],
}  # fmt: skip


def test_the_editors_form_alone_is_read_too(tmp_path: Path):
    path = f.write(tmp_path / "x.png", {"workflow": json.dumps(WORKFLOW)})
    image = open_image(path, Recipe()).image
    r = image.recipe
    assert (image.prompt, r.negative, image.seed, r.steps, r.width, r.height) == (
        "a castle", "watermark", 42, 25, 512, 640,
    )  # fmt: skip
    assert "samplers" not in notes(image)


def test_a_large_graph_takes_no_time(tmp_path: Path):
    """Two links from each node to the next: as many ways through it as there are numbers of a thousand digits."""
    graph = c.graph(_3=c.sampler(("p0", 0)))
    for n in range(1500):
        graph[f"p{n}"] = c.node("Any", cond_1=(f"p{n + 1}", 0), cond_2=(f"p{n + 1}", 0), text=(f"t{n}", 0))
        graph[f"t{n}"] = c.node("Text", text_a=(f"t{n + 1}", 0), text_b=(f"t{n + 1}", 0))
    graph["p20"] = c.node("Reroute", **{"": ("6", 0)})
    assert opened(tmp_path, graph).prompt == "a castle"


def test_a_text_in_a_node_that_nobody_knows_is_better_than_none(tmp_path: Path):
    graph = c.graph(_6=c.node("Oracle", model_name="x.gguf", wish="a castle, at night", mode="fast"))
    image = opened(tmp_path, graph)
    assert (image.prompt, image.recipe.negative) == ("a castle, at night", "watermark")


ROWS = {"Reroute": "conditioning", "SomeGuider": "guider", "Context": "pipe", "ShowText": "text", "Switch": "any_01"}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("length", [50, 3000])
def test_a_long_row_of_nodes_is_no_trouble(tmp_path: Path, kind: str, length: int):
    graph = c.graph(_3=c.node("KSampler", seed=42, steps=25, positive=("r0", 0), latent_image=("5", 0)))
    graph |= {f"r{n}": c.node(kind, **{ROWS[kind]: (f"r{n + 1}", 0)}) for n in range(length)}
    graph[f"r{length}"] = c.encode("a castle")
    assert opened(tmp_path, graph).prompt == "a castle"
