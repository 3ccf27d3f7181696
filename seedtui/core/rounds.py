"""Rounds: one call of the pipeline that gives a batch, and how it is cut into calls of one fixed shape."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts import check_prompt, check_text, short_suffix
from seedtui.core.recipe import Recipe
from seedtui.core.seeds import check_seed, format_seeds

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


class Round(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one round asks for; all that a worker needs to make its images, bit for bit."""

    id: str
    kind: RoundKind
    prompt: str
    shots: tuple[Shot, ...]
    recipe: Recipe
    parent: Pick | None = None

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


class Call(msgspec.Struct, frozen=True):
    """One call of the pipeline: `shots` fills every slot of the batch; the images in `slots` are wanted."""

    shots: tuple[Shot, ...]
    slots: tuple[int, ...]

    @property
    def wanted(self) -> tuple[tuple[int, Shot], ...]:
        """Slot and shot of each wanted image, in the order they were asked for."""
        return tuple((slot, self.shots[slot]) for slot in self.slots)


def explore(prompt: str, seeds: Sequence[int], recipe: Recipe) -> Round:
    """A round of one prompt and many seeds.

    Raises:
        InputError: the prompt, a seed or the recipe can not be used.
    """
    shots = tuple(Shot(i, check_seed(seed)) for i, seed in enumerate(seeds))
    return _round("explore", check_prompt(prompt), shots, recipe, None)


def refine(prompt: str, seed: int, suffixes: Iterable[str], recipe: Recipe, parent: Pick | None = None) -> Round:
    """A round of one seed and many suffixes: every image starts from the same noise as the pick.

    Raises:
        InputError: the prompt, a suffix, the seed or the recipe can not be used, or there is no suffix.
    """
    check_seed(seed)
    shots = tuple(Shot(i, seed, check_text(s, "suffix")) for i, s in enumerate(suffixes))
    if not shots:
        raise InputError("there is no suffix to refine with", "Write at least one, such as “, artsy”")
    return _round("refine", check_prompt(prompt), shots, recipe, parent)


def calls(round_: Round) -> tuple[Call, ...]:
    """The calls that make `round_`, each of exactly ``recipe.batch_size`` shots.

    What is left of the last one is filled up with copies, so that an image never depends on how many others
    were asked for (promise D2).
    """
    size = round_.recipe.batch_size
    cut = (round_.shots[i : i + size] for i in range(0, len(round_.shots), size))
    return tuple(_call(round_, part) for part in cut)


def _call(round_: Round, part: tuple[Shot, ...]) -> Call:
    """`part` in the slots of one batch.

    On a CPU with many threads the low bits depend on the slot too. So the few seeds of a batch that is not full
    go where the seeds 0, 1, 2 ... would have them, and a control goes where the pick was, if there is room.
    """
    size = round_.recipe.batch_size
    slots: list[int] = []
    for place, shot in enumerate(part):
        free = [slot for slot in range(size) if slot not in slots]
        home = _home(round_, shot, place) if len(part) < size else place
        slots.append(home if home in free else free[0])
    shots = [part[-1]] * size
    for slot, shot in zip(slots, part, strict=True):
        shots[slot] = shot
    return Call(tuple(shots), tuple(slots))


def _home(round_: Round, shot: Shot, place: int) -> int:
    """The slot that suits `shot` best, the one at `place` in a batch that has room."""
    if round_.kind == "explore":
        return shot.seed % round_.recipe.batch_size
    slot = round_.parent.slot if round_.parent and round_.is_control(shot) else None
    return place if slot is None else slot


def _round(kind: RoundKind, prompt: str, shots: tuple[Shot, ...], recipe: Recipe, parent: Pick | None) -> Round:
    if not shots:
        raise InputError("the round has no images", "Ask for at least one seed")
    return Round(id=uuid.uuid4().hex[:12], kind=kind, prompt=prompt, shots=shots, recipe=recipe.check(), parent=parent)
