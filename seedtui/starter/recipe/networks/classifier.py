"""A classifier that recognises subject and style in generated pictures. It is trained only on compositions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from seedtui.starter.recipe.art.styles import STYLES
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.pictures.compose import Composer
from seedtui.starter.recipe.pictures.scenes import draw_scenes
from seedtui.starter.recipe.training.loop import Loop, autocast, placed, set_rate
from seedtui.starter.recipe.training.muon import build_optimizers

_SEEN = 96
"""Side of the pictures it gets, in pixels."""


@dataclass(frozen=True, slots=True)
class ClassifierSettings:
    minutes: float = 4.0
    rate: float = 1e-3
    batch: int = 64
    subjects: int = len(SUBJECTS)
    """Number of subjects it learns to distinguish, from the first one."""
    device: str = "cpu"
    seed: int = 3


class Classifier(nn.Module):
    """A plain convolutional network with two outputs."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width, stride in ((32, 1), (64, 2), (96, 1), (128, 2), (160, 1), (192, 2), (256, 1)):
            convolution = nn.Conv2d(before, width, 3, stride=stride, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(width), nn.ReLU()]
            before = width
        self.body = nn.Sequential(*layers)
        self.subject = nn.Linear(2 * before, len(SUBJECTS))
        self.style = nn.Linear(2 * before, len(STYLES))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of subjects and styles for pictures in -1..1 of any size."""
        small = functional.interpolate(pictures, (_SEEN, _SEEN), mode="area")
        seen = self.body(small.contiguous(memory_format=torch.channels_last))
        features = torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], dim=1)
        return self.subject(features), self.style(features)


def _worn(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Add a little noise and sometimes blur: generated pictures are never as sharp as compositions."""
    if rng.random() < 0.5:
        pictures = functional.avg_pool2d(functional.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return pictures + 0.04 * torch.randn_like(pictures)


def train_classifier(composer: Composer, path: Path, settings: ClassifierSettings) -> Classifier:
    """Train for `settings.minutes`, or resume from `path`."""
    torch.manual_seed(settings.seed)
    model = placed(Classifier(), settings.device)
    optimizers = build_optimizers(model.parameters())
    loop = Loop(path, settings.minutes, {"model": model}, optimizers)
    rng = np.random.default_rng((settings.seed, loop.step))
    for _ in loop:
        set_rate(optimizers, loop.rate(settings.rate))
        scenes = draw_scenes(rng, settings.batch, settings.subjects)
        pictures = _worn(composer.compose(scenes), rng)
        with autocast(settings.device):
            subjects, styles = model(pictures)
        right_subject = torch.as_tensor(scenes.subject, device=settings.device)
        right_style = torch.as_tensor(scenes.style, device=settings.device)
        loss = functional.cross_entropy(subjects.float(), right_subject)
        loop.descend(loss + 0.5 * functional.cross_entropy(styles.float(), right_style), optimizers)
    return model.eval()


@torch.no_grad()
def named(model: Classifier, pictures: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the recognised subject and style in each picture (-1..1)."""
    answers = [model(part) for part in pictures.split(128)]  # type: ignore[no-untyped-call]
    subjects = torch.cat([subject.argmax(1) for subject, _ in answers])
    styles = torch.cat([style.argmax(1) for _, style in answers])
    return subjects.numpy(), styles.numpy()
