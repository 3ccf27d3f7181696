"""Turn another program's settings into a prompt, a seed and a recipe, with notes on whatever is ignored."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from seedtui.core.errors import InputError, one_line, quoted
from seedtui.core.foreign.samplers import find_sampler
from seedtui.core.prompts.prompt import check_prompt, check_text
from seedtui.core.prompts.weights import CURLY_AND_SQUARE, ROUND, ROUND_AND_SQUARE, with_weights
from seedtui.core.recipes.recipe import PHILOX, Recipe
from seedtui.core.recipes.schedulers import SCHEDULERS, missing_package
from seedtui.core.rounds.rounds import Picked
from seedtui.core.rounds.seeds import MAX_SEED, format_seeds
from seedtui.core.rounds.variation import Variation

MAX_ASPECTS = 16
"""Ignored settings that a note names; the rest are only counted."""

_NOISE = "other programs draw noise differently: expect a similar picture, not the same one"
_OF_A_CARD = "its noise was drawn on a GPU: where yours is not NVIDIA's, choose the generator philox"
_WEIGHTS = re.compile(r"\([^()]*:\s*-?[\d.]+\s*\)|\(\(|\[\[|\{\{")
_OTHER_SYNTAX = re.compile(r"\[[^\[\]]*:[^\[\]]*\]|<\w+:[^<>]*>|(?<!\w)embedding:|\b(BREAK|AND)\b|-?\d+(\.\d+)?::")
"""Weights, and LoRAs and other prompt syntax, of AUTOMATIC1111, ComfyUI, SwarmUI and NovelAI."""

_SIGNS = re.compile(r"\w[+-]+(?=[\s,.]|$)")
"""What weighs words here, and nowhere else but in InvokeAI."""

_BRACKETS: dict[str, Mapping[str, float]] = {
    **dict.fromkeys(("AUTOMATIC1111", "Forge", "Forge Neo", "SD.Next", "Civitai", "Draw Things"), ROUND_AND_SQUARE),
    **dict.fromkeys(("ComfyUI", "SwarmUI", "Fooocus"), ROUND),
    "NovelAI": CURLY_AND_SQUARE,
}
"""The brackets that weigh words in a program's prompts. InvokeAI has compel's own syntax."""


class ForeignSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file, unchecked; None for what the file does not say."""

    program: str
    prompt: Any = None
    negative: Any = None
    seed: Any = None
    variation_seed: Any = None
    variation_strength: Any = None
    """How far the noise of the seed is turned towards that of the variation seed, 0 to 1."""
    steps: Any = None
    guidance: Any = None
    distilled: Any = None
    """The guidance of a distilled model such as Flux, which is not the scale of classifier-free guidance."""
    width: Any = None
    height: Any = None
    sampler: Any = None
    schedule: Any = None
    model: Any = None
    samplers: int = 1
    """How many samplers the image went through; `sampler` is the first."""
    strength: Any = None
    """Denoising strength, from 0 to 1, if the image was made from another one; None if it started from noise."""
    noise: Literal["GPU", "CPU", "NV"] | None = None
    """Where it drew noise, in the words of AUTOMATIC1111: NV is a card's noise, drawn on the CPU."""
    untaken: tuple[str, ...] = ()
    """Other settings that decide pixels, in the form of `aspect`."""


class ForeignImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image of another program. `notes` says what was ignored or may surprise, one line each.

    `variations` turn the noise of its seed.
    """

    program: str
    prompt: str
    seed: int
    recipe: Recipe
    variations: tuple[Variation, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def seeds(self) -> str:
        """Its seed and the three after it."""
        first = min(self.seed, MAX_SEED - 3)
        return format_seeds(tuple(range(first, first + 4)))

    @property
    def picked(self) -> Picked:
        """The image as the pick of further rounds."""
        return Picked(self.prompt, variations=self.variations)


def aspect(name: str, value: object = "") -> str:
    """A setting of an image, as text for `ForeignSettings.untaken`: ``clip skip “2”``."""
    words = one_line(value)
    return f"{one_line(name, 60)} {quoted(words)}" if words else one_line(name, 60)


def understand(said: ForeignSettings, base: Recipe) -> ForeignImage:
    """Apply `said` to the recipe `base`, which keeps its model.

    Raises:
        InputError: there is no prompt, or it is invalid.
    """
    notes: list[str] = []
    if not isinstance(said.prompt, str) or not said.prompt.strip():
        raise InputError(f"the image of {said.program} has no prompt", "Enter the prompt and the settings by hand")
    prompt = check_prompt(said.prompt)
    recipe = msgspec.structs.replace(base, revision=None)
    recipe = _taken(recipe, "steps", _number(said.steps, int), notes)
    recipe = _taken(recipe, "guidance", _guidance(said, notes), notes)
    recipe = _sized(recipe, said, notes)
    recipe = _with_sampler(recipe, said, notes)
    recipe = _with_noise(recipe, said, notes)
    negative = said.negative if isinstance(said.negative, str) else ""
    seed = _number(said.seed, int)
    if seed is None or not 0 <= seed <= MAX_SEED:
        notes.append("it has no usable seed: seed 0 is used")
        seed = 0
    variations = _varied(said, notes)
    notes += _told(said, base)
    prompt, negative, recipe = _weighted(said.program, prompt, negative, recipe, notes)
    if negative.strip():
        recipe = recipe.with_changes(negative=check_text(negative, "negative prompt"))
    return ForeignImage(
        program=said.program, prompt=prompt, seed=seed, recipe=recipe, variations=variations, notes=(*notes, _NOISE)
    )


def _weighted(
    program: str, prompt: str, negative: str, recipe: Recipe, notes: list[str]
) -> tuple[str, str, Recipe]:  # fmt: skip
    """The prompt, the negative prompt and the recipe: with our own syntax of weights, if the recipe has them on."""
    texts = (prompt, negative)
    if any(map(_OTHER_SYNTAX.search, texts)):
        notes.append("LoRAs and other syntax in the prompt are treated as plain text")
    if recipe.prompt_encoding != "weighted":
        if any(map(_WEIGHTS.search, texts)):
            notes.append("weights in the prompt are treated as plain text: the prompt encoding weighted applies them")
        return prompt, negative, recipe
    if program == "InvokeAI":
        return prompt, negative, recipe
    brackets, plain = _BRACKETS.get(program), msgspec.structs.replace(recipe, prompt_encoding="plain")
    if brackets is None:
        notes.append(f"what weighs words in prompts of {program} is not known: they are treated as plain text")
        return prompt, negative, plain
    try:
        ours, not_ours = (check_text(with_weights(text, brackets), "prompt with weights") for text in texts)
    except InputError as error:
        notes.append(f"{error.problem.message}: the prompt is treated as plain text")
        return prompt, negative, plain
    if (ours, not_ours) != texts:
        notes.append("compel weighs its words, by a formula of its own")
    if any(map(_SIGNS.search, texts)):
        notes.append("words that end with + or - are weighted here")
    return ours, not_ours, recipe


def _told(said: ForeignSettings, base: Recipe) -> list[str]:
    """Notes on what in `said` has no place in a recipe."""
    notes = []
    if isinstance(said.model, str) and said.model.strip():
        notes.append(f"its model is {quoted(one_line(said.model))}, yours is {quoted(base.model)}")
    if said.samplers > 1:
        notes.append(f"it went through {said.samplers} samplers: only the first is used")
    if said.strength is not None:
        notes.append(f"it was made from another image, {aspect('strength', said.strength)}: here it starts from noise")
    if said.untaken:
        aspects = tuple(dict.fromkeys(said.untaken))
        more = f", and {len(aspects) - MAX_ASPECTS} more" if len(aspects) > MAX_ASPECTS else ""
        notes.append(f"ignored: {', '.join(aspects[:MAX_ASPECTS])}{more}")
    return notes


def _varied(said: ForeignSettings, notes: list[str]) -> tuple[Variation, ...]:
    """The variation of the image, if it has one that can be used."""
    seed, strength = _number(said.variation_seed, int), _number(said.variation_strength, float)
    if not strength:
        return ()
    if seed is None:
        notes.append("it does not say its variation seed: not taken")
        return ()
    try:
        return (Variation(seed, strength).check(),)
    except InputError as error:
        notes.append(f"its variation: {error.problem.message}: not taken")
        return ()


def _guidance(said: ForeignSettings, notes: list[str]) -> float | None:
    """The guidance, or the distilled model's guidance if there is no other."""
    guidance: float | None = _number(said.guidance, float)
    distilled: float | None = _number(said.distilled, float)
    if distilled is None:
        return guidance
    if guidance is None or guidance <= 1:
        return distilled
    notes.append(f"the distilled guidance {distilled:g} is ignored")
    return guidance


def _taken(recipe: Recipe, name: str, value: int | float | None, notes: list[str]) -> Recipe:
    try:
        return recipe.with_changes(**{name: value})
    except InputError as error:
        notes.append(f"{error.problem.message}: not taken")
        return recipe


def _sized(recipe: Recipe, said: ForeignSettings, notes: list[str]) -> Recipe:
    width, height = _number(said.width, int), _number(said.height, int)
    if width is None or height is None:
        return recipe
    try:
        return recipe.with_changes(width=width, height=height).check_multiple(8)
    except InputError as error:
        notes.append(f"{error.problem.message}: not taken")
        return recipe


def _with_sampler(recipe: Recipe, said: ForeignSettings, notes: list[str]) -> Recipe:
    if not isinstance(said.sampler, str) or not said.sampler.strip():
        notes.append("it names no sampler: the model's default is used")
        return recipe
    found = find_sampler(said.sampler, said.schedule if isinstance(said.schedule, str) else "")
    if found.scheduler is None:
        notes.append(f"Diffusers has no sampler {quoted(one_line(said.sampler))}: the model's default is used")
    scheduler = SCHEDULERS.get(found.scheduler or "", found.scheduler)
    if package := missing_package(scheduler or ""):
        notes.append(
            f"sampler {quoted(one_line(said.sampler))} needs {package}, not installed here (pip install {package}): "
            "the model's default is used"
        )
        found = found._replace(scheduler=None)
    if found.schedule:
        notes.append(f"the noise schedule {quoted(one_line(found.schedule))} is ignored")
    return recipe.with_changes(scheduler=found.scheduler)


def _with_noise(recipe: Recipe, said: ForeignSettings, notes: list[str]) -> Recipe:
    match said.noise:
        case "GPU":
            notes.append(_OF_A_CARD)
            return msgspec.structs.replace(recipe, generator_device=None)
        case "NV":
            return recipe.with_changes(generator_device=PHILOX)
        case "CPU":
            return recipe.with_changes(generator_device="cpu")
    return recipe


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    """`value` as a number, or None if it is not one."""
    try:
        number = float(value) if kind is float else int(str(value).removesuffix(".0")[:24])
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
