"""``seedtui grid``: a round over two axes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seedtui.cli import options as o
from seedtui.cli.declaration import argument, command, option
from seedtui.cli.grid_axes import GridAxes, grid_axes
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.pool_options import PoolOptions, pool_options, with_portable_noise
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.run_parts import run_parts
from seedtui.core.errors import InputError, quoted
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.prompts.alternatives import expand
from seedtui.core.rounds.axis import MAX_VALUES
from seedtui.core.rounds.grid import grid as grid_round
from seedtui.core.rounds.grid import place_of
from seedtui.core.rounds.parts import parts
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.library.export.sheet_files import write_grid
from seedtui.library.files import check_writable
from seedtui.library.images.made_images import MadeImages
from seedtui.library.wildcards import WildcardFolder
from seedtui.models.resolve import Model


@command
@argument("prompt", metavar="PROMPT", about="What the picture shows.")
@option(
    "--seeds",
    metavar="SEEDS",
    help="Seeds as an axis, such as 0-3; or one seed for all. Default: 0-3, or 0 with two other axes.",
)
@option(
    "--suffix", metavar="TEXT", multiple=True, help='A value of an axis of suffixes, such as ", artsy". Repeatable.'
)
@option("--axis", "axes", metavar="NAME=VALUES", multiple=True,
        help="Another axis, such as guidance=3,5,7. Separate values that have commas with |. Repeatable.")  # fmt: skip
@option("--x", "across", metavar="AXIS", help="The axis across: the name of one given, or NAME=VALUES.")
@option("--y", "down", metavar="AXIS", help="The axis down, in the same form. Default: the seeds.")
@option("--towards", metavar="SEED", help="The other seed of an axis of variations. Default: the next one.")
@o.wildcards
@o.out
@o.resume
@o.json
@o.recipe_options()
@o.download
@pool_options()
def grid(
    prompt: str, seeds: str | None, suffix: tuple[str, ...], axes: tuple[str, ...], across: str | None,
    down: str | None, towards: str | None, wildcards: Path | None, out: Path, resume: bool, json: bool,
    changes: o.RecipeChanges, download: bool, pool: PoolOptions,
) -> int:  # fmt: skip
    """Make an image for each pair of values of two settings.

    An axis is seed, suffix, hold, variation, or a setting of the recipe: guidance, steps, size, scheduler, model, lora
    (weights of the LoRA files) and so on. An image that two places share is made once.

    grid.png, grid.html and grid.md in DIR show all of them. With --resume, images that are in DIR already are not made
    again, and these three are replaced.
    """
    config = load_config()
    plan = pool.over(config.pool)
    recipe = with_portable_noise(changes.over(config.recipe), plan, changes)
    lists = o.wildcards_from(wildcards, config)
    wanted = grid_axes(seeds, _expanded(suffix), axes, across, down)
    _check_suffixes(wanted, lists)
    round_ = grid_round(
        prompt, wanted.across, wanted.down, recipe, lists.resolver(prompt),
        seed=wanted.seed, suffix=wanted.suffix, towards=_other_seed(towards, wanted),
    )  # fmt: skip
    models = _models(round_, download, plan)
    folder = check_writable(out)
    output = RoundOutput(round_, folder, json, lambda index: _fields(round_, index))
    made = MadeImages.of_folder(folder, anywhere=plan.mixed) if resume else MadeImages()
    spent = run_parts(output, models, made, plan)
    for path in write_grid(folder, round_, output.paths, replace=resume):
        tell(f"wrote {path}.")
    return 2 if spent.refused else 0


def _expanded(suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """With an entry for each alternative in braces; each once."""
    found = dict.fromkeys(text for suffix in suffixes for text in expand(suffix, MAX_VALUES + 1))
    return tuple(found)


def _check_suffixes(wanted: GridAxes, lists: WildcardFolder) -> None:
    values = {axis.name: axis.values for axis in (wanted.across, wanted.down)}
    for suffix in values.get("suffix", (wanted.suffix,)):
        if lists.suffixes((suffix,), 0) != (suffix,):
            raise InputError(f"a grid has no wildcards in suffixes: {quoted(suffix)}", "Write {a|b} for alternatives")


def _other_seed(towards: str | None, wanted: GridAxes) -> int | None:
    if towards is None:
        return None
    if "variation" not in (wanted.across.name, wanted.down.name):
        raise InputError("--towards needs an axis of variations", "Add one, such as --axis variation=0%,10%,20%")
    if len(seeds := parse_seeds(towards)) > 1:
        raise InputError("--towards takes one seed", "Give one")
    return seeds[0]


def _models(round_: Round, download: bool, plan: PoolPlan) -> dict[str, Model]:
    """The models of the grid by their names. Every recipe of it has been compared with its model."""
    checked: dict[tuple[object, ...], Model] = {}
    for recipe in (part.recipe for part in parts(round_)):
        what = (recipe.model, recipe.size, recipe.lora, recipe.transformer)
        if what not in checked:
            checked[what] = o.model_of(recipe, download, plan)
    return {str(what[0]): model for what, model in checked.items()}


def _fields(round_: Round, index: int) -> dict[str, Any]:
    row, column = place_of(round_, index)
    across, down = round_.axes
    return {"row": row, "column": column, "axes": {across.name: across.values[column], down.name: down.values[row]}}
