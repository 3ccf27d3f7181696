"""The options that several commands take, and the recipe they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedtui.cli.load_config import load_config
from seedtui.core.errors import InputError
from seedtui.core.recipes.lora import Lora, parse_loras
from seedtui.core.recipes.recipe import Recipe, parse_size
from seedtui.core.recipes.scheduler_names import offered
from seedtui.models.lora_files import check_files
from seedtui.models.resolve import Model, NotHere, find_model
from seedtui.models.schedulers import scheduler_class

ModelName = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="starter, sd15, a Hub id, a folder, a .safetensors."),
]
Steps = Annotated[int | None, typer.Option(metavar="N", help="Denoising steps; the model's own if not given.")]
Guidance = Annotated[float | None, typer.Option(metavar="X", help="How closely to follow the prompt.")]
Size = Annotated[str | None, typer.Option(metavar="WxH", help="Pixels, such as 512x768; the model's own if not given.")]
Negative = Annotated[str | None, typer.Option(metavar="TEXT", help="What the picture should not show.")]
Scheduler = Annotated[str | None, typer.Option(metavar="NAME", help=f"{', '.join(offered())}, or a class's name.")]
Dtype = Annotated[str | None, typer.Option(metavar="NAME", help="float32, float16 or bfloat16.")]
Device = Annotated[str | None, typer.Option(metavar="NAME", help="cpu, cuda, cuda:1, xpu or mps; the best there is.")]
BatchSize = Annotated[int | None, typer.Option(metavar="N", help="Images in one call of the pipeline; 4.")]
GeneratorDevice = Annotated[
    str | None, typer.Option(metavar="cpu", help="Where noise is drawn: cpu, or with the model if not given.")
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="plain, fast, small or strict; plain if not given.")]
Loras = Annotated[
    list[str] | None,
    typer.Option("--lora", metavar="FILE[:W]", help="A LoRA, .safetensors, and its weight; repeatable. none: without."),
]
MovedLoras = Annotated[
    list[Path] | None,
    typer.Option("--lora", metavar="FILE", help="Where a LoRA of the images is now, known by its name; repeatable."),
]
Download = Annotated[bool, typer.Option("--download", help="Download the model without asking, if it is not here.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the images; nothing is overwritten.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Images = Annotated[list[Path], typer.Argument(metavar="IMAGE", show_default=False, help="PNG files.")]


def make_recipe(
    *,
    model: str | None,
    steps: int | None,
    guidance: float | None,
    size: str | None,
    negative: str | None,
    scheduler: str | None,
    dtype: str | None,
    device: str | None,
    batch_size: int | None,
    generator_device: str | None,
    profile: str | None,
    lora: list[str] | None = None,
    base: Recipe | None = None,
) -> Recipe:
    """The recipe that the options make, over `base`, or the one in the config.

    Raises:
        InputError: a value cannot be used, whatever the model.
    """
    if generator_device not in (None, "cpu"):
        raise InputError(f"generator device “{generator_device}” is not known", "Use cpu, or leave it out")
    if scheduler is not None:
        scheduler_class(scheduler)
    width, height = parse_size(size) if size is not None else (None, None)
    return (base or load_config().recipe).with_changes(
        model=model, steps=steps, guidance=guidance, width=width, height=height, negative=negative,
        scheduler=scheduler, dtype=dtype, device=device, batch_size=batch_size, generator_device=generator_device,
        profile=profile, lora=loras_of(lora),
    )  # fmt: skip


def loras_of(words: list[str] | None) -> tuple[Lora, ...] | None:
    """What ``--lora`` names, None if it was not given.

    Raises:
        InputError: it cannot be used.
        ModelError: a file is not there, or is no LoRA.
    """
    if not words:
        return None
    loras = parse_loras(words)
    check_files(loras)
    return loras


def model_of(recipe: Recipe, download: bool = False) -> Model:
    """The model that `recipe` names, if what the recipe asks for fits it.

    One that is only on the Hub is downloaded if `download` says so, or the user, who is asked on a terminal.

    Raises:
        InputError: the size does not fit the model.
        ModelError: the model or a LoRA is not on this machine, or is none.
    """
    try:
        model = find_model(recipe.model)
    except NotHere as missing:
        from seedtui.cli.download import fetch

        fetch(missing, download, recipe.dtype == "float16")
        model = find_model(recipe.model)
    recipe.check_multiple(model.multiple)
    check_files(recipe.lora)
    return model
