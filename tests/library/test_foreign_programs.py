"""Programs that write tables in JSON, each in a form of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seedtui.core.foreign.translate import ForeignImage
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.variation import Variation
from seedtui.library.opening import open_image
from tests.support import foreign_files as f

SWARM = {
    "sui_image_params": {
        "prompt": "a castle <lora:ink:0.6>", "negativeprompt": "fog", "model": "Flux/flux1-dev-fp8", "seed": 2042464333,
        "steps": 25, "cfgscale": 1.0, "fluxguidancescale": 3.5, "aspectratio": "Custom", "width": 512, "height": 768,
        "sampler": "euler", "scheduler": "normal", "loras": ["ink"], "loraweights": ["0.6"], "variationseed": 3,
        "variationseedstrength": 0.25,
        "initimagecreativity": 0.6, "swarm_version": "0.9.1.1", "date": "2024-08-07", "nopreviews": True,
        "generation_time": "143.17 (prep) and 35.81 (gen) seconds",
    },
    "sui_models": [{"name": "Flux/flux1-dev-fp8", "param": "model", "hash": "0x12"}],
}  # fmt: skip

INVOKE_FLUX = {
    "app_version": "5.4.2", "generation_mode": "flux_txt2img", "positive_prompt": "a castle", "width": 1024,
    "height": 768, "seed": 123, "steps": 30, "guidance": 4,
    "model": {"key": "k", "hash": "h", "name": "FLUX Dev", "base": "flux", "type": "main"},
    "loras": [{"model": {"key": "k", "name": "ink", "type": "lora"}, "weight": 0.75}],
}  # fmt: skip

INVOKE_IMG2IMG = {
    "app_version": "4.2.0", "generation_mode": "sdxl_img2img", "positive_prompt": "a castle", "negative_prompt": "fog",
    "positive_style_prompt": "", "width": 1024, "height": 768, "seed": 123, "rand_device": "cpu", "cfg_scale": 5.5,
    "cfg_rescale_multiplier": 0, "steps": 30, "scheduler": "euler_a", "clip_skip": 1, "strength": 0.6,
    "init_image": "abc.png", "model": {"model_name": "juggernaut", "base_model": "sdxl", "model_type": "main"},
    "controlnets": [{"control_model": {"name": "canny-sdxl"}, "control_weight": 0.5}], "vae": {"name": "fp16-fix"},
}  # fmt: skip

INVOKE_2 = {
    "model": "stable diffusion", "model_weights": "stable-diffusion-1.5", "app_id": "invoke-ai/InvokeAI",
    "app_version": "2.3.0", "image": {
        "prompt": "a castle [fog]", "steps": 30, "cfg_scale": 5.5, "height": 768, "width": 1024, "seed": 123,
        "sampler": "k_euler_a", "type": "txt2img",
    },
}  # fmt: skip

NOVELAI_4 = {
    "prompt": "a castle", "steps": 28, "height": 768, "width": 1024, "scale": 5.5, "uncond_scale": 0.0,
    "cfg_rescale": 0.0, "seed": 123, "n_samples": 1, "noise_schedule": "karras", "sampler": "k_euler_ancestral",
    "strength": 0.7, "noise": 0.2, "request_type": "Img2ImgRequest", "uc": "fog",
    "v4_prompt": {
        "caption": {
            "base_caption": "a castle", "char_captions": [{"char_caption": "girl, armour", "centers": [{"x": 0.5}]}],
        },
        "use_coords": False,
    },
    "v4_negative_prompt": {"caption": {"base_caption": "fog", "char_captions": []}}, "signed_hash": "x",
}  # fmt: skip

EASY = {
    "prompt": "a castle", "negative_prompt": "fog", "seed": "123", "num_inference_steps": "30", "guidance_scale": "5.5",
    "sampler_name": "euler_a", "width": "1024", "height": "768", "clip_skip": "True", "prompt_strength": "0.6",
    "use_stable_diffusion_model": "C:\\models\\sd-v1-5.safetensors", "use_lora_model": "ink", "lora_alpha": "0.5",
    "use_vae_model": "None", "tiling": "None",
}  # fmt: skip

EASY_TEXT = {
    "Prompt": "a castle", "Negative Prompt": "fog", "Seed": "123", "Stable Diffusion model": "/m/sd-v1-5",
    "Sampler": "euler_a", "Width": "1024", "Height": "768", "Steps": "30", "Guidance Scale": "5.5",
}  # fmt: skip

DRAW_THINGS = {
    "c": "a castle", "uc": "fog", "model": "sd_v1.5.ckpt", "sampler": "Euler A", "scale": 5.5, "seed": 123,
    "size": "1024x768",
    "steps": 30, "strength": 0.6, "seed_mode": "Scale Alike", "lora": [{"model": "ink.ckpt", "weight": 0.5}],
    "v2": {"loras": []},
}  # fmt: skip

RUINED = {
    "Prompt": "a castle", "Negative": "fog", "steps": 30, "cfg": 5.5, "width": 1024, "height": 768, "seed": 123,
    "sampler_name": "euler_ancestral", "scheduler": "simple", "base_model_name": "sdxl.safetensors",
    "base_model_hash": "x", "loras": [{"name": "ink", "weight": 0.5}], "clip_skip": 2, "software": "RuinedFooocus",
}  # fmt: skip

FOOOCUS_OLD = {
    "Prompt": "a castle", "Negative Prompt": "fog", "Styles": "['Fooocus V2', 'SAI Anime']", "Performance": "Speed",
    "Resolution": "(1024, 768)", "Guidance Scale": 5.5, "Sharpness": 2.0, "Base Model": "jug.safetensors",
    "Sampler": "euler_ancestral", "Scheduler": "karras", "Seed": "123", "Steps": 30, "Metadata Scheme": "fooocus",
    "LoRA 1": "ink.safetensors : 0.5", "Version": "Fooocus v2.3",
}  # fmt: skip

SPACE = {
    "prompt": "a castle", "negative_prompt": "fog", "resolution": "1024 x 768", "guidance_scale": 5.5,
    "num_inference_steps": 30, "seed": 123, "sampler": "Euler a", "Model": "Animagine XL", "Model hash": "e3c4",
}  # fmt: skip

TENSOR = {
    "prompt": "a castle", "negativePrompt": "fog", "width": 1024, "height": 768, "seed": "123", "steps": 30,
    "cfgScale": 5.5, "clipSkip": 2, "sampler": "Euler a", "baseModel": {"modelFileName": "sdxl", "hash": "x"},
}  # fmt: skip

MATRIX = {
    "PositivePrompt": "a castle", "NegativePrompt": "fog", "Width": 1024, "Height": 768, "Seed": 123, "Steps": 30,
    "CfgScale": 5.5, "Sampler": "Euler a", "ModelName": "sdxl", "ModelHash": "x",
}  # fmt: skip

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description rdf:about="">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">a castle&#xA;-fog&#xA;Steps: 30, Sampler: Euler A, \
Guidance Scale: 5.5, Seed: 123, Size: 1024x768, Model: sd_v1.5.ckpt, Strength: 1.0, Seed Mode: Scale Alike</rdf:li>
</rdf:Alt></dc:description><xmp:CreatorTool>Draw Things</xmp:CreatorTool>COMMENT</rdf:Description>
</rdf:RDF></x:xmpmeta>"""


def comment(settings: dict[str, Any]) -> str:
    text = json.dumps(settings).replace("&", "&amp;").replace("<", "&lt;")
    return f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></exif:UserComment>'


FORMS: dict[str, dict[str, str]] = {
    "InvokeAI": {"invokeai_metadata": json.dumps(INVOKE_IMG2IMG), "invokeai_graph": "{}"},
    "InvokeAI 2": {"sd-metadata": json.dumps(INVOKE_2)},
    "NovelAI": {"Software": "NovelAI", "Source": "NovelAI Diffusion V4 37442FCA", "Description": "a castle",
                "Title": "NovelAI generated image", "Comment": json.dumps(NOVELAI_4)},
    "Easy Diffusion": EASY,
    "Easy Diffusion, names for people": EASY_TEXT,
    "Draw Things": {"XML:com.adobe.xmp": XMP.replace("COMMENT", comment(DRAW_THINGS))},
    "Draw Things, its text": {"XML:com.adobe.xmp": XMP.replace("COMMENT", "")},
    "RuinedFooocus": {"parameters": json.dumps(RUINED)},
    "Fooocus, names for people": {"parameters": json.dumps(FOOOCUS_OLD)},
    "a Space": {"parameters": json.dumps(SPACE)},
    "Tensor.Art": {"generation_data": json.dumps(TENSOR) + "\0\0"},
    "Stability Matrix": {"parameters-json": json.dumps(MATRIX), "smproj": "{}"},
}  # fmt: skip


def opened(folder: Path, texts: dict[str, str]) -> ForeignImage:
    return open_image(f.write(folder / "x.png", texts), Recipe()).image


def notes(image: ForeignImage) -> str:
    return " / ".join(image.notes)


@pytest.mark.parametrize("program", FORMS)
def test_prompt_seed_and_settings(tmp_path: Path, program: str):
    image = opened(tmp_path, FORMS[program])
    r = image.recipe
    steps = 28 if program == "NovelAI" else 30
    assert (image.prompt, r.negative, image.seed, r.steps, r.guidance) == ("a castle", "fog", 123, steps, 5.5)
    assert (r.width, r.height, r.scheduler) == (1024, 768, "EulerAncestralDiscreteScheduler")
    assert "its model is" in notes(image)


TOLD = {
    "InvokeAI": ("another image", "“0.6”", "canny-sdxl", "fp16-fix", "juggernaut"),
    "NovelAI": ("another image", "“0.7”", "character “girl, armour”", "NovelAI Diffusion V4", "karras"),
    "Easy Diffusion": ("another image", "“0.6”", "“ink”", "“sd-v1-5.safetensors”"),
    "Draw Things": ("another image", "ink.ckpt 0.5"),
    "RuinedFooocus": ("ink 0.5", "clip_skip “2”"),
    "Fooocus, names for people": ("LoRA “ink.safetensors : 0.5”", "SAI Anime"),
    "Tensor.Art": ("clipSkip “2”",),
}


@pytest.mark.parametrize("program", TOLD)
def test_what_is_not_taken_is_told(tmp_path: Path, program: str):
    told = notes(opened(tmp_path, FORMS[program]))
    assert all(words in told for words in TOLD[program]), told


@pytest.mark.parametrize("program", ["InvokeAI 2", "a Space", "Stability Matrix", "Draw Things, its text"])
def test_where_all_is_taken_nothing_is_told(tmp_path: Path, program: str):
    assert "ignored" not in notes(opened(tmp_path, FORMS[program]))


def test_swarmui(tmp_path: Path):
    image = opened(tmp_path, {"parameters": json.dumps(SWARM)})
    r, told = image.recipe, notes(image)
    assert image.program == "SwarmUI"
    assert (image.prompt, r.negative, image.seed, r.steps) == ("a castle <lora:ink:0.6>", "fog", 2042464333, 25)
    assert (r.guidance, r.width, r.height, r.scheduler) == (3.5, 512, 768, "EulerDiscreteScheduler")
    assert all(words in told for words in ("“Flux/flux1-dev-fp8”", "loras “ink”", "another image"))
    assert image.variations == (Variation(3, 0.25),)


def test_flux_of_invokeai_has_no_scheduler(tmp_path: Path):
    image = opened(tmp_path, {"invokeai_metadata": json.dumps(INVOKE_FLUX)})
    assert (image.prompt, image.seed, image.recipe.steps, image.recipe.guidance) == ("a castle", 123, 30, 4)
    assert "FLUX Dev" in notes(image) and "ink 0.75" in notes(image) and "no sampler" in notes(image)


def test_a_name_that_is_a_number_or_a_table_is_no_fault(tmp_path: Path):
    for value in (3, None, [], {}, {"name": {}}, [1, {}], True, 1e400, 10**400):
        texts = {"invokeai_metadata": json.dumps({**INVOKE_FLUX, "model": value, "scheduler": value, "odd": value})}
        assert opened(tmp_path, texts).prompt == "a castle"
