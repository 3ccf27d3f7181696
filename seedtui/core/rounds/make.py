"""Makes rounds: one prompt with many seeds, one seed with many suffixes or with noise turned towards other seeds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import check_prompt
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.hold import held
from seedtui.core.rounds.rounds import Batch, Pick, Picked, Round, RoundKind, Shot
from seedtui.core.rounds.seeds import check_seed
from seedtui.core.rounds.variation import Variation

Resolve = Callable[[str, int], str]
"""Makes the prompt of an image from a template and the image's seed."""


def explore(
    prompt: str, seeds: Sequence[int], recipe: Recipe, resolve: Resolve | None = None
) -> Round:  # fmt: skip
    """A round of one prompt and many seeds.

    `resolve` makes the prompt of an image from `prompt`, which is a template then, and the image's seed.

    Raises:
        InputError: the prompt, a seed or the recipe is invalid.
    """
    prompts = [check_prompt(resolve(prompt, check_seed(seed))) if resolve else "" for seed in seeds]
    shots = tuple(
        Shot(i, check_seed(seed), prompt=own) for i, (seed, own) in enumerate(zip(seeds, prompts, strict=True))
    )
    return new_round("explore", check_prompt(prompt), shots, recipe, None)


def refine(
    prompt: str, seed: int, suffixes: Iterable[str], recipe: Recipe, parent: Pick | None = None,
    pick_batch: Batch | None = None, *, picked: Picked | None = None, holds: Sequence[float] = (0.0,),
) -> Round:  # fmt: skip
    """A round of one seed and many suffixes: every image starts from the same noise as the pick.

    There is an image of each suffix for each of `holds`: for this share of its steps, it is made as the pick was.

    Raises:
        InputError: the prompt, a suffix, the seed, a hold or the recipe is invalid, or there is no suffix.
    """
    picked = picked or Picked(prompt)
    each = [
        (suffix, held(hold, picked.holds, picked.prompt) if suffix else picked.holds)
        for suffix in suffixes
        for hold in (holds if suffix else holds[:1])
    ]
    shots = tuple(
        Shot(i, seed, suffix, holds=own, variations=picked.variations).check() for i, (suffix, own) in enumerate(each)
    )
    if not shots:
        raise InputError("there is no suffix to refine with", "Enter at least one, such as “, artsy”")
    return msgspec.structs.replace(
        new_round("refine", check_prompt(prompt), shots, recipe, parent), pick_batch=pick_batch
    )


def vary(
    seed: int, variations: Iterable[Variation], recipe: Recipe, parent: Pick | None = None,
    pick_batch: Batch | None = None, *, picked: Picked,
) -> Round:  # fmt: skip
    """A round of one seed, its noise turned towards that of others: every image resembles the pick.

    Raises:
        InputError: the prompt, a seed, a strength or the recipe is invalid, or there is no variation.
    """
    shots = tuple(
        Shot(i, seed, holds=picked.holds, variations=(*picked.variations, variation)).check()
        for i, variation in enumerate(variations)
    )
    round_ = new_round("vary", check_prompt(picked.prompt), shots, recipe, parent)
    return msgspec.structs.replace(round_, pick_batch=pick_batch)


def new_round(kind: RoundKind, prompt: str, shots: tuple[Shot, ...], recipe: Recipe, parent: Pick | None) -> Round:
    """A round with a new id.

    Raises:
        InputError: the recipe is invalid, or there are no shots.
    """
    if not shots:
        raise InputError("the round has no images", "Ask for at least one seed")
    return Round(id=uuid.uuid4().hex[:12], kind=kind, prompt=prompt, shots=shots, recipe=recipe.check(), parent=parent)
