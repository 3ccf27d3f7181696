"""Reads the signature of a pipeline's call, and which settings of a recipe have an effect on it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from diffusers import DiffusionPipeline
from PIL.Image import Image

from seedtui.core.errors import EngineError, InputError
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.models.defaults import Defaults

TRUE_GUIDANCE = "true_cfg_scale"
"""The argument of guidance-distilled models for classifier-free guidance, with a negative prompt."""

_GUIDANCE = (TRUE_GUIDANCE, "distilled_guidance_scale", "decoder_guidance_scale", "prior_guidance_scale")
_SCHEDULE = "guidance_schedule"

_WORDS = {"num_inference_steps": "steps", "width": "size", "height": "size"}


class Guidance(NamedTuple):
    """`value` is the guidance that the pipeline uses, None if it has no effect, and then `why` says why."""

    value: float | None
    why: str = ""


def form_of(pipe: Any) -> CallForm:
    """The form of the call of `pipe`. The name of its output is not known before the first call."""
    takes = inspect.signature(type(pipe).__call__).parameters
    name = guidance_name(takes)
    return CallForm(
        guidance=name,
        unset=(_SCHEDULE,) if _SCHEDULE in takes and name else (),
        lists="num_images_per_prompt" not in takes,
        schedulers=inner_schedulers(pipe),
        held=prompt_tensors(pipe, takes),
        embeds=encoded_prompts(pipe, takes),
    )


_ENCODERS = {
    ("CLIPTextModel",): ("prompt_embeds", "negative_prompt_embeds"),
    ("CLIPTextModel", "CLIPTextModelWithProjection"): (
        "prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds",
    ),
}  # fmt: skip
"""The text encoders of the Stable Diffusion and SDXL families, and the arguments for what they make."""


def encoded_prompts(pipe: Any, takes: Mapping[str, inspect.Parameter]) -> tuple[str, ...]:
    """The arguments of the call of `pipe` for prompts that compel encodes; none if it is of another family."""
    if "unet" not in pipe.components:
        return ()
    encoders = (part for name, part in sorted(pipe.components.items()) if "text_encoder" in name and part is not None)
    names = _ENCODERS.get(tuple(type(part).__name__ for part in encoders), ())
    return tuple(name for name in names if name in takes) if {*names[:1], *names[2:3]} <= takes.keys() else ()


def prompt_tensors(pipe: Any, takes: Mapping[str, inspect.Parameter]) -> tuple[str, ...]:
    """The tensors of the prompt that the step callback of `pipe` can change, not those of the negative prompt.

    None where the prompts have masks, which it cannot change: words that the first prompt lacks would stay masked.
    """
    if "callback_on_step_end_tensor_inputs" not in takes or any("prompt" in name and "mask" in name for name in takes):
        return ()
    names = getattr(pipe, "_callback_tensor_inputs", ())
    return tuple(name for name in names if "embeds" in name and "negative" not in name and "image" not in name)


def guidance_name(takes: Mapping[str, inspect.Parameter]) -> str:
    """The argument that decides how closely the prompt is followed, "" if there is none.

    It is ``guidance_scale``, unless another one is active because its default is above 1.
    """
    there = [name for name in _GUIDANCE if name in takes]
    in_force = [name for name in there if (default_of(takes, name) or 0) > 1]
    if TRUE_GUIDANCE in in_force:
        return TRUE_GUIDANCE
    if "guidance_scale" in takes:
        return "guidance_scale"
    return next(iter([*in_force, *there]), "")


def default_of(takes: Mapping[str, inspect.Parameter], name: str) -> Any:
    """The default of the argument `name`, None if there is none."""
    found = takes[name].default if name in takes else None
    return None if found is inspect.Parameter.empty else found


def takes_negative(pipe: Any) -> bool:
    """Whether a negative prompt has an effect on `pipe`.

    Flux uses one only if its second, "true" guidance is on; a distilled HunyuanImage never does.
    """
    takes = inspect.signature(type(pipe).__call__).parameters
    if "negative_prompt" not in takes:
        return False
    if TRUE_GUIDANCE in takes:
        return guidance_name(takes) == TRUE_GUIDANCE
    return not ("distilled_guidance_scale" in takes and reads_guidance(pipe))


def reads_guidance(pipe: Any) -> bool:
    """Whether the network of `pipe` has guidance as an input, as distilled ones do. Flux schnell and others do not."""
    return getattr(getattr(getattr(pipe, "transformer", None), "config", None), "guidance_embeds", None) is not False


def guidance_in_force(pipe: Any, form: CallForm, recipe: Recipe, own: float | None) -> Guidance:
    """The effect of the guidance of `recipe`, or else of the model's `own`.

    Raises:
        InputError: the pipeline has no guidance, or a negative prompt needs a higher guidance.
    """
    takes = inspect.signature(type(pipe).__call__).parameters
    name = type(pipe).__name__
    if not form.guidance:
        if recipe.guidance is not None:
            raise InputError(f"{name} does not support guidance", "Leave it out")
        return Guidance(None)
    value = recipe.guidance if recipe.guidance is not None else own
    if form.guidance == TRUE_GUIDANCE:
        if recipe.negative and (value or 0) <= 1:
            raise InputError(
                f"{name} uses a negative prompt only with guidance above 1", "Set guidance too; 4 is typical"
            )
        if not recipe.negative:
            return Guidance(None, "guidance has no effect on this model without a negative prompt")
    elif (TRUE_GUIDANCE in takes or form.guidance == "distilled_guidance_scale") and not reads_guidance(pipe):
        return Guidance(None, "guidance has no effect on this model, which was trained without it")
    return Guidance(value)


def arguments_of(pipe: Any, form: CallForm, recipe: Recipe, guidance: Guidance, own: Defaults) -> dict[str, Any]:
    """The arguments of the call of `pipe`: the settings of `recipe`, else the model's `own` defaults.

    Raises:
        InputError: the call does not have one of them.
    """
    takes = inspect.signature(type(pipe).__call__).parameters
    values: dict[str, Any] = {
        "num_inference_steps": recipe.steps, "width": recipe.width, "height": recipe.height,
    }  # fmt: skip
    given = {name: value for name, value in values.items() if value is not None}
    if unknown := given.keys() - takes.keys():
        words = sorted({_WORDS[name] for name in unknown})
        raise InputError(f"{type(pipe).__name__} does not support {' or '.join(words)}", "Leave it out")
    if own.steps is not None and "num_inference_steps" in takes:
        given.setdefault("num_inference_steps", own.steps)
    asked = recipe.guidance if recipe.guidance is not None else own.guidance
    if asked is not None and form.guidance and not guidance.why:
        given |= {form.guidance: asked} | dict.fromkeys(form.unset)
    elif form.unset and "num_inference_steps" in given:
        check_schedule(pipe, takes, given["num_inference_steps"])
    return given


def check_schedule(pipe: Any, takes: Mapping[str, inspect.Parameter], steps: int) -> None:
    """Check that the pipeline's own guidance schedule, one number per step, has `steps` entries.

    Raises:
        InputError: it does not.
    """
    own = default_of(takes, _SCHEDULE)
    if own is not None and len(own) != steps:
        raise InputError(
            f"{type(pipe).__name__} has a guidance schedule for {len(own)} steps, not for {steps}",
            f"Leave out the steps, or set one guidance for all of them, such as {max(own):g}",
        )


def inner_pipes(pipe: Any) -> dict[str, Any]:
    """The pipelines inside `pipe` that share its scheduler. Combined ones such as Kandinsky 2.2 consist of these."""
    own = getattr(pipe, "scheduler", None)
    return {
        name: inner
        for name, inner in vars(pipe).items()
        if own is not None and isinstance(inner, DiffusionPipeline) and getattr(inner, "scheduler", None) is own
    }


def inner_schedulers(pipe: Any) -> tuple[str, ...]:
    """The names of `inner_pipes`."""
    return tuple(inner_pipes(pipe))


def images_of(output: Any, pipeline: str) -> tuple[str, list[Image]]:
    """The PIL images in the output of a call, and their attribute: ``images``, unless the pipeline uses another.

    Raises:
        EngineError: there are none.
    """
    found = dict(output) if isinstance(output, Mapping) else {}
    for name, value in sorted(found.items(), key=lambda item: item[0] != "images"):
        if isinstance(value, list) and value and all(isinstance(image, Image) for image in value):
            return name, value
    made = ", ".join(found) or type(output).__name__
    raise EngineError(f"{pipeline} returned {made}, not images", "Choose another model")
