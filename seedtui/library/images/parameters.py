"""The `parameters` text of a PNG, as AUTOMATIC1111's web UI writes it and many other programs read it."""

from __future__ import annotations

import json
from pathlib import PurePath

from seedtui.core.images.record import ImageRecord

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
"""A1111's name of a Diffusers scheduler (its class without "Scheduler"): the table in Diffusers' docs,
"Schedulers", without those that are another sampler here than there."""


def sampler_name(scheduler: str) -> str:
    """A1111's name of the scheduler class `scheduler`; the class without "Scheduler" where it has none."""
    name = scheduler.removesuffix("Scheduler")
    return SAMPLERS.get(name, name)


def parameters(record: ImageRecord, width: int, height: int) -> str:
    """The text for an image of `width` x `height` pixels: prompt, negative prompt, one line of settings."""
    recipe = record.recipe
    settings = {
        "Steps": recipe.steps,
        "Sampler": sampler_name(recipe.scheduler) if recipe.scheduler else None,
        "CFG scale": recipe.guidance,
        "Seed": record.seed,
        "Size": f"{width}x{height}",
        "Model": PurePath(recipe.model).name.removesuffix(".safetensors"),
    }
    lines = [record.full_prompt]
    if recipe.negative:
        lines.append(f"Negative prompt: {recipe.negative}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items() if value is not None))
    return "\n".join(lines)


def _quoted(value: object) -> str:
    """`value`, in JSON's quotes if it holds what parts one setting from the next."""
    text = str(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return json.dumps(text, ensure_ascii=False) if any(c in text for c in ',:\n"') else text
