"""Schedulers by the names people use, as the classes of Diffusers."""

from __future__ import annotations

from seedtui.core.errors import InputError

SCHEDULERS = {
    "ddim": "DDIMScheduler",
    "ddpm": "DDPMScheduler",
    "deis": "DEISMultistepScheduler",
    "dpm++2m": "DPMSolverMultistepScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler-a": "EulerAncestralDiscreteScheduler",
    "heun": "HeunDiscreteScheduler",
    "lcm": "LCMScheduler",
    "lms": "LMSDiscreteScheduler",
    "pndm": "PNDMScheduler",
    "unipc": "UniPCMultistepScheduler",
}


def scheduler_class(name: str) -> str:
    """The class that `name` means: a short name above, or the class's own name.

    Raises:
        InputError: neither.
    """
    found = SCHEDULERS.get(name.lower(), name)
    if not (found.isidentifier() and found.endswith("Scheduler")):
        raise InputError(f"scheduler “{name}” is not known", f"Use {', '.join(SCHEDULERS)}")
    return found
