"""What a worker must load: one value for rounds, verification and commands."""

from __future__ import annotations

from typing import Protocol

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.lora import Lora, asked
from seedtui.core.recipes.recipe import Compute, Recipe
from seedtui.models.resolve import ALIASES


class LoadedModel(Protocol):
    """A loaded model and its environment, such as `protocol.ModelInfo`."""

    @property
    def name(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def compute(self) -> Compute: ...
    @property
    def environment(self) -> Environment: ...


class PipelineSpec(msgspec.Struct, frozen=True):
    """What to load. Equal specs mean the same pipeline.

    `model` is its name. With None for `dtype` or `device` the worker chooses. `threads` is the number of CPU threads,
    which affects the low bits; 0 for torch's default.
    """

    model: str
    dtype: str | None = None
    device: str | None = None
    threads: int = 0
    compute: Compute = Compute()
    lora: tuple[Lora, ...] = ()

    @classmethod
    def of(cls, recipe: Recipe, threads: int = 0) -> PipelineSpec:
        """The spec for rounds of `recipe`."""
        return cls(recipe.model, recipe.dtype, recipe.device, threads, recipe.compute, asked(recipe.lora))

    @classmethod
    def for_image(cls, record: ImageRecord, here: LoadedModel) -> PipelineSpec:
        """The spec to make the image of `record` again on this machine, where `here` is loaded.

        The device is the original one, unless this machine has a different kind, which is that of `here`.
        """
        recipe, device = record.recipe, record.recipe.device
        if device not in (None, "cpu") and _kind(device) != _kind(here.device):
            device = here.device
        threads = record.environment.threads if device == "cpu" else 0
        return cls.of(recipe.with_changes(device=device), threads)

    def serves(self, other: PipelineSpec) -> bool:
        """Whether rounds of `other` can run on what this loads. `compute` does not matter: a round has its own."""
        return msgspec.structs.replace(self, compute=other.compute) == other

    def fits(self, model: LoadedModel) -> bool:
        """Whether `model` matches this spec. LoRA files do not matter: a round has its own."""
        return (
            self.threads in (0, model.environment.threads)
            and self.compute == model.compute
            and (self.dtype or model.dtype) == model.dtype
            and (self.device or model.device) == model.device
            and _whole_name(self.model) == _whole_name(model.name)
        )


def _kind(device: str | None) -> str:
    return (device or "").partition(":")[0]


def _whole_name(name: str) -> str:
    return ALIASES.get(name, name)
