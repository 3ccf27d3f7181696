"""The record of one image: all that is needed to make it again, as it is kept inside its PNG."""

from __future__ import annotations

import hashlib

import msgspec

from seedtui.core.environment import Environment
from seedtui.core.recipe import Recipe
from seedtui.core.rounds import Pick, Round, RoundKind, Shot

VERSION = 1


class ImageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How one image was made.

    `recipe` is resolved: steps, guidance, size, dtype and device are the ones that ran. `slot` is the
    image's place in the pipeline's batch. `sha256` is of its raw RGB pixels, row by row. `notes` tells
    what was changed on the way, such as a prompt that was cut.
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

    @property
    def full_prompt(self) -> str:
        return self.prompt + self.suffix

    @property
    def pick(self) -> Pick:
        """This image as the parent of a refine round."""
        return Pick(self.round_id, self.index, self.sha256, self.slot)


def pixel_hash(pixels: bytes) -> str:
    """SHA-256, in hex, of raw RGB pixels (height x width x 3 bytes)."""
    return hashlib.sha256(pixels).hexdigest()


def round_again(record: ImageRecord) -> Round:
    """A round of one full batch that makes the image of `record` again, in the slot it had.

    Its neighbours in the batch are the image itself, which D2 allows: an image never depends on them.
    """
    shots = tuple(Shot(i, record.seed, record.suffix) for i in range(record.recipe.batch_size))
    return Round(
        id=record.round_id,
        kind=record.kind,
        prompt=record.prompt,
        shots=shots,
        recipe=record.recipe,
        parent=record.parent,
    )
