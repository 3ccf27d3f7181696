"""Writes a plain Diffusers program that makes one image, in the style of the Diffusers guide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from seedtui.cli.script import encoded, stop
from seedtui.cli.script.adjustments import adjusting
from seedtui.cli.script.encoded import encoding, spelled
from seedtui.cli.script.finish import enlarging, imports
from seedtui.cli.script.hold import SWAPPING, holding
from seedtui.cli.script.philox import IMPORTS, definitions
from seedtui.cli.script.profiles import adapters, after_loading, before_torch, classes, part_of, quantization
from seedtui.cli.script.spread import SPREADING, spreading
from seedtui.cli.script.variation import turning
from seedtui.core.images.record import ImageRecord, call_again
from seedtui.core.recipes.recipe import PHILOX, Recipe
from seedtui.core.recipes.schedulers import scheduler_class, settings_of
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.rounds import Batch, Shot
from seedtui.core.text.display import visible
from seedtui.models.preview_file import PreviewMatrix


class Source(NamedTuple):
    """The arguments of `from_pretrained`: a folder or a Hub ID, the commit on the Hub, and the variant of the weights.

    `scheduler` is the class of the model's own scheduler, "" if unknown. `denoiser` is the name and the class of the
    component that a GGUF file replaces, None without such a file. `preview` is the matrix stored with the model.
    """

    name: str
    revision: str | None = None
    variant: str | None = None
    scheduler: str = ""
    denoiser: tuple[str, str] | None = None
    preview: PreviewMatrix | None = None


def program(record: ImageRecord, source: Source, file: str) -> str:
    """Python code that makes the image of `record`, saves it as `file`, and says whether its pixels are the same.

    The record is not trusted: text is written as literals, and names only if they are identifiers.

    Raises:
        InputError: the record's scheduler is not a scheduler's name.
    """
    record.form.check()
    named = record.recipe.scheduler or ""
    scheduler = scheduler_class(named) if named else ""
    if scheduler == source.scheduler and not settings_of(named):
        scheduler = ""
    stages = _stages(record)
    parts = (
        _head(record),
        _imports(stages, source, scheduler),
        *([definitions()] if record.recipe.generator_device == PHILOX else []),
        *(stop.definitions(one.stop, source.preview) for one in stages[:1] if one.stop),
        _threads(stages[0]),
        _pipeline(msgspec.structs.replace(record, recipe=_recipe_of(stages)), source, scheduler),
        _call(stages[0], source),
        *(
            part
            for before, stage in pairwise(stages)
            for part in (_undo(before), _threads(stage, before), _call(stage, source))
        ),
        _tail(record, file),
    )
    return "\n\n".join(filter(None, parts)) + "\n"


def _stages(record: ImageRecord) -> list[ImageRecord]:
    """The images that the program makes, each from the one before it; the last one is that of `record`."""
    return [*(_stages(record.source) if record.source else []), record]


def _recipe_of(stages: Sequence[ImageRecord]) -> Recipe:
    """The recipe of the last stage, with the fallback of the first that needed one: slicing is for several images."""
    fallbacks = [one.recipe.fallback for one in (stages[-1], *stages) if one.recipe.fallback]
    return msgspec.structs.replace(stages[-1].recipe, fallback=fallbacks[0] if fallbacks else None)


def _threads(record: ImageRecord, before: ImageRecord | None = None) -> str:
    threads = record.environment.threads
    return (
        f"torch.set_num_threads({threads})" if threads and record.environment != (before and before.environment) else ""
    )


def _undo(record: ImageRecord) -> str:
    """Undoes what `_call` did to parts of the pipeline that the next call has in common with it."""
    made = record.adjustments
    return "\n".join(
        [
            *(["pipe.scheduler.step = plain_step"] if record.stop else []),
            *(["del pipe.scheduler.step"] if made.step_noise == "generators" else []),
            *(["pipe.scheduler.noise_sampler_seed = None"] if made.step_noise == "seeds" else []),
            *(["decoder.decode = plain_decode"] if made.float32_decoder else []),
            *(["pipe.vae.disable_tiling()"] if record.recipe.fallback == "tiled" else []),
        ]
    )


def _head(record: ImageRecord) -> str:
    made = record.environment
    versions = tuple((name, getattr(made, name)) for name in ("torch", "diffusers", "transformers", "compel"))
    lines = [
        "# Made with " + ", ".join(f"{name} {version}" for name, version in versions if version)
        + f", on {made.gpu or record.recipe.device or 'this device'}.",
        "# Other versions or another device may change low bits.",
    ]  # fmt: skip
    return "\n".join(map(visible, lines))


def _imports(stages: Sequence[ImageRecord], source: Source, scheduler: str) -> str:
    recipe, tapped = stages[-1].recipe, any(one.adjustments.step_noise == "generators" for one in stages)
    varied = any(shot.turns for one in stages for shot in call_again(one).shots)
    finishes = [one.finish for one in stages if one.finish and one.source]
    replaced = (source.denoiser[1], "GGUFQuantizationConfig") if source.denoiser else ()
    again = ("AutoPipelineForImage2Image",) if finishes else ()
    names = sorted(filter(None, ("DiffusionPipeline", scheduler, *classes(recipe), *replaced, *again)))
    before = before_torch(recipe)
    philox = recipe.generator_device == PHILOX
    stopped = next((one.stop for one in stages if one.stop), None)
    modules = [
        *(["functools"] if tapped or stopped else []),
        "hashlib",
        *(["inspect"] if varied else []),
        *(["os"] if before else []),
        *encoded.modules(stages),
        *(["math"] if stopped and not philox else []),
    ]
    first = [
        *(f"import {name}" for name in modules),
        *(IMPORTS if philox else ()),
        *(stop.IMPORTS if stopped else ()),
        *(["", *before] if before else []),
    ]
    others = {*(["import numpy as np"] if philox else []), *(line for how in finishes for line in imports(how))}
    others |= {*encoded.packages(stages)}
    pillow = ["from PIL import Image"] if finishes or stopped else []
    of_diffusers = f"from diffusers import {', '.join(names)}"
    return "\n".join([*first, "", *sorted(others), "import torch", *encoded.imports(stages), of_diffusers, *pillow])


def _pipeline(record: ImageRecord, source: Source, scheduler: str) -> str:
    """Loads the model; if `scheduler` is not empty, it replaces the model's own."""
    recipe = record.recipe
    part = source.denoiser[0] if source.denoiser else ""
    options = [
        repr(source.name),
        *([f"{part}={part}"] if part else []),
        *([f"revision={source.revision!r}"] if source.revision else []),
        *([f"variant={source.variant!r}"] if source.variant else []),
        f"dtype=torch.{recipe.dtype or 'float32'}",
        "use_safetensors=True",
        *(["quantization_config=quantization"] if quantization(recipe) else []),
    ]
    lines = [
        *quantization(recipe),
        *_from_gguf(recipe, source),
        f"pipe = DiffusionPipeline.from_pretrained({_arguments(options)})",
        *adapters(recipe),
        *after_loading(recipe),
    ]
    if scheduler:
        places = " = ".join(["pipe.scheduler", *(f"pipe.{name}.scheduler" for name in record.form.schedulers)])
        options = ["pipe.scheduler.config", *(f"{k}={v!r}" for k, v in settings_of(recipe.scheduler or "").items())]
        lines.append(f"{places} = {scheduler}.from_config({_arguments(options)})")
    return "\n".join(lines)


def _from_gguf(recipe: Recipe, source: Source) -> list[str]:
    """Loads the component that the recipe's GGUF file replaces."""
    if source.denoiser is None:
        return []
    part, name = source.denoiser
    dtype = f"torch.{recipe.dtype or 'float32'}"
    options = [
        repr(recipe.transformer),
        f"quantization_config=GGUFQuantizationConfig(compute_dtype={dtype})",
        f"config={source.name!r}",
        f"subfolder={part!r}",
        *([f"config_revision={source.revision!r}"] if source.revision else []),
        f"torch_dtype={dtype}",
    ]
    return [f"{part} = {name}.from_single_file({_arguments(options)})"]


def _call(record: ImageRecord, source: Source) -> str:
    """The call that the image was part of. If that was not recorded, every slot holds the image itself."""
    recipe, form = record.recipe, record.form
    size, slot = part_of(recipe, record.slot)
    first = record.slot - slot
    batch = call_again(record)
    shots = batch.shots[first : first + size]
    device = recipe.generator_device or recipe.device or "cpu"
    generator = "PhiloxGenerator()" if device == PHILOX else f"torch.Generator({device!r})"
    is_encoded = recipe.prompt_encoding != "plain"
    holds, turns = [_holds(shot, recipe) for shot in shots], [shot.turns for shot in shots]
    explore = batch.kind != "refine" and not (
        form.lists or batch.prompts or batch.suffixes or batch.holds or is_encoded
    )
    given = {
        "num_inference_steps": recipe.steps,
        **({form.guidance: recipe.guidance} if form.guidance else {}),
        **({} if form.unsized else {"width": recipe.width, "height": recipe.height}),
    }
    enlarged: list[str] = []
    if record.finish and record.source:
        enlarged = enlarging(record.finish, recipe, record.source.sha256)
    words, prompts = _encoded(record, batch, shots) if is_encoded else _prompts(batch, shots, explore)
    call_with = "**encoded({})" if is_encoded else "prompt={}"
    options = [
        *(["image=larger", f"strength={record.finish.strength!r}"] if record.finish and enlarged else []),
        *([f"num_images_per_prompt={size}"] if explore else []),
        *([f"negative_prompt={_negative(recipe, explore, size)}"] if recipe.negative and not is_encoded else []),
        *(f"{name}={value!r}" for name, value in given.items() if value is not None),
        *(f"{name}=None" for name in form.unset if recipe.guidance is not None),
    ]
    held: list[str] = []
    if any(holds):  # before the adjustments, which would see the call that is given up
        held = [
            *([f"prompts = {prompts}"] if prompts != "prompts" else []),
            f"arguments = dict({_arguments(options)})",
            *holding(form.held, holds, call_with.format("prompts")),
        ]
        prompts, options = "prompts", ["**arguments"] if recipe.spread else ["**arguments", *SWAPPING]
    spread: list[str] = []
    if recipe.spread:
        spread, options = spreading(recipe, shots, any(holds)), [*options, *SPREADING]
    return "\n".join(
        [
            *enlarged,
            *words,
            f"seeds = {_list([shot.noise_seed for shot in shots])}",
            *(
                [f"# A batch of {size}, like the original: another size may change low bits. {_EACH}"]
                if size > 1
                else []
            ),
            f"generator = [{generator}.manual_seed(seed) for seed in seeds]",
            *turning(turns, generator),
            *held,
            *spread,
            *adjusting(record.adjustments),
            *(stop.stopping(record.stop) if record.stop else []),
            *_made(
                record,
                f"pipe({_arguments([call_with.format(prompts), *options, 'generator=generator'])})",
                slot,
                source,
            ),
        ]
    )


def _made(record: ImageRecord, called: str, slot: int, source: Source) -> list[str]:
    """Lines that define `image`, the one in `slot` of the call that is written as `called`."""
    if record.stop and not record.stop.decoded:
        return stop.call(record, called, slot, source.preview)
    return [f"images = {called}.{record.form.output}", f"image = images[{slot}]"]


_EACH = "Each has its own generator."


def _encoded(record: ImageRecord, batch: Batch, shots: Sequence[Shot]) -> tuple[list[str], str]:
    """Lines that encode the words of `shots`, and the code of their prompts."""
    recipe = record.recipe
    prompts = [spelled(shot.text(batch.prompt or ""), recipe) for shot in shots]
    each = [[*(hold.prompt for hold in _holds(shot, recipe)), own] for shot, own in zip(shots, prompts, strict=True)]
    texts = dict.fromkeys(text for of_shot in each for text in of_shot)
    return [*encoding([*texts], recipe, record.form), f"prompts = {_list(prompts)}"], "prompts"


def _holds(shot: Shot, recipe: Recipe) -> tuple[Hold, ...]:
    return tuple(Hold(hold.share, spelled(hold.prompt, recipe)) for hold in shot.holds)


def _prompts(batch: Batch, shots: Sequence[Shot], explore: bool) -> tuple[list[str], str]:
    """Lines with the words of `shots`, and the code of the prompts that they make."""
    first = [f"prompt = {batch.prompt!r}"]
    if batch.prompts:
        return [f"prompts = {_list([shot.text(batch.prompt or '') for shot in shots])}"], "prompts"
    if batch.kind != "refine" and not batch.suffixes:
        return first, "prompt" if explore else f"[prompt] * {len(shots)}"
    suffixes = f"suffixes = {_list([shot.suffix for shot in shots])}"
    return [*first, suffixes], "[prompt + suffix for suffix in suffixes]"


def _negative(recipe: Recipe, explore: bool, size: int) -> str:
    return repr(recipe.negative) if explore else f"[{recipe.negative!r}] * {size}"


def _list(values: list[Any]) -> str:
    """`values` as a list, written as ``[value] * n`` if all are equal."""
    return f"[{values[0]!r}] * {len(values)}" if len(set(values)) == 1 < len(values) else repr(values)


def _tail(record: ImageRecord, file: str) -> str:
    return "\n".join(
        [
            f"image.save({file!r})",
            'sha256 = hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()',
            f'same = sha256 == "{record.sha256}"',
            'print("exact" if same else "differs", sha256)',
        ]
    )


def _arguments(options: list[str]) -> str:
    """`options` on one line if they fit, otherwise one per line."""
    line = ", ".join(options)
    return line if len(line) <= 76 else "\n    " + ",\n    ".join(options) + ",\n"
