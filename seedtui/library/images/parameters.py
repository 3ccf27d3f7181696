"""The `parameters` text of a PNG, in the format of AUTOMATIC1111's web UI, which many programs read."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.finish import Finish

SAMPLERS = {
    "DDIM": "DDIM",
    "DPMSolverMultistep": "DPM++ 2M",
    "DPMSolverSDE": "DPM++ SDE",
    "EulerAncestralDiscrete": "Euler a",
    "EulerDiscrete": "Euler",
    "HeunDiscrete": "Heun",
    "KDPM2AncestralDiscrete": "DPM2 a",
    "KDPM2Discrete": "DPM2",
    "LCM": "LCM",
    "LMSDiscrete": "LMS",
    "PNDM": "PLMS",
    "UniPCMultistep": "UniPC",
    "dpm++2m-sde": "DPM++ 2M SDE",
    "dpm++3m-sde": "DPM++ 3M SDE",
}
"""A1111's names of Diffusers schedulers (classes without "Scheduler"): the table "Schedulers" in the Diffusers docs,
without those that differ from A1111's sampler of that name."""


def sampler_name(scheduler: str) -> str:
    """A1111's name of the scheduler class `scheduler`, or the class without "Scheduler" if it has none."""
    name = scheduler.removesuffix("Scheduler")
    return SAMPLERS.get(name, name)


def parameters(record: ImageRecord, width: int, height: int) -> str:
    """The text for an image of `width` x `height` pixels: prompt, negative prompt, one line of settings."""
    recipe = record.recipe
    settings: dict[str, Any] = {
        "Steps": recipe.steps,
        "Sampler": sampler_name(recipe.scheduler) if recipe.scheduler else None,
        "CFG scale": recipe.guidance,
        "Seed": record.seed,
        **_variation(record),
        "Size": f"{width}x{height}",
        "Model": PurePath(recipe.model).name.removesuffix(".safetensors"),
    }
    if record.finish and record.source:
        settings |= _second_pass(record.finish, record.source.recipe, recipe, width, height)
    lines = [record.full_prompt]
    if recipe.negative:
        lines.append(f"Negative prompt: {recipe.negative}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items() if value is not None))
    return "\n".join(lines)


def _variation(record: ImageRecord) -> dict[str, object]:
    """A1111's settings of one variation, which is all it has."""
    if len(record.variations) != 1:
        return {}
    (varied,) = record.variations
    return {"Variation seed": varied.seed, "Variation seed strength": varied.strength}


def _second_pass(finish: Finish, first: Recipe, second: Recipe, width: int, height: int) -> dict[str, Any]:
    """The settings that a finish changes, in A1111's words: those of its "hires fix"."""
    scale = width / first.width if first.width else 1.0
    by_scale = first.height is not None and height == first.height * scale
    return {
        "Steps": first.steps,
        "Size": f"{first.width}x{first.height}",
        "Denoising strength": f"{finish.strength:g}",
        "Hires upscale": f"{scale:g}" if by_scale else None,
        "Hires resize": None if by_scale else f"{width}x{height}",
        "Hires steps": second.steps if second.steps != first.steps else None,
        "Hires upscaler": PurePath(finish.file).stem if finish.file else finish.upscaler.capitalize(),
    }


def _quoted(value: object) -> str:
    """`value`, quoted as in JSON if it contains a separator."""
    text = str(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return json.dumps(text, ensure_ascii=False) if any(c in text for c in ',:\n"') else text
