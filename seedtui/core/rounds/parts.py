"""The parts of a round: what is sent to a worker one after the other, without what exists already."""

from __future__ import annotations

from collections.abc import Sequence, Set

import msgspec

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import OF_RECIPE
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.grid import place_of, recipe_at
from seedtui.core.rounds.rounds import Round, Shot


def parts(round_: Round, made: Set[int] = frozenset()) -> tuple[Round, ...]:
    """The rounds, each with one recipe, that make the images of `round_` except for those `made`.

    They have the id of `round_`, and their shots keep their indices. A call of the pipeline that would make something
    new is made whole, so every image is in the slot it would be in otherwise. A grid is cut by its recipes; in a part,
    the seeds of one suffix follow each other, as in an explore round. Nothing if all is made.
    """
    whole = _by_recipe(round_) if round_.axes else (round_,)
    return tuple(rest for part in whole if (rest := _without(part, made)).shots)


def joined(whole: Round, some: Sequence[Round]) -> Round:
    """The parts `some` of `whole`, one or more, as one round that makes their images."""
    if len(some) == 1:
        return some[0]
    return msgspec.structs.replace(whole, shots=tuple(shot for part in some for shot in part.shots))


def twins(part: Round) -> dict[int, int]:
    """Of the images of `part`, which has one recipe: those equal to an earlier one, and its index.

    In a grid of suffixes and holds, the images without a suffix are all the same.
    """
    first: dict[object, int] = {}
    same = ((shot, (shot.text(part.prompt), shot.holds, shot.noise_seed, shot.turns)) for shot in part.shots)
    return {shot.index: at for shot, words in same if (at := first.setdefault(words, shot.index)) != shot.index}


def _by_recipe(round_: Round) -> tuple[Round, ...]:
    across, down = round_.axes
    groups: dict[tuple[int, int], list[Shot]] = {}
    by_rows = across.name == "seed"
    for shot in round_.shots if by_rows else sorted(round_.shots, key=lambda shot: place_of(round_, shot.index)[::-1]):
        row, column = place_of(round_, shot.index)
        key = (column if across.name in OF_RECIPE else 0, row if down.name in OF_RECIPE else 0)
        groups.setdefault(key, []).append(shot)
    return tuple(
        msgspec.structs.replace(round_, shots=tuple(shots), recipe=_recipe(round_, shots[0]))
        for shots in groups.values()
    )


def _recipe(round_: Round, shot: Shot) -> Recipe:
    return recipe_at(round_, place_of(round_, shot.index))


def _without(part: Round, made: Set[int]) -> Round:
    if not made:
        return part
    open_ = [call for call in calls(part) if not all(shot.index in made for _, shot in call.wanted)]
    return msgspec.structs.replace(part, shots=tuple(shot for call in open_ for _, shot in call.wanted))
