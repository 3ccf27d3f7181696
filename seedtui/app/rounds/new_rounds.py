"""The rounds that the user asks for, made from the state. Nothing begins here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seedtui.app.rounds.awaited_picks import with_pick
from seedtui.app.rounds.finish_rounds import unfinished
from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import State
from seedtui.core.errors import InputError
from seedtui.core.prompts.suffixes import new_suffixes
from seedtui.core.rounds.make import explore, refine, vary
from seedtui.core.rounds.rounds import MAX_IMAGES, Pick, Picked, Round
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.core.rounds.variation import Variation
from seedtui.core.text.formatting import counted

if TYPE_CHECKING:
    from seedtui.library.wildcards import WildcardFolder


def explored_round(state: State, prompt: str, seeds: str, wildcards: WildcardFolder) -> Round:
    """The explore round of `prompt` and `seeds`, with the recipe of the state.

    Raises:
        InputError, FileError: the input is invalid, or a list for wildcards cannot be read.
    """
    return explore(prompt, parse_seeds(seeds), state.recipe, wildcards.resolver(prompt))


def refined_round(
    state: State, image: ImageRef, prompt: str | None, suffixes: tuple[str, ...], holds: Sequence[float],
    wildcards: WildcardFolder,
) -> Round:  # fmt: skip
    """The refine round of an image, with its own recipe; of a finished one, of that it was finished from.

    `prompt` is None for the image's own, which is never resolved again.

    Raises:
        InputError, FileError: the input is invalid, or a list for wildcards cannot be read.
    """
    image = unfinished(state, image)
    if len(suffixes) > MAX_IMAGES:
        raise InputError(f"{len(suffixes)} images do not fit on a screen", f"Use at most {MAX_IMAGES} suffixes")
    round_view, picked = state.round_views[image[0]], picked_in(state, image)
    round_, record = round_view.round, round_view.records[image[1]]
    seed = round_.shots[image[1]].seed
    base = picked.prompt if prompt in (None, picked.prompt) else wildcards.prompt(prompt or "", seed)
    resolved = new_suffixes(base, wildcards.suffixes(suffixes, seed))
    refined = refine(base, seed, resolved, round_.recipe, Pick(*image), picked=picked, holds=holds)
    if len(refined.shots) > MAX_IMAGES:
        words = f"{counted(len(resolved), 'suffix', 'suffixes')} at {len(holds)} holds make {len(refined.shots)} images"
        raise InputError(words, f"At most {MAX_IMAGES} fit on a screen")
    return with_pick(refined, record) if record else refined


def varied_round(state: State, image: ImageRef, variations: Sequence[Variation]) -> Round:
    """The vary round of an image, with its own recipe; of a finished one, of that it was finished from.

    Raises:
        InputError: a variation is invalid, or there are too many.
    """
    image = unfinished(state, image)
    if len(variations) > MAX_IMAGES:
        raise InputError(f"{len(variations)} images do not fit on a screen", f"Ask for at most {MAX_IMAGES} variations")
    round_view, picked = state.round_views[image[0]], picked_in(state, image)
    seed, record = round_view.round.shots[image[1]].seed, round_view.records[image[1]]
    varied = vary(seed, variations, round_view.round.recipe, Pick(*image), picked=picked)
    return with_pick(varied, record) if record else varied


def picked_in(state: State, image: ImageRef) -> Picked:
    """How the image was, or will be, made: without its holds and variations a control would not equal it."""
    round_ = state.round_views[image[0]].round
    shot = round_.shots[image[1]]
    return Picked(round_.full_prompt(shot), shot.holds, shot.variations)
