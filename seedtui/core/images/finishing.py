"""Finish rounds: one image, made from a picked one. The round has all that is needed to make both."""

from __future__ import annotations

import uuid
from pathlib import PurePath

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.images.record import ImageRecord, as_text
from seedtui.core.recipes.recipe import SPREAD_SHARE
from seedtui.core.rounds.finish import Finish
from seedtui.core.rounds.rounds import Round, Shot

MAX_SOURCES = 4
"""How often an image can be finished again: each time, its record has those of all before it."""

ANOTHER = "with a strength of 100%, nothing of the source is kept: another picture from the same seed"
"""What to tell before a round of a finish of strength 1."""

_record = msgspec.json.Decoder(ImageRecord)


def finish(source: ImageRecord, how: Finish, width: int, height: int, steps: int | None = None) -> Round:
    """The round that finishes the image of `source` at `width` x `height` pixels; `steps` replaces those of its recipe.

    Raises:
        InputError: a value is out of range, no step would run, or the image was finished too often.
    """
    recipe = source.recipe.with_changes(width=width, height=height, steps=steps, batch_size=1)
    recipe = msgspec.structs.replace(recipe, fallback=None)
    if how.keeps_source:  # a spread is for the first steps, which do not run again
        recipe = msgspec.structs.replace(recipe, spread=0.0, spread_share=SPREAD_SHARE)
    how.check()
    if recipe.steps:
        how.check_steps(recipe.steps)
    if how.keeps_source and depth(source) >= MAX_SOURCES:
        raise InputError(f"the image was finished {MAX_SOURCES} times already", "Finish an earlier one")
    return Round(
        id=uuid.uuid4().hex[:12],
        kind="finish",
        prompt=source.full_prompt,
        shots=(_shot(source, how),),
        recipe=recipe,
        parent=source.pick,
        finish=how,
        source=as_text(source) if how.keeps_source else "",
    )


def source_of(round_: Round) -> ImageRecord | None:
    """The record of the image that `round_` is made from, None if it needs none.

    Raises:
        InputError: it is missing, or cannot be read.
    """
    if not round_.source:
        if round_.finish and round_.finish.keeps_source:
            raise InputError("the source of the image is not recorded", "Finish the image again")
        return None
    try:
        return _record.decode(round_.source)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"the record of the source cannot be read: {error}", "Finish the image again") from error


def known_source(round_: Round) -> ImageRecord | None:
    """The record of the image that `round_` is made from, None without one that can be read; to be shown."""
    try:
        return source_of(round_)
    except InputError:
        return None


def depth(record: ImageRecord | None) -> int:
    """How many sources one after the other the record has."""
    count = 0
    while record is not None and record.source is not None:
        record, count = record.source, count + 1
    return count


def with_upscaler(record: ImageRecord, path: str) -> ImageRecord:
    """`record`, with the upscaler's file of that name, here or in a source, at `path`."""
    how, source = record.finish, record.source
    if how and how.file and PurePath(how.file).name == PurePath(path).name:
        record = msgspec.structs.replace(record, finish=msgspec.structs.replace(how, upscaler=path))
    return msgspec.structs.replace(record, source=with_upscaler(source, path)) if source else record


def _shot(source: ImageRecord, how: Finish) -> Shot:
    """Of the noise of the source only its seed is used again, unless the image is made anew.

    The steps that run again are the last ones, in which no hold is in force.
    """
    if how.keeps_source:
        return Shot(0, source.shot.noise_seed)
    return Shot(0, source.seed, holds=source.holds, variations=source.variations)
