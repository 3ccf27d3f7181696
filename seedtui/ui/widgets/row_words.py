"""What a row of the tree says of its round: the words, then what tells it apart from the rows around it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from seedtui.core.images.finishing import known_source
from seedtui.core.prompts.prompt import short_suffix
from seedtui.core.recipes.differing import differing
from seedtui.core.rounds.finish import STRENGTH, Finish
from seedtui.core.rounds.rounds import Round, Shot, finish_label
from seedtui.core.rounds.seeds import seeds_in_words
from seedtui.core.shares import percent
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
    if round_.kind in ("explore", "scout"):
        seeds = seeds_in_words(tuple(shot.seed for shot in round_.shots))
        told = (*_recipe(round_, before), *again)
        if round_.stop:
            return RowWords(f"scout {round_.stop} · {seeds} · {round_.prompt}", told)
        if round_.parent:
            return RowWords(f"{len(round_.shots)} finished", (seeds, *told))
        return RowWords(round_.prompt, (seeds, *told))
    if round_.axes:
        return RowWords(round_.prompt, (round_.title, *again))
    if round_.finish is not None:
        words = finish_label(round_.finish, round_.recipe)
        if round_.finish.strength == STRENGTH:
            words = words.partition(" · ")[0]
        return RowWords(words, (*_pick(round_, before), *_finish(round_, before), *again))
    shots = [shot for shot in round_.shots if not round_.is_control(shot)]
    control = ("control",) if len(shots) < len(round_.shots) else ()
    told = (*_pick(round_, before), *_recipe(round_, before), *control, *again)
    if round_.kind == "vary":
        return RowWords(_variations(shots), told)
    suffixes = dict.fromkeys(short_suffix(shot.suffix) for shot in shots)
    return RowWords(", ".join(suffixes), (*_holds(round_), *told))


def pick_words(round_: Round, index: int) -> str:
    """What was picked in a round: the seed, the suffix, or what else tells it apart from the others there."""
    shot = round_.shots[index]
    match round_.kind:
        case "refine" if shot.suffix and len(round_.held) > 1:
            return f"hold {percent(shot.held)}"
        case "refine":
            return short_suffix(shot.suffix)
        case "vary" if not round_.is_control(shot):
            one, seeds = shot.towards, {other.towards.seed for other in round_.shots if other.towards}
            return percent(one.strength) if one and len(seeds) == 1 else round_.caption(shot)
        case _:
            return round_.caption(shot) if round_.kind == "vary" else str(shot.seed)


def alike(round_: Round) -> Hashable:
    """What rounds of the same parent have in common if their rows read the same."""
    pick = round_.parent.index if round_.parent else -1
    return pick, round_.prompt, round_.shots, round_.recipe, round_.finish


def _recipe(round_: Round, before: Round | None) -> tuple[str, ...]:
    return differing(round_.recipe, before.recipe) if before is not None else ()


def _finish(round_: Round, before: Round | None) -> tuple[str, ...]:
    """How it is made larger, if not in the usual way, and its steps, if they are not those of its source."""
    assert round_.finish is not None
    name = PurePath(round_.finish.upscaler).stem
    source = known_source(round_) or before
    steps = round_.recipe.steps
    told = (name,) if name != Finish().upscaler else ()
    return (*told, f"{steps} steps") if source and steps not in (None, source.recipe.steps) else told


def _pick(round_: Round, parent: Round | None) -> tuple[str, ...]:
    """Which of the parent's pictures it refines, and whether its prompt was edited."""
    if parent is None or round_.parent is None:
        return (f"seed {round_.shots[0].seed}",)
    picked = parent.shots[round_.parent.index]
    several = len(parent.shots) > 1
    explored = parent.kind in ("explore", "finish")
    which = f"seed {picked.seed}" if explored else f"of {pick_words(parent, round_.parent.index)}"
    edited = () if round_.prompt == parent.full_prompt(picked) else ("edited prompt",)
    return (*((which,) if several else ()), *edited)


def _variations(shots: Sequence[Shot]) -> str:
    """The strengths and seeds of a vary round: ``20% of 100-103``, or ``5%-50% of 100``."""
    last = [shot.towards for shot in shots if shot.towards]
    seeds = seeds_in_words(tuple(dict.fromkeys(one.seed for one in last)))
    return f"{_span({one.strength for one in last})} of {seeds}" if last else "as picked"


def _holds(round_: Round) -> tuple[str, ...]:
    """The holds of a refine round, if it has any: ``hold 20%``, or ``hold 0%-40%``."""
    return (f"hold {_span(round_.held)}",) if any(round_.held) else ()


def _span(shares: Collection[float]) -> str:
    """``20%``, or ``5%-50%``."""
    ends = dict.fromkeys(percent(end(shares)) for end in (min, max))
    return "-".join(ends)
