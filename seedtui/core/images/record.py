"""The record of one image, stored in its PNG: everything that is needed to make it again."""

from __future__ import annotations

import hashlib

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.calls import batch_again
from seedtui.core.rounds.finish import Finish
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.rounds import Batch, Pick, Picked, Round, RoundKind, Shot, finish_label
from seedtui.core.rounds.stop import Stop
from seedtui.core.rounds.variation import Variation

VERSION = 2
"""Records without hold, variation, spread, finish, encoding, stop, axes have version 1, which earlier programs read."""


class ImageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How one image was made.

    `recipe` is resolved: steps, guidance, size, dtype and device are the ones that were used. `slot` is the image's
    place in the pipeline's batch. `sha256` is the hash of its raw RGB pixels, row by row. `notes` says what was changed
    along the way, such as a truncated prompt. `template` is what `prompt` was resolved from if that has wildcards, to
    be read only. `batch` is the call that the image was part of; older images have neither
    `batch` nor `adjustments`. `finish` is set if the image was made from another one, whose record is `source`, unless
    none of its pixels were used. `stop` is set if the image is of a scout round: it is a small preview of the image
    that `recipe` makes, or a decoded one. `axes` are those of the grid that the image is part of. `worker`
    is the name of the worker that made it, if there were several.
    """

    version: int = 1
    kind: RoundKind
    prompt: str
    suffix: str
    seed: int
    holds: tuple[Hold, ...] = ()
    variations: tuple[Variation, ...] = ()
    slot: int
    recipe: Recipe
    environment: Environment
    sha256: str
    round_id: str
    index: int
    parent: Pick | None = None
    notes: tuple[str, ...] = ()
    batch: Batch | None = None
    adjustments: Adjustments = Adjustments()
    form: CallForm = CallForm()
    template: str = ""
    finish: Finish | None = None
    source: ImageRecord | None = None
    stop: Stop | None = None
    axes: tuple[Axis, ...] = ()
    worker: str = ""

    @property
    def full_prompt(self) -> str:
        return self.prompt + self.suffix

    @property
    def pick(self) -> Pick:
        """This image as the pick of a refine round."""
        return Pick(self.round_id, self.index, self.sha256, self.slot)

    @property
    def shot(self) -> Shot:
        """The image in a round of its prompt, or of its template."""
        own = self.prompt if self.template else ""
        return Shot(self.index, self.seed, self.suffix, own, self.holds, self.variations)

    @property
    def whole_batch(self) -> Batch | None:
        """The call that the image was part of, with its kind and prompt; None if it was not recorded."""
        batch = self.batch
        return batch and batch.of(self.kind, self.prompt)

    @property
    def picked(self) -> Picked:
        """How this image was made, for rounds made from it."""
        return Picked(self.full_prompt, self.holds, self.variations)

    @property
    def label(self) -> str:
        """Its words for lists: those of its shot, and how it was finished."""
        finished = (finish_label(self.finish, self.recipe),) if self.finish else ()
        stopped = (f"at {self.stop}",) if self.stop else ()
        return " · ".join((self.shot.label, *finished, *stopped))

    @property
    def unfinished(self) -> ImageRecord:
        """The image itself, or the one that it was finished from in the first place."""
        return self.source.unfinished if self.source else self


def pixel_hash(pixels: bytes) -> str:
    """SHA-256, in hex, of raw RGB pixels (height x width x 3 bytes)."""
    return hashlib.sha256(pixels).hexdigest()


def call_again(record: ImageRecord) -> Batch:
    """The whole call, with its kind and prompt, that makes the image of `record` again in its slot."""
    shot = msgspec.structs.replace(record.shot, index=record.slot, prompt="")
    return batch_again(_round_of(record, (shot,)), record.slot, record.batch)


def round_again(record: ImageRecord) -> Round:
    """A round of one full batch that makes the image of `record` again, in its slot and in the same way."""
    batch = call_again(record)
    again = _round_of(record, batch.shots)
    return msgspec.structs.replace(again, adjustments=record.adjustments, kind=batch.kind, prompt=batch.prompt)


def _round_of(record: ImageRecord, shots: tuple[Shot, ...]) -> Round:
    return Round(
        id=record.round_id, kind=record.kind, prompt=record.prompt, shots=shots, recipe=record.recipe,
        parent=record.parent, finish=record.finish, source=as_text(record.source),
        stop=record.stop,
    )  # fmt: skip


def as_text(source: ImageRecord | None) -> str:
    """The record of a source as a round has it."""
    return msgspec.json.encode(source).decode() if source else ""
