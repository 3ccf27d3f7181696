"""Scout rounds: many seeds, each stopped early; and the rounds that finish some of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import Resolve, explore, new_round
from seedtui.core.rounds.rounds import Pick, Round
from seedtui.core.rounds.stop import Stop


def scout(prompt: str, seeds: Sequence[int], stop: Stop, recipe: Recipe, resolve: Resolve | None = None) -> Round:
    """A round of one prompt and many seeds, of which every image stops at `stop`; `resolve` as in `explore`.

    Raises:
        InputError: the prompt, a seed, the stop or the recipe is invalid.
    """
    whole = explore(prompt, seeds, recipe, resolve)
    return msgspec.structs.replace(whole, kind="scout", stop=stop.check())


def finishing(scouted: Round, picks: Sequence[Pick]) -> Round:
    """The explore round that makes the images `picks` of the scout round to their end, each as `generate` makes it.

    Raises:
        InputError: there are none.
    """
    if not picks:
        raise InputError("no seed is kept", "Keep at least one")
    kept = sorted(picks, key=lambda pick: pick.index)
    shots = tuple(msgspec.structs.replace(scouted.shots[pick.index], index=i) for i, pick in enumerate(kept))
    return new_round("explore", scouted.prompt, shots, scouted.recipe, kept[0])
