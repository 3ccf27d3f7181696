"""A recipe as editable text fields: the error in each, and what a change does to the pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from seedtui.core.errors import InputError, quoted
from seedtui.core.recipes.gguf import parse_gguf
from seedtui.core.recipes.lora import parse_loras
from seedtui.core.recipes.recipe import GENERATORS, Recipe, parse_size
from seedtui.core.shares import parse_share

FIELDS = (
    "steps", "guidance", "size", "negative", "prompt_encoding", "scheduler", "dtype", "device", "generator_device",
    "batch_size", "profile", "weights", "offload", "attention", "draft", "transformer", "lora", "spread",
)  # fmt: skip
"""In the order of the form. An empty field means "the pipeline's default"."""

ALIKE = "same seeds give similar pictures"
OTHER = "same seeds give different pictures"
BITS = "same pictures, but low bits may differ"

EFFECTS = {
    "steps": ALIKE,
    "guidance": ALIKE,
    "size": OTHER,
    "negative": ALIKE,
    "prompt_encoding": "same pictures, unless prompts have weights or are long",
    "scheduler": ALIKE,
    "dtype": "different noise if a CPU draws it, else rounded",
    "device": "low bits differ; so does the noise, if drawn there",
    "generator_device": "different noise: " + OTHER,
    "batch_size": BITS,
    "profile": "low bits differ; each profile is repeatable",
    "weights": ALIKE,
    "offload": BITS,
    "attention": BITS,
    "draft": "a draft: " + ALIKE,
    "transformer": "similar pictures if made from the same model",
    "lora": OTHER,
    "spread": OTHER,
}
"""How a change of each field affects repeatability; see the reproducibility pages of PyTorch and Diffusers."""


def to_fields(recipe: Recipe) -> dict[str, str]:
    """The text of each field for `recipe`."""
    fields = {name: _shown(getattr(recipe, name)) for name in FIELDS if name not in ("size", "lora", "spread")}
    size = f"{recipe.width}x{recipe.height}" if recipe.width else ""
    return {**fields, "size": size, "lora": "; ".join(map(str, recipe.lora)), "spread": f"{recipe.spread * 100:g}%"}


def from_fields(recipe: Recipe, fields: Mapping[str, str], multiple: int = 8) -> tuple[Recipe, dict[str, str]]:
    """`recipe` changed by `fields`, and the error message of each invalid field, which keeps its old value.

    Sizes must be multiples of `multiple` pixels.
    """
    wrong: dict[str, str] = {}
    before = to_fields(recipe)
    for name in FIELDS:
        if name == "lora" and fields.get(name, "") == before[name]:
            continue  # a path may contain a semicolon
        try:
            changes = _PARSERS[name](fields.get(name, ""))
            changed = msgspec.structs.replace(recipe, **changes).check_each()
            recipe = changed.check_multiple(multiple) if name == "size" else changed
        except InputError as error:
            wrong[name] = _told(error)
    try:
        recipe.check()
    except InputError as error:  # two fields exclude each other
        wrong["profile"] = _told(error)
    return recipe, wrong


def with_field(recipe: Recipe, name: str, text: str) -> Recipe:
    """`recipe` with the field `name` changed to what `text` says; "" for the pipeline's default.

    Raises:
        InputError: the text is invalid, or the value excludes another one.
    """
    return msgspec.structs.replace(recipe, **_PARSERS[name](text)).check()


def _told(error: InputError) -> str:
    return f"{error.problem.message}: {error.problem.hint}" if error.problem.hint else error.problem.message


def effects(before: Recipe, after: Recipe) -> dict[str, str]:
    """The effect of each field that differs between two recipes."""
    one, other = to_fields(before), to_fields(after)
    return {name: EFFECTS[name] for name in FIELDS if one[name] != other[name]}


def _shown(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _whole(name: str, empty: int | None = None) -> Callable[[str], dict[str, Any]]:
    def parse(text: str) -> dict[str, Any]:
        if not text.strip():
            return {name: empty}
        if not text.strip().isdecimal() or len(text) > 9:
            raise InputError(f"{quoted(text.strip(), 12)} is not a whole number")
        return {name: int(text)}

    return parse


def _guidance(text: str) -> dict[str, Any]:
    try:
        value = float(text) if text.strip() else None
    except ValueError as error:
        raise InputError(f"{quoted(text.strip(), 12)} is not a number", "A typical value is 7.5") from error
    return {"guidance": value}


def _size(text: str) -> dict[str, Any]:
    width, height = parse_size(text) if text.strip() else (None, None)
    return {"width": width, "height": height}


def _generator_device(text: str) -> dict[str, Any]:
    if text.strip() not in ("", *GENERATORS):
        raise InputError(
            f"noise cannot be drawn on {quoted(text.strip(), 12)}", f"Use {' or '.join(GENERATORS)}, or leave it empty"
        )
    return {"generator_device": text.strip() or None}


def _words(name: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: {name: text.strip() or None}


_PARSERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "steps": _whole("steps"),
    "guidance": _guidance,
    "size": _size,
    "negative": lambda text: {"negative": text if text.strip() else None},
    "prompt_encoding": lambda text: {"prompt_encoding": text.strip() or "plain"},
    "scheduler": _words("scheduler"),
    "dtype": _words("dtype"),
    "device": _words("device"),
    "generator_device": _generator_device,
    "batch_size": _whole("batch_size", Recipe().batch_size),
    "profile": lambda text: {"profile": text.strip() or "plain"},
    "weights": lambda text: {"weights": text.strip() or "full"},
    "offload": lambda text: {"offload": text.strip() or "none"},
    "attention": lambda text: {"attention": text.strip() or "auto"},
    "draft": lambda text: {"draft": text.strip() or "none"},
    "transformer": lambda text: {"transformer": parse_gguf(text)},
    "lora": lambda text: {"lora": parse_loras(text.split(";"))},
    "spread": lambda text: {"spread": parse_share(text, "spread") if text.strip() else 0.0},
}
