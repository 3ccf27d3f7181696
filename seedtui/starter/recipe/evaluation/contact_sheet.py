"""Contact sheets: subjects by styles, and the guide's example by seeds and suffixes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw
from torch import Tensor

from seedtui.starter.recipe.art.styles import STYLES, VERMEER
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.evaluation.sampling import generate

SHEET_SUFFIXES = (f" {VERMEER[0]}", *(f", {style.words[0]}" for style in STYLES.values() if style.words))
"""The suffixes of a sheet's columns, one per style."""

GUIDE_PROMPT = "Labrador in the style of Vermeer"
GUIDE_SUFFIXES = (", highly realistic", ", artsy", ", trending", ", colorful")

_HEAD = 14
"""Height of the line above the columns, in pixels."""

_MARGIN = 84
"""Width of the row names, in pixels."""


def grid(pictures: Tensor, rows: Sequence[str], columns: Sequence[str], side: int) -> Image.Image:
    """A grid of pictures (0..1), row by row, each scaled to `side`, with the names of columns and rows."""
    sheet = Image.new("RGB", (_MARGIN + len(columns) * side, _HEAD + len(rows) * side), "white")
    pen = ImageDraw.Draw(sheet)
    for at, name in enumerate(columns):
        pen.text((_MARGIN + at * side + 2, 1), name, fill="black")
    for at, name in enumerate(rows):
        pen.text((2, _HEAD + at * side + side // 2 - 6), name, fill="black")
    for at, picture in enumerate(pictures):
        down, across = divmod(at, len(columns))
        pixels = np.uint8(picture.permute(1, 2, 0).clamp(0, 1).numpy() * 255 + 0.5)
        small = Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS)
        sheet.paste(small, (_MARGIN + across * side, _HEAD + down * side))
    return sheet


def spread(count: int) -> list[str]:
    """`count` subjects, evenly spread over all of them."""
    return [subject.name for subject in SUBJECTS[:: max(1, len(SUBJECTS) // count)][:count]]


def subjects_by_styles(
    pipeline: StableDiffusionPipeline, subjects: Sequence[str], path: Path, *, steps: int, seed: int = 1, side: int = 96
) -> None:
    """Draw one row per subject, with all styles from the same seed: `seed` for the first row, then one more per row."""
    prompts = [subject + suffix for subject in subjects for suffix in SHEET_SUFFIXES]
    seeds = [seed + index // len(SHEET_SUFFIXES) for index in range(len(prompts))]
    names = [suffix.removeprefix(",").strip().removeprefix("in the style of ") for suffix in SHEET_SUFFIXES]
    grid(generate(pipeline, prompts, seeds, steps=steps), subjects, names, side).save(path, quality=80)


def guide(pipeline: StableDiffusionPipeline, path: Path, *, steps: int, seeds: int = 4, side: int = 256) -> None:
    """Draw the guide's example: one row per seed, one column per suffix."""
    prompts = [GUIDE_PROMPT + suffix for _ in range(seeds) for suffix in GUIDE_SUFFIXES]
    chosen = [seed for seed in range(seeds) for _ in GUIDE_SUFFIXES]
    made = generate(pipeline, prompts, chosen, steps=steps)
    grid(made, [f"seed {seed}" for seed in range(seeds)], [s[2:] for s in GUIDE_SUFFIXES], side).save(path, quality=90)
