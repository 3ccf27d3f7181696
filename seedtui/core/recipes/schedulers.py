"""Schedulers by short name: their Diffusers classes and settings, and the packages that some need."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from seedtui.core.errors import InputError, quoted

SCHEDULERS = {
    "ddim": "DDIMScheduler",
    "ddpm": "DDPMScheduler",
    "deis": "DEISMultistepScheduler",
    "dpm++2m": "DPMSolverMultistepScheduler",
    "dpm++2m-sde": "DPMSolverMultistepScheduler",
    "dpm++3m-sde": "DPMSolverMultistepScheduler",
    "dpm++sde": "DPMSolverSDEScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler-a": "EulerAncestralDiscreteScheduler",
    "heun": "HeunDiscreteScheduler",
    "lcm": "LCMScheduler",
    "lms": "LMSDiscreteScheduler",
    "pndm": "PNDMScheduler",
    "tcd": "TCDScheduler",
    "unipc": "UniPCMultistepScheduler",
}

_SETTINGS: dict[str, dict[str, Any]] = {
    "dpm++2m-sde": {"algorithm_type": "sde-dpmsolver++"},
    "dpm++3m-sde": {"algorithm_type": "sde-dpmsolver++", "solver_order": 3},
}
"""Settings that a short name adds to its class. The first is from the table "Schedulers" in the Diffusers docs."""

_NEEDS = {
    "LMSDiscreteScheduler": "scipy",
    "DPMSolverSDEScheduler": "torchsde",
    "CosineDPMSolverMultistepScheduler": "torchsde",
}


def settings_of(name: str) -> dict[str, Any]:
    """The settings that the short `name` adds to its class; most add none."""
    return dict(_SETTINGS.get(name.lower(), {}))


def recorded_name(name: str) -> str:
    """How an image records the scheduler `name`: as the class, or as the short name if that implies settings."""
    return name.lower() if settings_of(name) else SCHEDULERS.get(name.lower(), name)


def missing_package(scheduler: str) -> str:
    """The package that the class `scheduler` needs but that is not installed, "" if it can run."""
    package = _NEEDS.get(scheduler, "")
    return package if package and find_spec(package) is None else ""


def offered() -> tuple[str, ...]:
    """The short names of the schedulers that can run here."""
    return tuple(name for name, cls in SCHEDULERS.items() if not missing_package(cls))


def scheduler_class(name: str) -> str:
    """The class for `name`, a short name or the name of the class itself.

    Raises:
        InputError: it is neither, or needs a package that is missing.
    """
    found = SCHEDULERS.get(name.lower(), name)
    if not (found.isidentifier() and found.endswith("Scheduler")):
        raise InputError(f"unknown scheduler {quoted(name)}", f"Use {', '.join(offered())}")
    if package := missing_package(found):
        raise InputError(f"scheduler {name} needs {package}, not installed here", f"pip install {package}")
    return found
