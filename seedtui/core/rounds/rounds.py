"""Rounds: what is asked for at once, one prompt with many seeds or one seed with many suffixes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import check_prompt, check_text, short_suffix
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments
from seedtui.core.rounds.seeds import check_seed, format_seeds

RoundKind = Literal["explore", "refine"]


class Shot(msgspec.Struct, frozen=True, gc=False):
    """One image of a round. `index` is its place among the round's images, from 0."""

    index: int
    seed: int
    suffix: str = ""

    @property
    def label(self) -> str:
        """The words on its cell: ``seed 2``, or ``seed 2 · artsy``."""
        return f"seed {self.seed} · {short_suffix(self.suffix)}" if self.suffix else f"seed {self.seed}"


class Pick(msgspec.Struct, frozen=True, gc=False):
    """An image that was picked: a round, the place in it, the hash of its pixels and its slot in the batch.

    An empty hash and a slot of None mean that they are not known.
    """

    round_id: str
    index: int
    sha256: str = ""
    slot: int | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A whole call of the pipeline: the seed in each slot and, of a refine call, the suffix.

    `kind` and `prompt` are None where they are those of the image that tells of the call.
    """

    seeds: tuple[int, ...]
    suffixes: tuple[str, ...] = ()
    kind: RoundKind | None = None
    prompt: str | None = None

    @property
    def shots(self) -> tuple[Shot, ...]:
        """One a slot."""
        suffixes = self.suffixes or ("",) * len(self.seeds)
        return tuple(Shot(i, *both) for i, both in enumerate(zip(self.seeds, suffixes, strict=True)))

    def of(self, kind: RoundKind, prompt: str) -> Batch:
        """With its kind and its prompt: those, unless it has some of its own."""
        return msgspec.structs.replace(self, kind=self.kind or kind, prompt=self.prompt or prompt)

    def check(self, size: int) -> None:
        """Whether it can be a call of `size` slots.

        Raises:
            InputError: it cannot, or a value of it cannot be used.
        """
        if len(self.seeds) != size or len(self.suffixes) not in (0, size):
            raise InputError(f"a batch of {len(self.seeds)} seeds and {len(self.suffixes)} suffixes is none of {size}")
        for seed in self.seeds:
            check_seed(seed)
        for text in (*self.suffixes, self.prompt or ""):
            check_text(text, "text of a batch")


class Round(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one round asks for; all that a worker needs to make its images, bit for bit.

    `pick_batch` is the call that the pick was part of, for a control that its neighbours would change.
    `adjustments` are None to adjust what needs it, or else the very ones that an image was made with.
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
        """The prompt that `shot` is drawn from, as the guide joins it: ``prompt + suffix``."""
        return self.prompt + shot.suffix

    def is_control(self, shot: Shot) -> bool:
        """Whether `shot` is the pick itself, made once more among its refinements: it has no suffix."""
        return self.kind == "refine" and not shot.suffix

    def label(self, shot: Shot) -> str:
        """The words on the cell of `shot`: its own, and of a control that it is one."""
        return f"{shot.label} · control" if self.is_control(shot) else shot.label

    @property
    def title(self) -> str:
        """A few words for lists: ``seeds 0-3``, or ``seed 1 · 4 suffixes``."""
        seeds = tuple(dict.fromkeys(s.seed for s in self.shots))
        if self.kind == "explore":
            return f"seed{'s' if len(seeds) > 1 else ''} {format_seeds(seeds)}"
        if len(self.shots) == 1:
            return self.label(self.shots[0])
        count = sum(not self.is_control(shot) for shot in self.shots)
        control = " + control" if count < len(self.shots) else ""
        return f"seed {seeds[0]} · {count} suffix{'es' if count != 1 else ''}{control}"


def explore(prompt: str, seeds: Sequence[int], recipe: Recipe) -> Round:
    """A round of one prompt and many seeds.

    Raises:
        InputError: the prompt, a seed or the recipe cannot be used.
    """
    shots = tuple(Shot(i, check_seed(seed)) for i, seed in enumerate(seeds))
    return _round("explore", check_prompt(prompt), shots, recipe, None)


def refine(
    prompt: str, seed: int, suffixes: Iterable[str], recipe: Recipe, parent: Pick | None = None,
    pick_batch: Batch | None = None,
) -> Round:  # fmt: skip
    """A round of one seed and many suffixes: every image starts from the same noise as the pick.

    Raises:
        InputError: the prompt, a suffix, the seed or the recipe cannot be used, or there is no suffix.
    """
    check_seed(seed)
    shots = tuple(Shot(i, seed, check_text(s, "suffix")) for i, s in enumerate(suffixes))
    if not shots:
        raise InputError("there is no suffix to refine with", "Write at least one, such as “, artsy”")
    return msgspec.structs.replace(_round("refine", check_prompt(prompt), shots, recipe, parent), pick_batch=pick_batch)


def _round(kind: RoundKind, prompt: str, shots: tuple[Shot, ...], recipe: Recipe, parent: Pick | None) -> Round:
    if not shots:
        raise InputError("the round has no images", "Ask for at least one seed")
    return Round(id=uuid.uuid4().hex[:12], kind=kind, prompt=prompt, shots=shots, recipe=recipe.check(), parent=parent)
