"""Rounds: one prompt with many seeds, or one seed with many suffixes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import check_prompt, check_text, short_suffix
from seedtui.core.prompts.wildcards import drawn
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments
from seedtui.core.rounds.seeds import check_seed, seeds_in_words

RoundKind = Literal["explore", "refine"]


class Shot(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One image of a round. `index` is its place in the round, from 0.

    `prompt` is its own, if the prompt of the round is a template with wildcards; "" if it has that of the round.
    """

    index: int
    seed: int
    suffix: str = ""
    prompt: str = ""

    def text(self, prompt: str) -> str:
        """Its whole prompt in a round of `prompt`, joined as in the guide: ``prompt + suffix``."""
        return (self.prompt or prompt) + self.suffix

    @property
    def label(self) -> str:
        """The words on its cell: ``seed 2``, or ``seed 2 · artsy``."""
        return f"seed {self.seed} · {short_suffix(self.suffix)}" if self.suffix else f"seed {self.seed}"


class Pick(msgspec.Struct, frozen=True, gc=False):
    """A picked image: its round, its place in the round, the hash of its pixels and its slot in the batch.

    The hash is empty and the slot is None if not known.
    """

    round_id: str
    index: int
    sha256: str = ""
    slot: int | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A whole call of the pipeline: the seed in each slot and, for a refine call, the suffix.

    `prompts` has the prompt in each slot, if they have their own. `kind` and `prompt` are None if they are those of the
    image whose record has this batch.
    """

    seeds: tuple[int, ...]
    suffixes: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    kind: RoundKind | None = None
    prompt: str | None = None

    @property
    def shots(self) -> tuple[Shot, ...]:
        """One shot per slot."""
        empty = ("",) * len(self.seeds)
        slots = zip(self.seeds, self.suffixes or empty, self.prompts or empty, strict=True)
        return tuple(Shot(i, *slot) for i, slot in enumerate(slots))

    def of(self, kind: RoundKind, prompt: str) -> Batch:
        """The batch with `kind` and `prompt` filled in, unless it has its own."""
        return msgspec.structs.replace(self, kind=self.kind or kind, prompt=self.prompt or prompt)

    def check(self, size: int) -> None:
        """Check that it can be a call of `size` slots.

        Raises:
            InputError: it cannot, or one of its values is invalid.
        """
        if len(self.seeds) != size or not {len(self.suffixes), len(self.prompts)} <= {0, size}:
            raise InputError(f"{len(self.seeds)} seeds and {len(self.suffixes)} suffixes do not fit a batch of {size}")
        for seed in self.seeds:
            check_seed(seed)
        for text in (*self.suffixes, *self.prompts, self.prompt or ""):
            check_text(text, "text of a batch")


class Round(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One round: everything a worker needs to make its images, bit for bit.

    `prompt` is a template if shots have prompts of their own: a text with wildcards, which only tells what was asked.
    `pick_batch` is the call that the pick was part of, for a control that other neighbours would change.
    `adjustments` are the ones an image was made with, to repeat them exactly; None to adjust whatever needs it.
    """

    id: str
    kind: RoundKind
    prompt: str
    shots: tuple[Shot, ...]
    recipe: Recipe
    parent: Pick | None = None
    pick_batch: Batch | None = None
    adjustments: Adjustments | None = None

    def full_prompt(self, shot: Shot) -> str:
        """The whole prompt of `shot`."""
        return shot.text(self.prompt)

    def is_control(self, shot: Shot) -> bool:
        """Whether `shot` is the pick itself, made again among its refinements: it has no suffix."""
        return self.kind == "refine" and not shot.suffix

    def label(self, shot: Shot) -> str:
        """The text on the cell of `shot`, which marks a control as such."""
        own = f" · {drawn(self.prompt, shot.prompt)}" if shot.prompt else ""
        return f"{shot.label}{own} · control" if self.is_control(shot) else f"{shot.label}{own}"

    def caption(self, shot: Shot) -> str:
        """`label` beside others of the round: in a refine round, whose seed stands in the header, the suffix alone."""
        if self.kind == "explore":
            return self.label(shot)
        return "control" if self.is_control(shot) else short_suffix(shot.suffix)

    @property
    def title(self) -> str:
        """A short title for lists: ``seeds 0-3``, or ``seed 1 · 4 suffixes``."""
        seeds = tuple(dict.fromkeys(s.seed for s in self.shots))
        if self.kind == "explore":
            words = seeds_in_words(seeds)
            return words if words.endswith("seeds") else f"seed{'s' if len(seeds) > 1 else ''} {words}"
        if len(self.shots) == 1:
            return self.label(self.shots[0])
        count = sum(not self.is_control(shot) for shot in self.shots)
        control = " + control" if count < len(self.shots) else ""
        return f"seed {seeds[0]} · {count} suffix{'es' if count != 1 else ''}{control}"


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
    return _round("explore", check_prompt(prompt), shots, recipe, None)


def refine(
    prompt: str, seed: int, suffixes: Iterable[str], recipe: Recipe, parent: Pick | None = None,
    pick_batch: Batch | None = None,
) -> Round:  # fmt: skip
    """A round of one seed and many suffixes: every image starts from the same noise as the pick.

    Raises:
        InputError: the prompt, a suffix, the seed or the recipe is invalid, or there is no suffix.
    """
    check_seed(seed)
    shots = tuple(Shot(i, seed, check_text(s, "suffix")) for i, s in enumerate(suffixes))
    if not shots:
        raise InputError("there is no suffix to refine with", "Enter at least one, such as “, artsy”")
    return msgspec.structs.replace(_round("refine", check_prompt(prompt), shots, recipe, parent), pick_batch=pick_batch)


def _round(kind: RoundKind, prompt: str, shots: tuple[Shot, ...], recipe: Recipe, parent: Pick | None) -> Round:
    if not shots:
        raise InputError("the round has no images", "Ask for at least one seed")
    return Round(id=uuid.uuid4().hex[:12], kind=kind, prompt=prompt, shots=shots, recipe=recipe.check(), parent=parent)
