"""Exports checkpoints to the folder that is shipped: a StableDiffusionPipeline of stock classes in fp16."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTokenizer

from seedtui.starter.recipe.art.styles import STYLES, VERMEER
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.networks.unet import Denoiser, build_scheduler

STEPS = 8
"""Denoising steps that a picture needs. Written to `seedtui.json`, because the pipeline class's default is 50."""

GUIDANCE = 7.5
"""The default of `StableDiffusionPipeline`. The training targets it, so the model needs no default of its own."""


def build_pipeline(vae: AutoencoderTiny, denoiser: Denoiser, tokenizer: CLIPTokenizer) -> StableDiffusionPipeline:
    """A pipeline of these components, in fp32."""
    return StableDiffusionPipeline(
        vae=vae.eval(),
        text_encoder=denoiser.text.eval(),
        tokenizer=tokenizer,
        unet=denoiser.unet.eval(),
        scheduler=build_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


@torch.no_grad()
def preview_matrix(vae: AutoencoderTiny, pictures: Tensor) -> dict[str, list[Any]]:
    """A least-squares fit from latents to colours: `matrix` (channels, 3) and `bias` (3), for pictures in -1..1."""
    latents = vae.encode(pictures).latents
    small = functional.avg_pool2d(pictures, pictures.shape[-1] // latents.shape[-1])
    rows = latents.permute(0, 2, 3, 1).flatten(0, 2)
    wanted = small.permute(0, 2, 3, 1).flatten(0, 2)
    fitted = torch.linalg.lstsq(torch.cat([rows, torch.ones(len(rows), 1)], dim=1), wanted).solution
    rounded = [[round(float(value), 5) for value in row] for row in fitted]
    return {"matrix": rounded[:-1], "bias": rounded[-1]}


def settings(preview: dict[str, list[Any]], subjects: int) -> dict[str, Any]:
    """The contents of `seedtui.json`: the default steps, the preview matrix, and the words that the model knows."""
    styles = [style.words[0] for style in STYLES.values() if style.words]
    return {
        "steps": STEPS,
        "preview": preview,
        "subjects": [subject.name for subject in SUBJECTS[:subjects]],
        "styles": [VERMEER[0], *styles],
    }


def export(
    vae: AutoencoderTiny, denoiser: Denoiser, tokenizer: CLIPTokenizer, pictures: Tensor, folder: Path, subjects: int
) -> None:
    """Write `folder` atomically, through a temporary folder. `pictures` are compositions to fit the preview matrix."""
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    preview = preview_matrix(vae, pictures)
    pipeline = build_pipeline(vae, denoiser, tokenizer)
    pipeline.to(dtype=torch.float16).save_pretrained(aside, safe_serialization=True)
    _tidy(aside)
    (aside / "seedtui.json").write_text(json.dumps(settings(preview, subjects), indent=1) + "\n")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _tidy(folder: Path) -> None:
    """Make every file readable, and fix settings that the libraries write in one way but read in another."""
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
    for path in folder.rglob("config.json"):
        _change(path, lambda config: config.pop("_name_or_path", None))  # a path on the training machine
    vae, text = folder / "vae" / "config.json", folder / "text_encoder" / "config.json"
    _change(vae, lambda config: config.pop("block_out_channels", None))  # Diffusers does not read its own key
    # Transformers would load the text encoder in fp16 next to a UNet in fp32, and the plain call would fail.
    _change(text, lambda config: config.update(dtype="float32"))


def _change(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config, indent=2) + "\n")
