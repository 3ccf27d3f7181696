"""What differs between two recipes, in a few words each."""

from __future__ import annotations

from pathlib import PurePath

import msgspec

from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import SCHEDULERS
from seedtui.core.shares import percent

DTYPES = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
"""Short names."""

_FILLED = ("steps", "guidance", "width", "height", "scheduler", "dtype", "device")


def filled(recipe: Recipe, defaults: Recipe) -> Recipe:
    """`recipe` with the model's `defaults` where it leaves them."""
    open_ = {name: getattr(defaults, name) for name in _FILLED if getattr(recipe, name) is None}
    return msgspec.structs.replace(recipe, **open_)


def differing(recipe: Recipe, base: Recipe) -> tuple[str, ...]:
    """How `recipe` differs from `base`, such as ``12 steps``, ``cfg 5``, ``euler``; the most telling first."""
    found = [
        short_model(recipe.model) if recipe.model != base.model else "",
        _changed(recipe.steps, base.steps, "steps", "{} steps"),
        _changed(recipe.guidance, base.guidance, "cfg", "cfg {:g}"),
        _changed(_sampler(recipe), _sampler(base), "sampler", "{}"),
        _changed(_size(recipe), _size(base), "size", "{}"),
        "" if recipe.negative == base.negative else "negative prompt" if recipe.negative else "no negative prompt",
        *_loras(recipe, base),
        "" if recipe.spread == base.spread else f"spread {percent(recipe.spread)}" if recipe.spread else "no spread",
        _changed(_dtype(recipe), _dtype(base), "dtype", "{}"),
        _changed(recipe.device, base.device, "device", "{}"),
        _changed(recipe.generator_device, base.generator_device, "noise", "noise {}"),
        _changed(str(recipe.compute) or None, str(base.compute) or None, "computing", "{}"),
        f"batch {recipe.batch_size}" if recipe.batch_size != base.batch_size else "",
    ]  # fmt: skip
    return tuple(filter(None, found))


def short_model(name: str) -> str:
    """``stable-diffusion-v1-5`` for ``runwayml/stable-diffusion-v1-5``."""
    return name.rstrip("/").rsplit("/", 1)[-1]


def short_scheduler(name: str) -> str:
    """The short name of a scheduler's class, or as much of it as tells it apart; a short name itself."""
    return next((short for short, cls in SCHEDULERS.items() if cls == name), name.removesuffix("Scheduler"))


def lora_in_words(lora: Lora) -> str:
    """``ink 0.8``"""
    return f"{PurePath(lora.path).stem} {lora.weight:g}"


def _changed(value: object, base: object, name: str, form: str) -> str:
    if value == base:
        return ""
    return f"default {name}" if value is None else form.format(value)


def _sampler(recipe: Recipe) -> str | None:
    return recipe.scheduler and short_scheduler(recipe.scheduler)


def _dtype(recipe: Recipe) -> str | None:
    return recipe.dtype and DTYPES.get(recipe.dtype, recipe.dtype)


def _size(recipe: Recipe) -> str | None:
    return f"{recipe.width}x{recipe.height}" if recipe.width else None


def _loras(recipe: Recipe, base: Recipe) -> tuple[str, ...]:
    ours, theirs = ([lora.asked for lora in one.lora] for one in (recipe, base))
    if ours == theirs:
        return ()
    return tuple(lora_in_words(lora) for lora in ours if lora not in theirs) or ("no LoRA" if not ours else "LoRAs",)
