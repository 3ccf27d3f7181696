"""Generates pictures from a weights folder in batches; each picture has its own prompt and seed."""

from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from seedtui.starter.recipe.export import GUIDANCE, STEPS

_BATCH = 16


def load_pipeline(folder: Path, device: str = "cpu") -> StableDiffusionPipeline:
    """The exported pipeline in fp32, without progress bars."""
    pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32).to(device)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def generate(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    seeds: Sequence[int],
    *,
    steps: int = STEPS,
    guidance: float = GUIDANCE,
) -> Tensor:
    """One picture for each prompt and seed, float32 (pictures, 3, height, width) in 0..1, on the CPU."""
    made = []
    for begin in range(0, len(prompts), _BATCH):
        part = slice(begin, begin + _BATCH)
        made.append(
            pipeline(
                list(prompts[part]),
                num_inference_steps=steps,
                guidance_scale=guidance,
                generator=[torch.Generator().manual_seed(seed) for seed in seeds[part]],
                output_type="pt",
            ).images.cpu()
        )
    return torch.cat(made).float()
