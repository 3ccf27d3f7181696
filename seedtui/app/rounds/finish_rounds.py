"""The finish rounds of images of the session, whether these are there already or still to come."""

from __future__ import annotations

import os
import uuid

import msgspec

from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import State
from seedtui.core.errors import InputError
from seedtui.core.images.finishing import finish
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.finish import Finish, target_size
from seedtui.core.rounds.finish_form import Wanted
from seedtui.core.rounds.rounds import Pick, Round, Shot
from seedtui.models.resolve import find_model
from seedtui.models.upscaler_files import check_upscaler


def finish_round(state: State, image: ImageRef, wanted: Wanted) -> Round:
    """The round that finishes `image`. If that is not there yet, `completed` makes the round whole later.

    Raises:
        InputError, ModelError: a value does not fit the image or its model, or the upscaler's file cannot be read.
    """
    round_view = state.round_views[image[0]]
    if round_view.round.stop is not None:
        raise InputError("this is a preview of a scout round", "Keep it and finish the round; then make it larger")
    record, how = round_view.records[image[1]], _with_path(wanted.how)
    check_upscaler(how.file)
    recipe = record.recipe if record else round_view.round.recipe
    width, height = target_size(_size(state, recipe), wanted.target, _multiple(state, recipe))
    if record is not None:
        made = finish(record, how, width, height, wanted.steps)
    else:
        made = _incomplete(round_view.round, image, how, recipe.with_changes(
            width=width, height=height, steps=wanted.steps, batch_size=1
        ))  # fmt: skip
    made.recipe.check_multiple(_multiple(state, recipe))
    return made


def completed(round_: Round, record: ImageRecord) -> Round:
    """`round_`, made whole by the record of the image that it finishes.

    Raises:
        InputError: that image cannot be finished so.
    """
    assert round_.finish is not None
    recipe = round_.recipe
    made = finish(record, round_.finish, *recipe.size, recipe.steps)
    return msgspec.structs.replace(made, id=round_.id)


def unfinished(state: State, image: ImageRef) -> ImageRef:
    """`image`, or the one of the session that it was finished from in the first place."""
    round_view = state.round_views[image[0]]
    finish, parent = round_view.round.finish, round_view.round.parent
    if finish is None or not finish.keeps_source or parent is None or parent.round_id not in state.round_views:
        return image
    return unfinished(state, (parent.round_id, parent.index))


def _incomplete(source: Round, image: ImageRef, how: Finish, recipe: Recipe) -> Round:
    """The round as far as it is known before its source is there."""
    how.check()
    if recipe.steps:
        how.check_steps(recipe.steps)
    shot = source.shots[image[1]]
    return Round(
        id=uuid.uuid4().hex[:12], kind="finish", prompt=source.full_prompt(shot),
        shots=(Shot(0, shot.noise_seed if how.keeps_source else shot.seed),), recipe=recipe, parent=Pick(*image),
        finish=how,
    )  # fmt: skip


def _size(state: State, recipe: Recipe) -> tuple[int, int]:
    """The size of the image that `recipe` made or will make."""
    size, model = recipe.size, state.model
    if not all(size) and model is not None and model.name == recipe.model:
        size = model.width, model.height
    if not all(size):
        raise InputError("the size of the picture is not known yet", "Wait until it is there")
    return size


def _multiple(state: State, recipe: Recipe) -> int:
    """Width and height must be multiples of so many pixels, as the model of `recipe` requires."""
    if state.model is not None and state.model.name == recipe.model:
        return state.model.multiple
    return find_model(recipe.model).multiple


def _with_path(how: Finish) -> Finish:
    """`how`, with the whole path of its upscaler's file: the worker has another folder."""
    if not how.file:
        return how
    path = os.path.abspath(os.path.expanduser(how.file))
    return msgspec.structs.replace(how, upscaler=path)
