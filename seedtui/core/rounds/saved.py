"""The files that a scout round saves: their names, and how many bytes they have, known before it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from seedtui.core.noise.latents import LatentShape
from seedtui.core.recipes.loaded import Defaults
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import SCHEDULERS
from seedtui.core.rounds.stop import Stop

_HEADER = 4096
"""Bytes of a file beside its tensors, at most: names, shapes and hashes, and the rest of its last block."""

_TWICE = ("Heun", "KDPM2", "DPMSolverSDE")
"""What schedulers are called that ask the denoiser twice in every step but the last."""


def state_file(folder: Path, seed: int) -> Path:
    """The file of an image in the folder of its round: each seed of a scout round is there once."""
    return folder / f"{seed}.safetensors"


class AnswerShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the denoiser returns for one image in a step: `times` the elements of its latents.

    Twice as many if it is `guided` and the guidance is above 1.
    """

    times: int = 1
    guided: bool = False


class Here(Defaults, Protocol):
    """A loaded model, such as `protocol.ModelInfo`."""

    @property
    def latents(self) -> LatentShape: ...
    @property
    def answer(self) -> AnswerShape: ...


def saved_bytes(here: Here, recipe: Recipe, stop: Stop, count: int) -> int:
    """The bytes that a scout round of `count` images saves, a little too many rather than too few; 0 if unknown.

    Raises:
        InputError: there is no such step.
    """
    width, height, steps = recipe.width or here.width, recipe.height or here.height, recipe.steps or here.steps
    elements = here.latents.elements(width, height)
    if not elements or not steps:
        return 0
    name = recipe.scheduler or here.scheduler
    scheduler = SCHEDULERS.get(name.lower(), name)
    total = 2 * steps - 1 if any(word in scheduler for word in _TWICE) else steps
    guidance = here.guidance if recipe.guidance is None else recipe.guidance
    rows = 2 if here.answer.guided and (guidance or 0) > 1 else 1
    extra = 1 if scheduler == "PNDMScheduler" else 0
    answer = elements * here.answer.times * rows * (4 if here.dtype == "float32" else 2)
    return count * (answer * stop.of(total + extra) + _HEADER)
