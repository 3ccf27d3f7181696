"""A recipe as an image records it: with the model's defaults in place of what was left open."""

from __future__ import annotations

from typing import Protocol

import msgspec

from seedtui.core.recipes.loaded import Defaults, Weights
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import recorded_name


class Here(Weights, Defaults, Protocol):
    """A loaded model and its defaults."""

    @property
    def name(self) -> str: ...


def resolved(recipe: Recipe, here: Here) -> Recipe:
    """The recipe that images of `recipe` record if `here` is loaded for it.

    Where guidance has no effect, they record None in its place; the model alone does not tell.
    """
    hashes = {lora.path: lora.sha256 for lora in here.lora}
    return msgspec.structs.replace(
        recipe,
        model=here.name,
        revision=here.revision,
        dtype=here.dtype,
        device=here.device,
        scheduler=recorded_name(recipe.scheduler) if recipe.scheduler else here.scheduler or None,
        steps=recipe.steps or here.steps or None,
        guidance=here.guidance if recipe.guidance is None else recipe.guidance,
        width=recipe.width or here.width or None,
        height=recipe.height or here.height or None,
        transformer_sha256=here.transformer_sha256,
        lora=tuple(msgspec.structs.replace(lora, sha256=hashes.get(lora.path)) for lora in recipe.lora),
    )
