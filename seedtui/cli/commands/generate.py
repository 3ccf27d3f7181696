"""``seedtui generate``: an explore round without the app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedtui.cli import options as o
from seedtui.cli.run_round import run_round
from seedtui.core.config.recipe_file import RecipeFile, parse_recipe_file
from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round, explore
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.library.config_file import read_settings
from seedtui.library.files import check_writable


def generate(
    prompt: Annotated[str | None, typer.Argument(metavar="PROMPT", help="What the pictures show.")] = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="SEEDS", help="0-3, or 7,11,42, or random:4; 0-3 if not given.")
    ] = None,
    recipe_file: Annotated[
        Path | None, typer.Option("--recipe", metavar="FILE", help="As seedtui export IMAGE --recipe wrote it.")
    ] = None,
    out: o.Out = Path(),
    model: o.ModelName = None,
    steps: o.Steps = None,
    guidance: o.Guidance = None,
    size: o.Size = None,
    negative: o.Negative = None,
    scheduler: o.Scheduler = None,
    dtype: o.Dtype = None,
    device: o.Device = None,
    batch_size: o.BatchSize = None,
    generator_device: o.GeneratorDevice = None,
    profile: o.Profile = None,
    lora: o.Loras = None,
    download: o.Download = False,
    json: o.Json = False,
) -> None:
    """Make one image for each seed.

    With --recipe, what the file says, and over it what is given here.
    """
    file = parse_recipe_file(read_settings(recipe_file), recipe_file.name) if recipe_file else None
    recipe = o.make_recipe(
        model=model, steps=steps, guidance=guidance, size=size, negative=negative, scheduler=scheduler,
        dtype=dtype, device=device, batch_size=batch_size, generator_device=generator_device,
        base=file.recipe if file else None,
        profile=profile, lora=lora,
    )  # fmt: skip
    very_same = file.one_round() if file and prompt is None and seeds is None and recipe == file.recipe else None
    round_ = very_same or _round(file, prompt, seeds, recipe)
    found = o.model_of(recipe, download)
    run_round(round_, found, check_writable(out), json, made=file.made if file and very_same else None)


def _round(file: RecipeFile | None, prompt: str | None, seeds: str | None, recipe: Recipe) -> Round:
    if file:
        return file.round(recipe, prompt, seeds)
    if prompt is None:
        raise InputError("there is no prompt", 'Write seedtui generate "a cat", or --recipe FILE')
    return explore(prompt, parse_seeds("0-3" if seeds is None else seeds), recipe)
