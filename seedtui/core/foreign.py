"""What another program says of its image, as a prompt, a seed and a recipe; what can not be taken is told."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec

from seedtui.core.errors import InputError, one_line, quoted
from seedtui.core.prompts import check_prompt, check_text
from seedtui.core.recipe import Recipe
from seedtui.core.samplers import find_sampler
from seedtui.core.seeds import MAX_SEED, format_seeds

_NOISE = "other programs draw noise otherwise: expect the same idea, not the same picture"
_WEIGHTS = re.compile(r"\([^()]*:\s*-?[\d.]+\s*\)|<(lora|lyco|hypernet):")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file: words and numbers that nobody has looked at; None for what it does not say."""

    program: str
    prompt: Any = None
    negative: Any = None
    seed: Any = None
    steps: Any = None
    guidance: Any = None
    width: Any = None
    height: Any = None
    sampler: Any = None
    schedule: Any = None
    model: Any = None
    samplers: int = 1
    """How many samplers the image went through; this is the first."""


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """An image of another program. `notes` are what was not taken, or may surprise, a line each."""

    program: str
    prompt: str
    seed: int
    recipe: Recipe
    notes: tuple[str, ...] = ()

    @property
    def seeds(self) -> str:
        """Its seed and the three after it."""
        first = min(self.seed, MAX_SEED - 3)
        return format_seeds(tuple(range(first, first + 4)))


def understand(said: Said, base: Recipe) -> Foreign:
    """`said` over the recipe `base`, whose model stays.

    Raises:
        InputError: there is no prompt, or one that can not be used.
    """
    notes: list[str] = []
    if not isinstance(said.prompt, str):
        raise InputError(f"the image of {said.program} says no prompt", "Copy it by hand")
    prompt = check_prompt(" ".join(said.prompt.splitlines()))  # the prompt line has one line
    recipe = msgspec.structs.replace(base, revision=None)
    for name, value in _numbers(said).items():
        recipe = _taken(recipe, name, value, notes)
    recipe = _sized(recipe, said, notes)
    recipe = _with_sampler(recipe, said, notes)
    if isinstance(said.negative, str) and said.negative.strip():
        recipe = recipe.with_changes(negative=check_text(said.negative, "negative prompt"))
    seed = _number(said.seed, int)
    if seed is None or not 0 <= seed <= MAX_SEED:
        notes.append("it has no seed that can be used: 0 is taken")
        seed = 0
    if isinstance(said.model, str) and said.model.strip():
        notes.append(f"its model is {quoted(one_line(said.model))}, the one here {quoted(base.model)}")
    if said.samplers > 1:
        notes.append(f"it went through {said.samplers} samplers: the first is taken")
    if _WEIGHTS.search(prompt):
        notes.append("weights and LoRAs in the prompt are only words here")
    return Foreign(program=said.program, prompt=prompt, seed=seed, recipe=recipe, notes=(*notes, _NOISE))


def _numbers(said: Said) -> dict[str, int | float | None]:
    return {"steps": _number(said.steps, int), "guidance": _number(said.guidance, float)}


def _taken(recipe: Recipe, name: str, value: int | float | None, notes: list[str]) -> Recipe:
    try:
        return recipe.with_changes(**{name: value})
    except InputError as error:
        notes.append(f"{error.problem.message}: not taken")
        return recipe


def _sized(recipe: Recipe, said: Said, notes: list[str]) -> Recipe:
    width, height = _number(said.width, int), _number(said.height, int)
    if width is None or height is None:
        return recipe
    try:
        return recipe.with_changes(width=width, height=height).check_multiple(8)
    except InputError as error:
        notes.append(f"{error.problem.message}: not taken")
        return recipe


def _with_sampler(recipe: Recipe, said: Said, notes: list[str]) -> Recipe:
    if not isinstance(said.sampler, str) or not said.sampler.strip():
        notes.append("it names no sampler: the model's own is taken")
        return recipe
    found = find_sampler(said.sampler, said.schedule if isinstance(said.schedule, str) else "")
    if found.scheduler is None:
        notes.append(f"sampler {quoted(one_line(said.sampler))} is none of Diffusers': the model's own is taken")
    if found.schedule:
        notes.append(f"the noise schedule {quoted(one_line(found.schedule))} is not taken")
    return recipe.with_changes(scheduler=found.scheduler)


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    """`value` as a number, None if it is none."""
    try:
        number = float(value) if kind is float else int(str(value).removesuffix(".0")[:24])
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
