"""Measures the quality of the weights: recognition of subjects and styles, layout within a seed, codec fidelity."""

import itertools
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from rich.table import Table
from torch import Tensor
from torch.nn import functional

from seedtui.starter.recipe.art.styles import STYLES
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.evaluation.contact_sheet import GUIDE_PROMPT, GUIDE_SUFFIXES
from seedtui.starter.recipe.evaluation.sampling import generate
from seedtui.starter.recipe.networks.classifier import Classifier, named
from seedtui.starter.recipe.networks.vae import psnr
from seedtui.starter.recipe.pictures.compose import Composer
from seedtui.starter.recipe.pictures.scenes import Scenes, draw_scenes, taken

_FIRST_SEED = 100_000

_COMPOSED = 512
"""Number of held-out compositions for measuring the judge, the codec and the edges."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The results of an evaluation. Shares are 0..1."""

    pictures: int
    """Number of generated pictures that were classified."""
    steps: int
    subject_right: float
    style_right: float
    judge_subject: float
    """The classifier's own accuracy on held-out compositions: the upper limit of `subject_right`."""
    judge_style: float
    within_seed: float
    """Mean correlation of blurred pictures with the same seed and different suffixes."""
    across_seeds: float
    """The same for pictures with the same suffix and different seeds."""
    psnr: float
    """PSNR of held-out compositions through the autoencoder, in dB."""
    sharpness: float
    """Ratio of the edges in generated pictures to those in compositions of the same style; mean over all styles."""
    weak: dict[str, float] = field(default_factory=dict)
    """Subjects recognised less than half of the time, with their share."""

    def table(self) -> Table:
        """The figures next to their goals."""
        table = Table("figure", "found", "goal", title=f"{self.pictures} generated pictures, {self.steps} steps")
        ratio = self.within_seed / max(self.across_seeds, 1e-6)
        table.add_row("subject right", f"{self.subject_right:.1%}", "85 %")
        table.add_row("style right", f"{self.style_right:.1%}", "95 %")
        table.add_row("judge on composed: subject, style", f"{self.judge_subject:.1%}, {self.judge_style:.1%}", "")
        table.add_row("layout within a seed", f"{self.within_seed:.2f}", "")
        table.add_row("layout across seeds", f"{self.across_seeds:.2f}", "")
        table.add_row("within / across", f"{ratio:.1f}", "2")
        table.add_row("edges relative to composed pictures", f"{self.sharpness:.0%}", "")
        table.add_row("autoencoder PSNR", f"{self.psnr:.1f} dB", "28 dB")
        return table

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(
    pipeline: StableDiffusionPipeline,
    judge: Classifier,
    composer: Composer,
    *,
    pictures: int,
    steps: int,
    subjects: int,
    seed: int = 0,
) -> Figures:
    """Generate `pictures` pictures of the first `subjects` subjects in random styles, and judge them."""
    rng = np.random.default_rng((seed, 99))
    subject = np.arange(pictures) % subjects
    style = rng.integers(0, len(STYLES), pictures)
    seeds = [_FIRST_SEED + index for index in range(pictures)]
    made = generate(
        pipeline, [_prompt(int(s), int(t)) for s, t in zip(subject, style, strict=True)], seeds, steps=steps
    )
    named_subject, named_style = named(judge, made * 2 - 1)
    scenes = draw_scenes(np.random.default_rng((seed, 97)), _COMPOSED, subjects)
    composed = _composed(composer, scenes)
    judge_subject, judge_style = named(judge, composed)
    within, across = layout_kept(pipeline, steps=steps)
    unlit = ~scenes.vermeer
    return Figures(
        pictures=pictures,
        steps=steps,
        subject_right=float((named_subject == subject).mean()),
        style_right=float((named_style == style).mean()),
        judge_subject=float((judge_subject == scenes.subject).mean()),
        judge_style=float((judge_style == scenes.style).mean()),
        within_seed=within,
        across_seeds=across,
        psnr=psnr(pipeline.vae, composed[:128]),
        sharpness=sharpness(made * 2 - 1, style, composed[torch.from_numpy(unlit)], scenes.style[unlit]),
        weak=_weak(subject, named_subject),
    )


def _prompt(subject: int, style: int) -> str:
    words = tuple(STYLES.values())[style].words
    return ", ".join([SUBJECTS[subject].name, *words[:1]])


def _weak(subject: np.ndarray, found: np.ndarray) -> dict[str, float]:
    asked, right = Counter(subject.tolist()), Counter(subject[found == subject].tolist())
    shares = {SUBJECTS[index].name: round(right[index] / count, 3) for index, count in asked.items()}
    return {name: share for name, share in sorted(shares.items(), key=lambda pair: pair[1]) if share < 0.5}


def _composed(composer: Composer, scenes: Scenes) -> Tensor:
    """Compose all scenes, a few at a time, and return them on the CPU."""
    parts = np.array_split(np.arange(len(scenes)), -(-len(scenes) // 64))
    return torch.cat([composer.compose(taken(scenes, part)).cpu() for part in parts])


def layout_kept(pipeline: StableDiffusionPipeline, *, steps: int, seeds: int = 16) -> tuple[float, float]:
    """Mean layout correlation in the guide's example, within a seed across suffixes, and across seeds."""
    pairs = list(itertools.product(range(seeds), GUIDE_SUFFIXES))
    pictures = generate(pipeline, [GUIDE_PROMPT + s for _, s in pairs], [seed for seed, _ in pairs], steps=steps)
    layouts = _layout(pictures).view(seeds, len(GUIDE_SUFFIXES), -1)
    within = torch.stack([_mean_off_diagonal(layouts[seed]) for seed in range(seeds)]).mean()
    across = torch.stack([_mean_off_diagonal(layouts[:, s]) for s in range(len(GUIDE_SUFFIXES))]).mean()
    return float(within), float(across)


def sharpness(made: Tensor, style: np.ndarray, composed: Tensor, composed_style: np.ndarray) -> float:
    """Ratio of the edges in `made` to those in `composed`, both in -1..1; 1 is equally sharp.

    It is the mean of the ratios per style, so that styles with many edges do not count more than those with few.
    """
    found, wanted = _edges(made), _edges(composed)
    both = np.intersect1d(style, composed_style)
    return float(np.mean([found[style == index].mean() / wanted[composed_style == index].mean() for index in both]))


def _edges(pictures: Tensor) -> np.ndarray:
    """The mean difference of neighbouring pixels for each picture."""
    return (pictures.diff(dim=-1).abs().mean((1, 2, 3)) + pictures.diff(dim=-2).abs().mean((1, 2, 3))).numpy()


def _layout(pictures: Tensor) -> Tensor:
    """Blurred grey pictures, each with mean 0 and norm 1: (pictures, 256)."""
    grey = pictures.mean(1, keepdim=True)
    small = functional.adaptive_avg_pool2d(grey, 16).flatten(1)
    return functional.normalize(small - small.mean(1, keepdim=True), dim=1)


def _mean_off_diagonal(rows: Tensor) -> Tensor:
    products = rows @ rows.T
    count = len(rows)
    return (products.sum() - products.trace()) / (count * (count - 1))
