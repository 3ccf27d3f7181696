"""PNG files as other programs write them: their keywords and formats, with a small picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

A1111 = """\
a photo of a cat, (detailed:1.2)
on two lines
Negative prompt: blurry, low quality
Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1234567890, Size: 512x768, Model hash: 6ce0161689, \
Model: v1-5-pruned-emaonly, Clip skip: 2, Lora hashes: "add: 1234", Version: v1.6.0"""

A1111_NEW = """\
a dog
Steps: 30, Sampler: Euler a, Schedule type: Automatic, CFG scale: 6.5, Seed: 7, Size: 640x512, \
Model hash: 6ce0161689, Model: dream, Denoising strength: 0.7, Hires upscale: 2, Version: v1.10.1"""


def comfy_graph(**sampler: Any) -> dict[str, Any]:
    """The graph of ComfyUI's first workflow."""
    settings = {"seed": 156680208700286, "steps": 25, "cfg": 8, "sampler_name": "euler_ancestral",
                "scheduler": "karras", "denoise": 1}  # fmt: skip
    links = {"model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}
    return {
        "3": {"class_type": "KSampler", "inputs": {**settings, **links, **sampler}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5-pruned-emaonly.ckpt"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 640, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "beautiful scenery in a bottle", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
    }


COMFY_WORKFLOW = {
    "last_node_id": 9, "version": 0.4, "nodes": [],
    "links": [
        [1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
        [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"], [7, 3, 0, 8, 0, "LATENT"], [8, 4, 2, 8, 1, "VAE"],
        [9, 8, 0, 9, 0, "IMAGE"],
    ],
}  # fmt: skip

INVOKE = {
    "generation_mode": "txt2img", "positive_prompt": "a lighthouse", "negative_prompt": "fog", "width": 768,
    "height": 512, "seed": 2154897, "rand_device": "cpu", "cfg_scale": 5.5, "steps": 30, "scheduler": "dpmpp_2m_k",
    "model": {"model_name": "stable-diffusion-v1-5", "base_model": "sd-1", "model_type": "main"},
    "app_version": "3.7.0",
}  # fmt: skip

INVOKE_OLD = {
    "model": "stable diffusion", "model_weights": "stable-diffusion-1.4", "model_hash": "fe4efff1e174",
    "app_id": "invoke-ai/InvokeAI", "app_version": "2.2.4",
    "image": {
        "prompt": [{"prompt": "a mill [rain]", "weight": 1.0}], "steps": 50, "cfg_scale": 7.5, "threshold": 0,
        "perlin": 0, "height": 512, "width": 512, "seed": 3031, "seamless": False, "type": "txt2img",
        "sampler": "k_lms",
    },
}  # fmt: skip

DREAM = '"a mill [rain]" -s 50 -S 3031'

NOVELAI = {
    "Title": "AI generated image", "Description": "a tower, night", "Software": "NovelAI",
    "Source": "Stable Diffusion F1022D28",
    "Comment": json.dumps({"steps": 28, "sampler": "k_euler_ancestral", "seed": 2873, "strength": 0.69, "noise": 0.667,
                           "scale": 11.0, "uc": "lowres"}),
}  # fmt: skip

FOOOCUS = {
    "adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "juggernautXL", "base_model_hash": "aeb7e9e689", "clip_skip": 2,
    "full_negative_prompt": ["ugly"], "full_prompt": ["a fox, cinematic"], "guidance_scale": 4, "loras": [],
    "metadata_scheme": "fooocus", "negative_prompt": "ugly", "performance": "Speed", "prompt": "a fox",
    "resolution": "(1152, 896)", "sampler": "dpmpp_2m_sde_gpu", "scheduler": "karras", "seed": "5104", "sharpness": 2,
    "steps": 30, "styles": "[]", "version": "Fooocus v2.5.0",
}  # fmt: skip


def write(path: Path, texts: dict[str, str], *, zipped: bool = False, size: tuple[int, int] = (64, 96)) -> Path:
    """A PNG file with these texts, packed (zTXt) or not."""
    info = PngImagePlugin.PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword, text, zip=zipped)
    Image.new("RGB", size, (90, 120, 150)).save(path, pnginfo=info)
    return path


def files(folder: Path) -> dict[str, Path]:
    """One file of each program."""
    return {
        "a1111": write(folder / "a1111.png", {"parameters": A1111}),
        "a1111 new": write(folder / "new.png", {"parameters": A1111_NEW}, zipped=True),
        "comfy": write(
            folder / "comfy.png", {"prompt": json.dumps(comfy_graph()), "workflow": json.dumps(COMFY_WORKFLOW)}
        ),
        "comfy api": write(folder / "api.png", {"prompt": json.dumps(comfy_graph())}),
        "invoke": write(folder / "invoke.png", {"invokeai_metadata": json.dumps(INVOKE), "invokeai_graph": "{}"}),
        "invoke old": write(
            folder / "old.png",
            {"sd-metadata": json.dumps(INVOKE_OLD), "Dream": f"{DREAM} -W 512 -H 512 -C 7.5 -A k_lms"},
        ),
        "dream": write(folder / "dream.png", {"Dream": f"{DREAM} -W 512 -H 448 -C 7.5 -A ddim"}),
        "novelai": write(folder / "novelai.png", NOVELAI),
        "fooocus": write(
            folder / "fooocus.png", {"parameters": json.dumps(FOOOCUS), "fooocus_scheme": "fooocus"}
        ),
    }  # fmt: skip
