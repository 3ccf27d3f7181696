"""``seedtui generate``: an explore round without the app."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import FILE, argument, command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.pool_options import PoolOptions, pool_options, with_portable_noise
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.run_parts import run_parts
from seedtui.cli.worker.run_round import run_round
from seedtui.core.config.recipe_file import RecipeFile, parse_recipe_file
from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.library.config_file import read_settings
from seedtui.library.files import check_writable
from seedtui.library.images.made_images import MadeImages
from seedtui.library.wildcards import WildcardFolder


@command
@argument("prompt", metavar="[PROMPT]", required=False, about="What the picture shows.")
@option("--seeds", metavar="SEEDS", help="Such as 0-3, or 7,11,42, or random:4. Default: 0-3.")
@option("--recipe", "recipe_file", metavar="FILE", type=FILE,
        help="A file written by export --recipe; options override it.")  # fmt: skip
@o.wildcards
@o.out
@o.resume
@o.json
@o.recipe_options()
@o.download
@pool_options()
def generate(
    prompt: str | None, seeds: str | None, recipe_file: Path | None, wildcards: Path | None, out: Path,
    resume: bool, json: bool, changes: o.RecipeChanges, download: bool, pool: PoolOptions,
) -> int:  # fmt: skip
    """Make one image for each seed.

    __name__ in the prompt becomes a line of DIR/name.txt, chosen by the seed, with --wildcards DIR or if the settings
    say so.

    With --resume, images that are in the folder of --out already are not made again: the same command goes on where it
    was stopped.

    Recipe options that you leave out come from the file of --recipe, or without one from the settings, or else from
    the model's pipeline.
    """
    file = parse_recipe_file(read_settings(recipe_file), recipe_file.name) if recipe_file else None
    config = load_config()
    plan = pool.over(config.pool)
    recipe = changes.over(file.recipe if file else config.recipe)
    if file is None:
        recipe = with_portable_noise(recipe, plan, changes)
    very_same = file.one_round() if file and prompt is None and seeds is None and recipe == file.recipe else None
    round_ = very_same or _round(file, prompt, seeds, recipe, o.wildcards_from(wildcards, config))
    found = o.model_of(recipe, download, plan)
    folder = check_writable(out)
    if file and very_same:
        if resume:
            raise InputError("--resume is for several images", "Leave it out, or give --seeds")
        run_round(round_, found, folder, json, plan, made=file.made)
        return 0
    made = MadeImages.of_folder(folder, anywhere=plan.mixed) if resume else MadeImages()
    run_parts(RoundOutput(round_, folder, json), {recipe.model: found}, made, plan)
    return 0


def _round(
    file: RecipeFile | None, prompt: str | None, seeds: str | None, recipe: Recipe, wildcards: WildcardFolder
) -> Round:  # fmt: skip
    resolve = wildcards.resolver(prompt) if prompt is not None else None
    if file:
        return file.round(recipe, prompt, seeds, resolve)
    if prompt is None:
        raise InputError("there is no prompt", 'Write seedtui generate "a cat", or give --recipe FILE')
    return explore(prompt, parse_seeds("0-3" if seeds is None else seeds), recipe, resolve)
