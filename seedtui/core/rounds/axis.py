"""The axes of a grid: one setting with several values, such as ``guidance=3,5,7``."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import msgspec

from seedtui.core.errors import InputError, quoted
from seedtui.core.prompts.prompt import check_text, short_suffix
from seedtui.core.recipes.form import FIELDS, with_field
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.core.shares import parse_share, percent

OF_IMAGE = ("seed", "suffix", "hold", "variation")
"""Axes that do not change the recipe."""

OF_RECIPE = ("model", *(name for name in FIELDS if name not in ("device", "batch_size")))
"""Axes that do. With ``lora``, the values are weights of the recipe's LoRA files."""

AXES = (*OF_IMAGE, *OF_RECIPE)

MAX_VALUES = 1024


class Axis(msgspec.Struct, frozen=True, dict=True):
    """A setting and its values as text. Seeds may be written as ranges, as in `parse_seeds`."""

    name: str
    texts: tuple[str, ...]

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The text of each value: a seed each."""
        return tuple(str(seed) for seed in self.seeds) if self.name == "seed" else self.texts

    @property
    def seeds(self) -> tuple[int, ...]:
        """The values of an axis of seeds."""
        return parse_seeds(",".join(self.texts))

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def labels(self) -> tuple[str, ...]:
        """The words for each value: ``seed 3``, ``artsy``, ``guidance 5``, ``hold 20%``."""
        return tuple(self.label(value) for value in self.values)

    @property
    def short_labels(self) -> tuple[str, ...]:
        """The same without the name of the setting: ``3``, ``artsy``, ``5``, ``20%``."""
        return tuple(short_suffix(value) if self.name == "suffix" and value else value or "–" for value in self.values)

    def label(self, value: str) -> str:
        """The words for `value`."""
        match self.name:
            case "suffix":
                return short_suffix(value) if value.strip() else "no suffix"
            case "hold":
                return f"hold {value}" if parse_share(value, self.name) else "no hold"
            case "variation":
                share = parse_share(value, self.name)
                return f"{percent(share)} varied" if share else "not varied"
            case "size" | "model":
                return value
            case _:
                return f"{self.name.replace('_', ' ')} {value or 'default'}"

    def check(self, recipe: Recipe) -> Axis:
        """Return the axis if it can be one of a grid of `recipe`.

        Raises:
            InputError: there is no such setting, or one of its values is invalid or given twice.
        """
        if self.name not in AXES:
            raise InputError(f"{quoted(self.name)} cannot be an axis", f"Use one of {', '.join(AXES)}")
        if not self.texts:
            raise InputError(f"axis {self.name} has no values", f"Write {self.name}= and values with commas between")
        values = self.values
        if len(values) > MAX_VALUES:
            raise InputError(f"axis {self.name} has {len(values)} values", f"Use at most {MAX_VALUES}")
        if len(set(values)) < len(values):
            twice = next(value for i, value in enumerate(values) if value in values[:i])
            raise InputError(f"axis {self.name} has {quoted(twice, 20)} twice", "Give each value once")
        for value in values:
            try:
                self._check_value(value, recipe)
            except InputError as error:
                raise InputError(f"axis {self.name}: {error.problem.message}", error.problem.hint) from error
        return self

    def _check_value(self, value: str, recipe: Recipe) -> None:
        match self.name:
            case "seed":
                pass
            case "suffix":
                check_text(value, "suffix")
            case "hold" | "variation":
                parse_share(value, self.name)
            case _:
                changed(recipe, self.name, value)


class Place(NamedTuple):
    """A cell of a grid, from 0."""

    row: int
    column: int


def axis_name(text: str) -> str:
    """The name of the axis that `text` names, or whose values it has; it may be none of `AXES`."""
    name = text.partition("=")[0].strip().lower().replace("-", "_").replace(" ", "_")
    return {"seeds": "seed", "suffixes": "suffix", "hold_share": "hold"}.get(name, name)


def parse_axis(text: str) -> Axis:
    """An axis written as ``guidance=3,5,7``; where values contain commas, with ``|`` between them.

    Raises:
        InputError: it is not written so, or there is no such setting.
    """
    name, (_, sign, rest) = axis_name(text), text.partition("=")
    if not sign or name not in AXES:
        raise InputError(
            f"invalid axis {quoted(text)}",
            f"Write a setting and its values: guidance=3,5,7. Settings: {', '.join(AXES)}",
        )
    if name == "seed":
        return Axis(name, (rest.strip(),) if rest.strip() else ())
    values = rest.split("|") if "|" in rest else rest.split(",") if rest.strip() else []
    return Axis(name, tuple(value if name == "suffix" else value.strip() for value in values))


def place_in(axes: tuple[Axis, ...], index: int) -> Place:
    """Where the image `index` of a grid of `axes`, the columns' and the rows', is."""
    return Place(*divmod(index, axes[0].size))


def cell_settings(axes: tuple[Axis, ...], index: int) -> tuple[str, ...]:
    """The words for the values that the recipe of the image `index` has from `axes`, the columns' and the rows'."""
    across, down = axes
    row, column = place_in(axes, index)
    places = ((across, column), (down, row)) if row < down.size else ()
    return tuple(axis.label(axis.values[at]) for axis, at in places if axis.name not in OF_IMAGE)


def changed(recipe: Recipe, name: str, value: str) -> Recipe:
    """`recipe` with `value` for the setting `name`.

    Raises:
        InputError: the value is invalid, or there is nothing it could change.
    """
    if name == "model":
        return msgspec.structs.replace(recipe, model=value, revision=None).check()
    if name == "lora":
        return _weighed(recipe, value)
    return with_field(recipe, name, value)


def _weighed(recipe: Recipe, value: str) -> Recipe:
    if not recipe.lora:
        raise InputError("there is no LoRA whose weight could be an axis", "Add one to the recipe first")
    try:
        weight = float(value)
    except ValueError as error:
        raise InputError(f"{quoted(value, 12)} is not a weight", "Write a number such as 0.8") from error
    loras = tuple(msgspec.structs.replace(lora, weight=weight) for lora in recipe.lora)
    return msgspec.structs.replace(recipe, lora=loras).check()
