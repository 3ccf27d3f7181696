"""What has to be loaded to make an image again. Pure."""

from __future__ import annotations

from typing import NamedTuple

from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import ALIASES


class LoadSetup(NamedTuple):
    """What has to be loaded to make an image again, and how: as in `protocol.Load`."""

    name: str
    dtype: str | None
    device: str | None
    threads: int
    recipe: Recipe

    def fits(self, model: p.ModelInfo) -> bool:
        """Whether `model` is loaded like that."""
        alike = self.threads in (0, model.environment.threads) and self.recipe.profile == model.profile
        return alike and (self.dtype or model.dtype, self.device or model.device, _whole_name(self.name)) == (
            model.dtype, model.device, _whole_name(model.name),
        )  # fmt: skip


def load_setup_for(record: ImageRecord, model: p.ModelInfo) -> LoadSetup:
    """How the image of `record` is made again where `model` runs.

    The device is the one that it was made on; where there is only another kind of device, as `model`'s shows, that.
    """
    recipe, device = record.recipe, record.recipe.device
    if device not in (None, "cpu") and _kind(device) != _kind(model.device):
        device = model.device
    return LoadSetup(recipe.model, recipe.dtype, device, record.environment.threads if device == "cpu" else 0, recipe)


def _kind(device: str | None) -> str:
    return (device or "").partition(":")[0]


def _whole_name(name: str) -> str:
    return ALIASES.get(name, name)
