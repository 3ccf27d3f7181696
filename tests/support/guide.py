"""The two calls of the Diffusers guide, as it writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline

from seedtui.core.images.record import pixel_hash

PROMPT = "Labrador in the style of Vermeer"
STEPS = 4


def guide(pipe: Any, seeds: Sequence[int], **options: Any) -> list[str]:
    """The first call of the guide."""
    generator = [torch.Generator(pipe.device).manual_seed(seed) for seed in seeds]
    images = pipe(
        PROMPT, generator=generator, num_images_per_prompt=len(seeds), num_inference_steps=STEPS, **options
    ).images
    return [pixel_hash(image.tobytes()) for image in images]


def guide_refined(pipe: Any, seed: int, suffixes: Sequence[str], **options: Any) -> list[str]:
    """The second call of the guide."""
    generator = [torch.Generator(pipe.device).manual_seed(seed) for _ in suffixes]
    prompts = [PROMPT + suffix for suffix in suffixes]
    images = pipe(prompts, generator=generator, num_inference_steps=STEPS, **options).images
    return [pixel_hash(image.tobytes()) for image in images]


def load(folder: Path, device: str = "cpu") -> Any:
    dtype = torch.float32 if device == "cpu" else torch.float16
    pipe = DiffusionPipeline.from_pretrained(folder, dtype=dtype, use_safetensors=True).to(device)
    pipe.set_progress_bar_config(disable=True)
    return pipe
