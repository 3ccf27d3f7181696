"""Samplers of other programs as Diffusers schedulers, after the table "Schedulers" in the Diffusers docs."""

from __future__ import annotations

import re
from typing import NamedTuple

_CLASSES = {
    "ddim": "DDIMScheduler",
    "ddpm": "DDPMScheduler",
    "deis": "DEISMultistepScheduler",
    "deismultistep": "DEISMultistepScheduler",
    "dpm2": "KDPM2DiscreteScheduler",
    "dpm2a": "KDPM2AncestralDiscreteScheduler",
    "dpm2ancestral": "KDPM2AncestralDiscreteScheduler",
    "dpmpp2m": "DPMSolverMultistepScheduler",
    "dpmpp2msde": "dpm++2m-sde",
    "dpmpp2msdegpu": "dpm++2m-sde",
    "dpmpp3msde": "dpm++3m-sde",
    "dpmpp3msdegpu": "dpm++3m-sde",
    "dpmppsde": "DPMSolverSDEScheduler",
    "dpmppsdegpu": "DPMSolverSDEScheduler",
    "euler": "EulerDiscreteScheduler",
    "eulera": "EulerAncestralDiscreteScheduler",
    "eulerancestral": "EulerAncestralDiscreteScheduler",
    "heun": "HeunDiscreteScheduler",
    "ipndm": "IPNDMScheduler",
    "lcm": "LCMScheduler",
    "lms": "LMSDiscreteScheduler",
    "plms": "PNDMScheduler",
    "pndm": "PNDMScheduler",
    "sasolver": "SASolverScheduler",
    "tcd": "TCDScheduler",
    "unipc": "UniPCMultistepScheduler",
    "unipcbh2": "UniPCMultistepScheduler",
}

_PLAIN = ("", "normal", "automatic", "uniform", "simple")
"""Schedules that are the sampler's default, or close to it."""


class Sampler(NamedTuple):
    """`scheduler` is a Diffusers class or one of our short names, None if there is no match; `schedule` is the noise
    schedule that is ignored, or ""."""

    scheduler: str | None
    schedule: str


def find_sampler(name: str, schedule: str = "") -> Sampler:
    """The scheduler for the sampler `name` of AUTOMATIC1111, ComfyUI, InvokeAI, NovelAI or Fooocus.

    "DPM++ 2M Karras", "dpmpp_2m" and "k_dpmpp_2m" are the same sampler. The name of a Diffusers class, with or without
    "Scheduler", maps to that class. `schedule` is the noise schedule, if it is stored separately.
    """
    words = name.strip()
    tail = re.search(r"(?:[ _])(karras|exponential|k)$", words, re.IGNORECASE)
    if tail:
        words = words[: tail.start()]
        schedule = schedule or {"k": "karras"}.get(tail[1].lower(), tail[1].lower())
    key = re.sub(r"[^a-z0-9]", "", re.sub(r"^k_", "", words.lower()).replace("+", "p").replace("kdpm", "dpm"))
    found = _CLASSES.get(key)
    if found is None and re.fullmatch(r"[A-Z][A-Za-z0-9]{2,60}", words):
        stem = words.removesuffix("Scheduler")
        found = f"{stem}Scheduler" if words.endswith("Scheduler") or f"{stem}Scheduler" in _CLASSES.values() else None
    return Sampler(found, "" if schedule.strip().lower() in _PLAIN else schedule.strip())
