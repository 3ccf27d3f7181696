"""What a row of the tree says of its round: the words, then what tells it apart from the rows around it. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from seedtui.core.prompts.prompt import short_suffix
from seedtui.core.recipes.differing import differing
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.seeds import seeds_in_words
from seedtui.core.text.formatting import nth


class RowWords(NamedTuple):
    """`words` are the prompt, the suffixes, or the variations; `differs` is what else tells the round apart.

    What tells most comes first.
    """

    words: str
    differs: tuple[str, ...]


def row_words(round_: Round, before: Round | None, number: int = 1) -> RowWords:
    """The row of a round after `before`: its parent, or for a root the root before it.

    `number` counts the rounds of the same parent that are alike.
    """
    again = (nth(number),) if number > 1 else ()
    if round_.kind == "explore":
        seeds = seeds_in_words(tuple(shot.seed for shot in round_.shots))
        return RowWords(round_.prompt, (seeds, *_recipe(round_, before), *again))
    shots = [shot for shot in round_.shots if not round_.is_control(shot)]
    control = ("control",) if len(shots) < len(round_.shots) else ()
    told = (*_pick(round_, before), *_recipe(round_, before), *control, *again)
    if round_.kind == "vary":
        return RowWords(_variations(shots), told)
    suffixes = dict.fromkeys(short_suffix(shot.suffix) for shot in shots)
    return RowWords(", ".join(suffixes), (*_holds(shots), *told))


def pick_words(round_: Round, index: int) -> str:
    """What was picked in a round: the seed, the suffix, the hold if only that differs, or the variation."""
    shot = round_.shots[index]
    match round_.kind:
        case "refine" if shot.suffix and len({one.suffix for one in round_.shots if one.suffix}) == 1 < len(
            _shares(round_.shots)
        ):
            return f"hold {_share(shot):.0%}"
        case "refine":
            return short_suffix(shot.suffix)
        case "vary":
            return round_.caption(shot)
        case "explore" | "finish":
            return str(shot.seed)


def alike(round_: Round) -> Hashable:
    """What rounds of the same parent have in common if their rows read the same."""
    pick = round_.parent.index if round_.parent else -1
    return pick, round_.prompt, round_.shots, round_.recipe


def _recipe(round_: Round, before: Round | None) -> tuple[str, ...]:
    return differing(round_.recipe, before.recipe) if before is not None else ()


def _pick(round_: Round, parent: Round | None) -> tuple[str, ...]:
    """Which of the parent's pictures it refines, and whether its prompt was edited."""
    if parent is None or round_.parent is None:
        return (f"seed {round_.shots[0].seed}",)
    picked = parent.shots[round_.parent.index]
    several = len(parent.shots) > 1
    explored = parent.kind in ("explore", "finish")
    which = f"seed {picked.seed}" if explored else f"of {pick_words(parent, picked.index)}"
    edited = () if round_.prompt == parent.full_prompt(picked) else ("edited prompt",)
    return (*((which,) if several else ()), *edited)


def _variations(shots: Sequence[Shot]) -> str:
    """The seeds and strengths of a vary round: ``20% of 100-103``, or ``5%, 10% of 100``."""
    last = [shot.variations[-1] for shot in shots]
    strengths = ", ".join(f"{one:.0%}" for one in dict.fromkeys(one.strength for one in last))
    seeds = tuple(dict.fromkeys(one.seed for one in last))
    return f"{strengths} of {seeds_in_words(seeds)}" if last else "as picked"


def _holds(shots: Sequence[Shot]) -> tuple[str, ...]:
    """The holds of a refine round, if it has any: ``hold 20%``, or ``hold 0%-40%``."""
    shares = _shares(shots)
    if not any(shares):
        return ()
    return (f"hold {min(shares):.0%}" + (f"-{max(shares):.0%}" if len(shares) > 1 else ""),)


def _shares(shots: Iterable[Shot]) -> set[float]:
    return {_share(shot) for shot in shots if shot.suffix}


def _share(shot: Shot) -> float:
    return shot.holds[-1].share if shot.holds else 0.0
