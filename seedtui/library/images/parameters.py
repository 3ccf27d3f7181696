"""The `parameters` text of a PNG, in the format of AUTOMATIC1111's web UI, which many programs read."""

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
"""A1111's names of Diffusers schedulers (classes without "Scheduler"): the table "Schedulers" in the Diffusers docs,
without those that differ from A1111's sampler of that name."""


def sampler_name(scheduler: str) -> str:
    """A1111's name of the scheduler class `scheduler`, or the class without "Scheduler" if it has none."""
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
        **_variation(record),
        "Size": f"{width}x{height}",
        "Model": PurePath(recipe.model).name.removesuffix(".safetensors"),
    }
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


def _quoted(value: object) -> str:
    """`value`, quoted as in JSON if it contains a separator."""
    text = str(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return json.dumps(text, ensure_ascii=False) if any(c in text for c in ',:\n"') else text
