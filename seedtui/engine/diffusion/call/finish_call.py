"""The call that finishes an image: image-to-image with the same model, from the source made larger.

The pipeline shares all parts of the one that is loaded, so no weights are loaded again.
"""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

import msgspec
from diffusers import AutoPipelineForImage2Image
from PIL import Image

from seedtui.core.errors import InputError
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.finish import Finish
from seedtui.engine.diffusion.call.upscaling import larger
from seedtui.engine.diffusion.pipeline_call import form_of
from seedtui.models.upscaler_files import with_hash


class Source(NamedTuple):
    """The image to finish, and how it was made. `notes` says if it is not the one that was asked for."""

    picture: Picture
    record: ImageRecord
    notes: tuple[str, ...] = ()


class FinishCall(NamedTuple):
    """How `pipe` finishes `source` with a resolved `recipe`; `form` is that of its call."""

    pipe: Any
    form: CallForm
    finish: Finish
    source: Source
    recipe: Recipe

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of the call, from those `given` for a text-to-image call."""
        takes, recipe = inspect.signature(type(self.pipe).__call__).parameters, self.recipe
        values = {"num_inference_steps": recipe.steps, self.form.guidance or "": recipe.guidance, **given}
        kept = {name: value for name, value in values.items() if name in takes and value is not None}
        if self.form.lists:
            kept |= {name: [kept[name]] for name in ("prompt", "negative_prompt") if isinstance(kept.get(name), str)}
        picture = self.source.picture
        image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
        made = larger(image, self.finish, recipe.width or image.width, recipe.height or image.height, self.pipe)
        return {**kept, "image": made, "strength": self.finish.strength}


def finish_call(pipe: Any, finish: Finish, source: Source, recipe: Recipe) -> FinishCall:
    """The call of the image-to-image pipeline of `pipe`, which is loaded.

    Raises:
        InputError: there is none, it lacks something that the recipe has, or no step would run.
        ModelError: the upscaler's file is missing or has changed.
    """
    name = type(pipe).__name__
    try:
        made = AutoPipelineForImage2Image.from_pipe(pipe)
    except ValueError as error:
        raise _cannot(name, "Diffusers has no image-to-image pipeline for it") from error
    takes = inspect.signature(type(made).__call__).parameters
    if not {"image", "strength"} <= takes.keys():
        raise _cannot(name, f"{type(made).__name__} has no strength")
    if recipe.negative and "negative_prompt" not in takes:
        raise _cannot(name, f"{type(made).__name__} does not support the negative prompt")
    if recipe.steps:
        finish.check_steps(recipe.steps)
    form = msgspec.structs.replace(form_of(made), held=(), unsized="width" not in takes)
    return FinishCall(made, form, with_hash(finish), source, recipe)


def _cannot(pipeline: str, why: str) -> InputError:
    return InputError(f"{pipeline} cannot finish an image: {why}", "With a strength of 100% it is made anew")
