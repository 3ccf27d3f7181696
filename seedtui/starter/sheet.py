"""Contact sheets: subjects by styles, and the guide's example by seeds and suffixes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw
from torch import Tensor

from seedtui.starter.sampling import generate

SHEET_STYLES = ("", ", highly realistic", ", artsy", ", trending", ", colorful", " in the style of Vermeer")
"""Suffixes of a sheet's columns."""

GUIDE_PROMPT = "Labrador in the style of Vermeer"
GUIDE_SUFFIXES = (", highly realistic", ", artsy", ", trending", ", colorful")

_LABEL = 14


def grid(pictures: Tensor, columns: int, labels: Sequence[str]) -> Image.Image:
    """Pictures (0..1) in rows of `columns`, a label above each."""
    side = pictures.shape[-1]
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * side, rows * (side + _LABEL)), "white")
    pen = ImageDraw.Draw(sheet)
    for index, picture in enumerate(pictures):
        left, top = index % columns * side, index // columns * (side + _LABEL)
        pixels = np.uint8(picture.permute(1, 2, 0).clamp(0, 1).numpy() * 255 + 0.5)
        sheet.paste(Image.fromarray(pixels), (left, top + _LABEL))
        pen.text((left + 2, top + 1), labels[index], fill="black")
    return sheet


def subjects_by_styles(
    pipeline: StableDiffusionPipeline, subjects: Sequence[str], path: Path, *, steps: int, seed: int = 1
) -> None:
    """A row for each subject, all styles from one seed."""
    prompts = [subject + suffix for subject in subjects for suffix in SHEET_STYLES]
    seeds = [seed + index // len(SHEET_STYLES) for index in range(len(prompts))]
    grid(generate(pipeline, prompts, seeds, steps=steps), len(SHEET_STYLES), prompts).save(path)


def guide(pipeline: StableDiffusionPipeline, path: Path, *, steps: int, seeds: int = 4) -> None:
    """The guide's example: a row for each seed, a column for each suffix."""
    prompts = [GUIDE_PROMPT + suffix for _ in range(seeds) for suffix in GUIDE_SUFFIXES]
    chosen = [seed for seed in range(seeds) for _ in GUIDE_SUFFIXES]
    labels = [f"{seed}{prompt[len(GUIDE_PROMPT) :]}" for prompt, seed in zip(prompts, chosen, strict=True)]
    grid(generate(pipeline, prompts, chosen, steps=steps), len(GUIDE_SUFFIXES), labels).save(path)
