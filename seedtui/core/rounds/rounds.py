"""Rounds: what a worker makes in one go, such as one prompt with many seeds. `make`, `scout` and `grid` make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import check_text, short_suffix
from seedtui.core.prompts.wildcards import drawn
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments
from seedtui.core.rounds.axis import Axis, cell_settings
from seedtui.core.rounds.finish import Finish
from seedtui.core.rounds.hold import Hold, check_holds
from seedtui.core.rounds.seeds import check_seed, seeds_in_words
from seedtui.core.rounds.stop import Stop
from seedtui.core.rounds.variation import Variation, in_force
from seedtui.core.shares import percent
from seedtui.core.text.formatting import counted

RoundKind = Literal["explore", "refine", "vary", "finish", "scout", "grid"]

MAX_IMAGES = 16
"""Images in a round that are shown in a grid of large pictures; those of a larger one are on a sheet."""


class Shot(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One image of a round. `index` is its place in the round, from 0.

    `prompt` is its own, if the prompt of the round is a template with wildcards; "" if it has that of the round.
    `holds` are the prompts that its first steps follow instead of its own. `variations` turn the noise of `seed`, one
    after the other.
    """

    index: int
    seed: int
    suffix: str = ""
    prompt: str = ""
    holds: tuple[Hold, ...] = ()
    variations: tuple[Variation, ...] = ()

    def text(self, prompt: str) -> str:
        """Its whole prompt in a round of `prompt`, joined as in the guide: ``prompt + suffix``."""
        return (self.prompt or prompt) + self.suffix

    @property
    def label(self) -> str:
        """The words on its cell: ``seed 2``, ``seed 2 · artsy · hold 20%`` or ``seed 2 · 20% of 100``."""
        words = (
            f"seed {self.seed}",
            *((short_suffix(self.suffix),) if self.suffix else ()),
            *((f"hold {percent(self.holds[-1].share)}",) if self.holds else ()),
            *map(str, self.variations),
        )
        return " · ".join(words)

    @property
    def held(self) -> float:
        """The share of the steps during which it does not follow its own prompt yet."""
        return self.holds[-1].share if self.holds else 0.0

    @property
    def towards(self) -> Variation | None:
        """The last of its variations, None without any: what a vary round adds, unless its shot was lost."""
        return self.variations[-1] if self.variations else None

    @property
    def noise_seed(self) -> int:
        """The seed of the image's generator."""
        return in_force(self.seed, self.variations)[0]

    @property
    def turns(self) -> tuple[Variation, ...]:
        """The variations that change the noise of `noise_seed`."""
        return in_force(self.seed, self.variations)[1]

    def check(self) -> Shot:
        """Return the shot if its values are valid.

        Raises:
            InputError: one is not.
        """
        check_seed(self.seed)
        check_text(self.suffix, "suffix")
        check_text(self.prompt, "prompt of an image")
        check_holds(self.holds)
        for variation in self.variations:
            variation.check()
        return self


class Pick(msgspec.Struct, frozen=True, gc=False):
    """A picked image: its round, its place in the round, the hash of its pixels and its slot in the batch.

    The hash is empty and the slot is None if not known.
    """

    round_id: str
    index: int
    sha256: str = ""
    slot: int | None = None


class Picked(msgspec.Struct, frozen=True, gc=False):
    """How the picked image was made, apart from its seed and recipe; `prompt` includes its suffix."""

    prompt: str
    holds: tuple[Hold, ...] = ()
    variations: tuple[Variation, ...] = ()


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A whole call of the pipeline: what is in each slot. Values that all slots have by default are left out.

    `prompts` are those of slots that have their own. `kind` and `prompt` are None if they are those of the image whose
    record has this batch.
    """

    seeds: tuple[int, ...]
    suffixes: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    holds: tuple[tuple[Hold, ...], ...] = ()
    variations: tuple[tuple[Variation, ...], ...] = ()
    kind: RoundKind | None = None
    prompt: str | None = None

    @classmethod
    def containing(cls, shots: Sequence[Shot], kind: RoundKind | None = None, prompt: str | None = None) -> Batch:
        """The batch of these shots, in the order of their slots."""
        values: dict[str, Any] = {
            "suffixes": tuple(shot.suffix for shot in shots),
            "prompts": tuple(shot.prompt for shot in shots),
            "holds": tuple(shot.holds for shot in shots),
            "variations": tuple(shot.variations for shot in shots),
        }
        set_ = {name: each for name, each in values.items() if any(each)}
        return cls(seeds=tuple(shot.seed for shot in shots), kind=kind, prompt=prompt, **set_)

    @property
    def shots(self) -> tuple[Shot, ...]:
        """One shot per slot."""
        size = len(self.seeds)
        empty = ("",) * size
        each = (
            self.suffixes or empty,
            self.prompts or empty,
            self.holds or ((),) * size,
            self.variations or ((),) * size,
        )
        return tuple(Shot(i, *values) for i, values in enumerate(zip(self.seeds, *each, strict=True)))

    def of(self, kind: RoundKind, prompt: str) -> Batch:
        """The batch with `kind` and `prompt` filled in, unless it has its own."""
        return msgspec.structs.replace(self, kind=self.kind or kind, prompt=self.prompt or prompt)

    def check(self, size: int) -> None:
        """Check that it can be a call of `size` slots.

        Raises:
            InputError: it cannot, or one of its values is invalid.
        """
        each = len(self.suffixes), len(self.prompts), len(self.holds), len(self.variations)
        if len(self.seeds) != size or not {*each} <= {0, size}:
            raise InputError(f"{len(self.seeds)} seeds and {max(each)} other values do not fit a batch of {size}")
        for shot in self.shots:
            shot.check()
        check_text(self.prompt or "", "text of a batch")


class Round(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One round: everything a worker needs to make its images, bit for bit.

    `prompt` is a template if shots have prompts of their own: a text with wildcards, which only tells what was asked.
    `pick_batch` is the call that the pick was part of, for a control that other neighbours would change.
    `adjustments` are the ones an image was made with, to repeat them exactly; None to adjust whatever needs it.
    `finish` is set for the kind ``finish``, whose only image is made from another one; `source` is the record of that
    one as JSON, "" if none of its pixels are used. `stop` is set for the kind ``scout``, and `axes`, of the columns and
    of the rows, for the kind ``grid``, whose images may have recipes of their own (`grid.recipe_of`). An explore round
    with a parent finishes images of a scout round.
    """

    id: str
    kind: RoundKind
    prompt: str
    shots: tuple[Shot, ...]
    recipe: Recipe
    parent: Pick | None = None
    pick_batch: Batch | None = None
    adjustments: Adjustments | None = None
    finish: Finish | None = None
    source: str = ""
    stop: Stop | None = None
    axes: tuple[Axis, ...] = ()

    def full_prompt(self, shot: Shot) -> str:
        """The whole prompt of `shot`."""
        return shot.text(self.prompt)

    def is_control(self, shot: Shot) -> bool:
        """Whether `shot` is the pick itself, made again: a refinement without a suffix, a variation of strength 0."""
        match self.kind:
            case "explore" | "finish" | "scout" | "grid":
                return False
            case "refine":
                return not shot.suffix
            case "vary":
                return shot.towards is not None and not shot.towards.strength

    def label(self, shot: Shot) -> str:
        """The text on the cell of `shot`, which marks a control as such."""
        own = f" · {drawn(self.prompt, shot.prompt)}" if shot.prompt else ""
        own += f" · {finish_label(self.finish, self.recipe)}" if self.finish else ""
        own += f" · at {self.stop}" if self.stop else ""
        own += "".join(f" · {words}" for words in self.settings(shot.index))
        return f"{shot.label}{own} · control" if self.is_control(shot) else f"{shot.label}{own}"

    def caption(self, shot: Shot) -> str:
        """`label` beside others of the round, without what they share, which stands in the header (`shared`)."""
        if self.is_control(shot):
            return "control"
        match self.kind:
            case "refine":
                held = (f"hold {percent(shot.held)}",) if len(self.held) > 1 else ()
                return " · ".join((*held, short_suffix(shot.suffix)))
            case "vary":
                return str(shot.towards or self.label(shot))
            case "scout":
                return shot.label
            case "explore" | "finish" | "grid":
                return self.label(shot)

    def settings(self, index: int) -> tuple[str, ...]:
        """The words for the values that the recipe of a grid's image has from its axes: ``guidance 5``."""
        return cell_settings(self.axes, index) if self.axes else ()

    @property
    def is_large(self) -> bool:
        """Whether its images are shown on a sheet of small ones."""
        return self.kind in ("scout", "grid") or len(self.shots) > MAX_IMAGES

    @property
    def held(self) -> frozenset[float]:
        """The holds of a refine round, as shares of the steps; 0 for images without one. Controls do not count."""
        return frozenset(shot.held for shot in self.shots if shot.suffix)

    @property
    def shared(self) -> str:
        """What all images of a round made from one image share: ``seed 2``, or ``seed 2 · 20% of 9 · hold 10%``.

        "" for other rounds.
        """
        if self.kind not in ("refine", "vary"):
            return ""
        first = self.shots[0]
        before = first.variations[:-1] if self.kind == "vary" else first.variations
        held = (f"hold {percent(share)}" for share in self.held if share and len(self.held) == 1)
        return " · ".join((Shot(0, first.seed, variations=before).label, *held))

    @property
    def title(self) -> str:
        """A short title for lists: ``seeds 0-3``, or ``seed 1 · 4 suffixes``."""
        seeds = tuple(dict.fromkeys(s.seed for s in self.shots))
        if self.kind in ("explore", "scout"):
            words = seeds_in_words(seeds)
            words = words if words.endswith("seeds") else f"seed{'s' if len(seeds) > 1 else ''} {words}"
            return f"scout · {words}" if self.kind == "scout" else words
        if self.axes:
            across, down = self.axes
            return f"grid {across.size}x{down.size} · {across.name} by {down.name}"
        if len(self.shots) == 1:
            return self.label(self.shots[0])
        if self.kind == "vary":
            return f"seed {seeds[0]} · {counted(len(self.shots), 'variation')}"
        count = sum(not self.is_control(shot) for shot in self.shots)
        control = " + control" if count < len(self.shots) else ""
        return f"seed {seeds[0]} · {count} suffix{'es' if count != 1 else ''}{control}"


def finish_label(finish: Finish, recipe: Recipe) -> str:
    """The words for a finished image: ``1024x1024 · 30%``."""
    return f"{recipe.width}x{recipe.height} · {percent(finish.strength)}"
