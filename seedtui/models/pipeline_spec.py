"""What a worker has to load: one value for rounds, for verification and for the commands."""

from __future__ import annotations

from typing import Protocol

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.lora import Lora, asked
from seedtui.core.recipes.recipe import Profile, Recipe
from seedtui.models.resolve import ALIASES


class LoadedModel(Protocol):
    """What is loaded, and where it runs: `protocol.ModelInfo` is one."""

    @property
    def name(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def environment(self) -> Environment: ...


class PipelineSpec(msgspec.Struct, frozen=True):
    """What must be loaded: two equal specs give the same pipeline.

    `model` is its name, None for `dtype` or `device` leaves the choice to the worker, and `threads` is how many the
    CPU works with, which moves low bits; 0 for as many as there are.
    """

    model: str
    dtype: str | None = None
    device: str | None = None
    threads: int = 0
    profile: Profile = "plain"
    lora: tuple[Lora, ...] = ()

    @classmethod
    def of(cls, recipe: Recipe, threads: int = 0) -> PipelineSpec:
        """What rounds of `recipe` need."""
        return cls(recipe.model, recipe.dtype, recipe.device, threads, recipe.profile, asked(recipe.lora))

    @classmethod
    def for_image(cls, record: ImageRecord, here: LoadedModel) -> PipelineSpec:
        """What makes the image of `record` again on the machine that `here` is loaded on.

        The device is the one that made it. If this machine has another kind of device, as `here` shows, it is that.
        """
        recipe, device = record.recipe, record.recipe.device
        if device not in (None, "cpu") and _kind(device) != _kind(here.device):
            device = here.device
        threads = record.environment.threads if device == "cpu" else 0
        return cls.of(recipe.with_changes(device=device), threads)

    def serves(self, other: PipelineSpec) -> bool:
        """Whether rounds of `other` run with this one as it is loaded: a round brings its own profile."""
        return msgspec.structs.replace(self, profile=other.profile) == other

    def fits(self, model: LoadedModel) -> bool:
        """Whether `model` is loaded as this says. LoRA files do not count: a round brings its own."""
        return (
            self.threads in (0, model.environment.threads)
            and self.profile == model.profile
            and (self.dtype or model.dtype) == model.dtype
            and (self.device or model.device) == model.device
            and _whole_name(self.model) == _whole_name(model.name)
        )


def _kind(device: str | None) -> str:
    return (device or "").partition(":")[0]


def _whole_name(name: str) -> str:
    return ALIASES.get(name, name)
