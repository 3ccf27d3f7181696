"""Grids: a round over two axes. An image is the value of its column and that of its row, put into one recipe."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import check_prompt
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import scheduler_class
from seedtui.core.rounds.axis import OF_RECIPE, Axis, Place, changed, place_in
from seedtui.core.rounds.hold import held
from seedtui.core.rounds.make import Resolve, new_round
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.seeds import format_seeds
from seedtui.core.rounds.variation import Variation
from seedtui.core.shares import parse_share

MAX_CELLS = 4096
"""Images in one grid."""


def seed_axis(seeds: Sequence[int]) -> Axis:
    """The axis of these seeds."""
    return Axis("seed", (format_seeds(tuple(seeds)),))


def grid(
    prompt: str, columns: Axis, rows: Axis, recipe: Recipe, resolve: Resolve | None = None, *,
    seed: int = 0, suffix: str = "", towards: int | None = None,
) -> Round:  # fmt: skip
    """A round with an image for each value of `columns` and each of `rows`, row by row.

    `seed` and `suffix` are those of the images unless an axis has them; variations turn towards the seed `towards`, by
    default the one after the image's own. `resolve` makes the prompt of an image from `prompt` and its seed.

    Raises:
        InputError: a value is invalid, an axis is there twice, or there are too many images.
    """
    for axis in (columns, rows):
        axis.check(recipe)
    if columns.name == rows.name:
        raise InputError(f"both axes are {columns.name}", "Use two different settings")
    if columns.size * rows.size > MAX_CELLS:
        raise InputError(f"{columns.size} x {rows.size} images are more than {MAX_CELLS:,}", "Use fewer values")
    if "hold" in (columns.name, rows.name) and not suffix and "suffix" not in (columns.name, rows.name):
        raise InputError("a hold needs a suffix: it says when the suffix joins", "Add a suffix")
    check_prompt(prompt)
    shots: list[Shot] = []
    for down in rows.values:
        for across in columns.values:
            values = {columns.name: across, rows.name: down}
            own = int(values.get("seed", seed))
            base = check_prompt(resolve(prompt, own)) if resolve else ""
            words = values.get("suffix", suffix)
            share = parse_share(values["hold"], "hold") if "hold" in values and words else 0.0
            turn = parse_share(values["variation"], "variation") if "variation" in values else 0.0
            other = (own + 1) % 2**64 if towards is None else towards
            turns = (Variation(other, turn),) if turn else ()
            shots.append(Shot(len(shots), own, words, base, held(share, (), base or prompt), turns).check())
    round_ = new_round("grid", prompt, tuple(shots), recipe, None)
    round_ = msgspec.structs.replace(round_, axes=(columns, rows))
    for place in (*(Place(0, i) for i in range(columns.size)), *(Place(i, 0) for i in range(rows.size))):
        made = recipe_at(round_, place)  # two values may exclude each other
        if made.scheduler:
            scheduler_class(made.scheduler)
    return round_


def place_of(round_: Round, index: int) -> Place:
    """Where the image `index` of a grid is."""
    return place_in(round_.axes, index)


def index_at(round_: Round, place: Place) -> int:
    """The index of the image in that cell of a grid."""
    return place.row * round_.axes[0].size + place.column


def recipe_of(round_: Round, index: int) -> Recipe:
    """The recipe of the image `index`: that of the round, in a grid with the values of its axes.

    Raises:
        InputError: two values exclude each other.
    """
    return recipe_at(round_, place_of(round_, index)) if round_.axes else round_.recipe


def recipe_at(round_: Round, place: Place) -> Recipe:
    """The recipe of the images in that cell of a grid. Raises InputError, as `recipe_of`."""
    recipe = round_.recipe
    for axis, at in zip(round_.axes, (place.column, place.row), strict=True):
        if axis.name in OF_RECIPE:
            recipe = changed(recipe, axis.name, axis.values[at])
    return recipe
