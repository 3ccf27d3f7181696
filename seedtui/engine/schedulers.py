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


_NOISY = frozenset(
    {
        "DDPMScheduler", "EulerAncestralDiscreteScheduler", "KDPM2AncestralDiscreteScheduler", "LCMScheduler",
        "TCDScheduler",
    }
)  # fmt: skip
"""They draw noise in each step, from the generators that the call is given."""

_DEAF = frozenset({"DPMSolverSDEScheduler", "CosineDPMSolverMultistepScheduler"})
"""Their `step` takes no generator: noise comes from a source that no seed of ours reaches."""


def ignores_seeds(name: str | None) -> bool:
    """Whether a scheduler draws noise that the round's seeds do not decide."""
    return name is not None and scheduler_class(name) in _DEAF


def scheduler_note(name: str) -> str:
    """What a scheduler means for repeatability, "" if nothing: short words.

    Raises:
        InputError: there is no such name.
    """
    cls = scheduler_class(name)
    if cls in _DEAF:
        return "ignores the seed in its steps: does not repeat"
    return "adds noise in each step, from the seed" if cls in _NOISY else ""
