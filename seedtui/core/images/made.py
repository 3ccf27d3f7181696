"""Which images of a round exist already, as the records of others tell: those that would be the same in every bit.

An image is made by a call of the pipeline, in one of its slots. Its neighbours in the call matter where their prompts
differ, as some models pad all to the longest, and where noise or work is shared by the whole call.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple, Protocol

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.images.record import VERSION, ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.resolved import Here as Model
from seedtui.core.recipes.resolved import resolved
from seedtui.core.rounds.adjustments import seed_of_call
from seedtui.core.rounds.calls import Call, calls
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.stop import Stop
from seedtui.core.rounds.variation import Variation

_KINDS = ("explore", "vary", "scout", "grid")
"""Rounds whose images follow from their own words and seed: the others are made from an image."""


class Here(Model, Protocol):
    """A loaded model, and the environment it runs in."""

    @property
    def environment(self) -> Environment: ...


class Identity(NamedTuple):
    """What decides an image, apart from the environment. Equal identities are equal pixels.

    `texts` are the prompts in its call. `call_seed` stands for the seeds of its call where they matter, else None.
    """

    text: str
    holds: tuple[Hold, ...]
    seed: int
    turns: tuple[Variation, ...]
    slot: int
    texts: frozenset[str]
    recipe: Recipe
    call_seed: int | None = None
    stop: Stop | None = None


def identity_of(record: ImageRecord) -> Identity | None:
    """The identity of the image of `record`; None if it cannot stand for one of another round."""
    batch = record.whole_batch
    if record.kind not in _KINDS or batch is None:
        return None
    call = Call(batch.kind or record.kind, batch.prompt or record.prompt, batch.shots, ())
    if batch.kind == "refine" or not record.slot < len(batch.shots):
        return None
    global_seed = record.adjustments.global_seed
    call_seed = _call_seed(call) if record.recipe.draft != "none" else global_seed
    return _identity(call, record.slot, record.recipe, call_seed, record.stop)


def identities(part: Round, here: Here) -> Iterator[tuple[Shot, tuple[Identity, ...]]]:
    """Each shot of `part`, with the identities that its image may have: no two images of any round share one.

    `part` is one of `parts`, and `here` is loaded for its recipe.
    """
    recipe = resolved(part.recipe, here)
    guidances = {recipe.guidance, None} if here.guidance is not None or recipe.guidance is None else {recipe.guidance}
    recipes = tuple(msgspec.structs.replace(recipe, guidance=guidance) for guidance in guidances)
    for call in calls(part):
        whole = _call_seed(call)
        seeds = (whole,) if recipe.draft != "none" else (None, whole)
        choices = tuple(product(recipes, seeds, _stops(part.stop, recipe.steps or 0)))
        for slot, shot in call.wanted:
            yield shot, tuple(_identity(call, slot, *choice) for choice in choices)


def has_settings_of(record: ImageRecord, part: Round, here: Here) -> bool:
    """Whether the image of `record` was made with the recipe of `part`, and stopped where that stops."""
    own = identity_of(record)
    _, choices = next(iter(identities(part, here)))
    return own is not None and any((own.recipe, own.stop) == (one.recipe, one.stop) for one in choices)


def environment_of(part: Round, here: Here) -> Environment:
    """The environment that images of `part` record."""
    encoded = part.recipe.prompt_encoding != "plain"
    return here.environment if encoded else msgspec.structs.replace(here.environment, compel="")


def as_cell(record: ImageRecord, grid: Round, index: int) -> ImageRecord:
    """The record of an image that exists, as that of the image `index` of `grid`, or of an explore round.

    It still says how the pixels were made.
    """
    shot = grid.shots[index]
    return msgspec.structs.replace(
        record, version=VERSION, kind=grid.kind, prompt=shot.prompt or grid.prompt, suffix=shot.suffix, seed=shot.seed,
        holds=shot.holds, variations=shot.variations, round_id=grid.id, index=index, parent=grid.parent,
        batch=record.whole_batch, template=grid.prompt if shot.prompt not in ("", grid.prompt) else "", axes=grid.axes,
    )  # fmt: skip


def is_cell(record: ImageRecord, grid: Round, index: int) -> bool:
    """Whether `record` is that of the cell `index` of a grid that is like `grid`."""
    return (record.kind, record.axes, record.index) == ("grid", grid.axes, index)


def _identity(call: Call, slot: int, recipe: Recipe, call_seed: int | None, stop: Stop | None) -> Identity:
    shot = call.shots[slot]
    return Identity(
        text=shot.text(call.prompt),
        holds=shot.holds,
        seed=shot.noise_seed,
        turns=shot.turns,
        slot=slot,
        texts=frozenset(text for one in call.shots for text in call.prompts_of(one)),
        recipe=msgspec.structs.replace(recipe, fallback=None),  # it is made so wherever memory is as short
        call_seed=call_seed,
        stop=stop,
    )


def _stops(asked: Stop | None, steps: int) -> tuple[Stop | None, ...]:
    """What the previews of a scout round that stops there may record, which is the number of the step.

    Some schedulers take a step more than asked for, others nearly twice as many. A pipeline without small previews
    decodes them.
    """
    if asked is None or steps < 2:
        return (asked,)
    after = {asked.of(total) for total in (steps, steps + 1, 2 * steps - 1) if total > asked.steps}
    return tuple(Stop(steps=step, decoded=decoded) for step in after for decoded in {asked.decoded, True})


def _call_seed(call: Call) -> int:
    return seed_of_call(shot.noise_seed for shot in call.shots)
