"""What a row of the tree says of its round: the words, then what tells it apart from the rows around it. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from seedtui.core.prompts.prompt import short_suffix
from seedtui.core.recipes.differing import differing
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.seeds import seeds_in_words
from seedtui.core.text.formatting import nth


class RowWords(NamedTuple):
    """`words` are the prompt, or the suffixes; `differs` is what else tells the round apart, the most telling first."""

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
    suffixes = [short_suffix(shot.suffix) for shot in round_.shots if not round_.is_control(shot)]
    control = ("control",) if len(suffixes) < len(round_.shots) else ()
    return RowWords(", ".join(suffixes), (*_pick(round_, before), *_recipe(round_, before), *control, *again))


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
    which = f"seed {picked.seed}" if parent.kind == "explore" else f"of {short_suffix(picked.suffix)}"
    edited = () if round_.prompt == parent.full_prompt(picked) else ("edited prompt",)
    return (*((which,) if several else ()), *edited)
