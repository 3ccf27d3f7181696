"""Writes a plain Diffusers program that makes one image, in the style of the Diffusers guide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from seedtui.cli.script.adjustments import adjusting
from seedtui.cli.script.hold import SWAPPING, holding
from seedtui.cli.script.philox import IMPORTS, definitions
from seedtui.cli.script.profiles import adapters, after_loading, before_torch, classes, part_of, quantization
from seedtui.cli.script.spread import SPREADING, spreading
from seedtui.cli.script.variation import turning
from seedtui.core.images.record import ImageRecord, call_again
from seedtui.core.recipes.recipe import PHILOX, Recipe
from seedtui.core.recipes.schedulers import scheduler_class, settings_of
from seedtui.core.rounds.rounds import Batch, Shot
from seedtui.core.text.display import visible


class Source(NamedTuple):
    """The arguments of `from_pretrained`: a folder or a Hub ID, the commit on the Hub, and the variant of the weights.

    `scheduler` is the class of the model's own scheduler, "" if unknown. `denoiser` is the name and the class of the
    component that a GGUF file replaces, None without such a file.
    """

    name: str
    revision: str | None = None
    variant: str | None = None
    scheduler: str = ""
    denoiser: tuple[str, str] | None = None


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
    threads = record.environment.threads
    parts = (
        _head(record),
        _imports(record, source, scheduler),
        *([definitions()] if record.recipe.generator_device == PHILOX else []),
        *([f"torch.set_num_threads({threads})"] if threads else []),
        _pipeline(record, source, scheduler),
        _call(record),
        _tail(record, file),
    )
    return "\n\n".join(parts) + "\n"


def _head(record: ImageRecord) -> str:
    made = record.environment
    versions = (("torch", made.torch), ("diffusers", made.diffusers), ("transformers", made.transformers))
    lines = [
        "# Made with " + ", ".join(f"{name} {version}" for name, version in versions if version)
        + f", on {made.gpu or record.recipe.device or 'this device'}.",
        "# Other versions or another device may change low bits.",
    ]  # fmt: skip
    return "\n".join(map(visible, lines))


def _imports(record: ImageRecord, source: Source, scheduler: str) -> str:
    recipe, tapped = record.recipe, record.adjustments.step_noise == "generators"
    varied = any(shot.turns for shot in call_again(record).shots)
    replaced = (source.denoiser[1], "GGUFQuantizationConfig") if source.denoiser else ()
    names = sorted(filter(None, ("DiffusionPipeline", scheduler, *classes(recipe), *replaced)))
    before = before_torch(recipe)
    philox = recipe.generator_device == PHILOX
    modules = [
        *(["functools"] if tapped else []),
        "hashlib",
        *(["inspect"] if varied else []),
        *(["os"] if before else []),
    ]
    first = [*(f"import {name}" for name in modules), *(IMPORTS if philox else ()), *(["", *before] if before else [])]
    numpy = ["import numpy as np"] if philox else []
    return "\n".join([*first, "", *numpy, "import torch", f"from diffusers import {', '.join(names)}"])


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


def _call(record: ImageRecord) -> str:
    """The call that the image was part of. If that was not recorded, every slot holds the image itself."""
    recipe, form = record.recipe, record.form
    size, slot = part_of(recipe, record.slot)
    first = record.slot - slot
    batch = call_again(record)
    shots = batch.shots[first : first + size]
    device = recipe.generator_device or recipe.device or "cpu"
    generator = "PhiloxGenerator()" if device == PHILOX else f"torch.Generator({device!r})"
    holds, turns = [shot.holds for shot in shots], [shot.turns for shot in shots]
    explore = batch.kind != "refine" and not (form.lists or batch.prompts or batch.holds)
    given = {
        "num_inference_steps": recipe.steps,
        **({form.guidance: recipe.guidance} if form.guidance else {}),
        "width": recipe.width,
        "height": recipe.height,
    }
    words, prompts = _prompts(batch, shots, explore)
    options = [
        *([f"num_images_per_prompt={size}"] if explore else []),
        *([f"negative_prompt={_negative(recipe, explore, size)}"] if recipe.negative else []),
        *(f"{name}={value!r}" for name, value in given.items() if value is not None),
        *(f"{name}=None" for name in form.unset if recipe.guidance is not None),
    ]
    held: list[str] = []
    if any(holds):  # before the adjustments, which would see the call that is given up
        held = [
            f"prompts = {prompts}",
            f"arguments = dict({_arguments(options)})",
            *holding(form.held, holds),
        ]
        prompts, options = "prompts", ["**arguments"] if recipe.spread else ["**arguments", *SWAPPING]
    spread: list[str] = []
    if recipe.spread:
        spread, options = spreading(recipe, shots, any(holds)), [*options, *SPREADING]
    return "\n".join(
        [
            *words,
            f"seeds = {_list([shot.noise_seed for shot in shots])}",
            f"# A batch of {size}, like the original: another size may change low bits. Each has its own generator.",
            f"generator = [{generator}.manual_seed(seed) for seed in seeds]",
            *turning(turns, generator),
            *held,
            *spread,
            *adjusting(record.adjustments),
            f"images = pipe({_arguments([f'prompt={prompts}', *options, 'generator=generator'])}).{form.output}",
            f"image = images[{slot}]",
        ]
    )


def _prompts(batch: Batch, shots: Sequence[Shot], explore: bool) -> tuple[list[str], str]:
    """Lines with the words of `shots`, and the code of the prompts that they make."""
    first = [f"prompt = {batch.prompt!r}"]
    if batch.prompts:
        return [f"prompts = {_list([shot.text(batch.prompt or '') for shot in shots])}"], "prompts"
    if batch.kind != "refine":
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
