"""The record of one image, stored in its PNG: everything that is needed to make it again."""

from __future__ import annotations

import hashlib

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments
from seedtui.core.rounds.calls import batch_again
from seedtui.core.rounds.rounds import Batch, Pick, Round, RoundKind, Shot

VERSION = 1


class ImageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How one image was made.

    `recipe` is resolved: steps, guidance, size, dtype and device are the ones that were used. `slot` is the image's
    place in the pipeline's batch. `sha256` is the hash of its raw RGB pixels, row by row. `notes` says what was changed
    along the way, such as a truncated prompt. `template` is what `prompt` was resolved from if that has wildcards, to
    be read only. `batch` is the call that the image was part of; older images have neither
    `batch` nor `adjustments`.
    """

    version: int = VERSION
    kind: RoundKind
    prompt: str
    suffix: str
    seed: int
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
        return Shot(self.index, self.seed, self.suffix, self.prompt if self.template else "")

    @property
    def whole_batch(self) -> Batch | None:
        """The call that the image was part of, with its kind and prompt; None if it was not recorded."""
        batch = self.batch
        return batch and batch.of(self.kind, self.prompt)


def pixel_hash(pixels: bytes) -> str:
    """SHA-256, in hex, of raw RGB pixels (height x width x 3 bytes)."""
    return hashlib.sha256(pixels).hexdigest()


def call_again(record: ImageRecord) -> Batch:
    """The whole call, with its kind and prompt, that makes the image of `record` again in its slot."""
    shot = Shot(record.slot, record.seed, record.suffix)
    return batch_again(record.kind, record.prompt, shot, record.slot, record.batch, record.recipe.batch_size)


def round_again(record: ImageRecord) -> Round:
    """A round of one full batch that makes the image of `record` again, in its slot and in the same way."""
    batch = call_again(record)
    return Round(
        id=record.round_id,
        kind=batch.kind or record.kind,
        prompt=batch.prompt or record.prompt,
        shots=batch.shots,
        recipe=record.recipe,
        parent=record.parent,
        adjustments=record.adjustments,
    )
