"""``seedtui refine``: a refine round from a picked image, without the app."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.picked_image import read_picked, run_from
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError
from seedtui.core.prompts.alternatives import expand
from seedtui.core.prompts.ideas import IDEA_SETS, needs_real_model
from seedtui.core.prompts.suffixes import MAX_SUFFIXES, suffixes_of
from seedtui.core.rounds.make import refine as refine_round
from seedtui.core.shares import parse_share
from seedtui.core.text.formatting import counted
from seedtui.models.resolve import STARTER


@command
@o.image("The picked image, made by seedtui or another program.")
@option("--suffix", metavar="TEXT", multiple=True, help='Text added to the prompt, such as ", artsy". Repeatable.')
@option(
    "--set",
    "suffix_set",
    metavar="NAME",
    help=f"A suffix set instead of --suffix: {', '.join(IDEA_SETS)}, or one from the settings.",
)
@option("--prompt", metavar="TEXT", help="Another prompt. Default: the image's own.")
@option(
    "--hold",
    metavar="SHARE",
    multiple=True,
    help="Run this share of the steps with the image's own prompt, 0% to 90%: keeps its composition. Repeatable.",
)
@o.wildcards
@o.out
@o.json
@o.recipe_options(of_image=True)
@o.download
@pool_options(mixed=False)
def refine(
    image: Path, suffix: tuple[str, ...], suffix_set: str | None, prompt: str | None, hold: tuple[str, ...],
    wildcards: Path | None, out: Path, json: bool, changes: o.RecipeChanges, download: bool,
    pool: PoolOptions,
) -> None:  # fmt: skip
    """Make one image for each suffix, from a picked image.

    Prompt, seed and recipe come from the image, and recipe options replace its settings. {a|b} in a suffix makes one
    image for each alternative, and several --hold make one for each of them. __name__ becomes a line of name.txt, in
    the folder of --wildcards or of the settings, chosen by the seed.

    Without --suffix or --set, the suffixes are those of the set named in the settings, or else: highly realistic,
    artsy, trending, colorful.
    """
    config = load_config()
    suffixes = _suffixes(suffix, suffix_set, config)
    holds = tuple(parse_share(words, "hold") for words in hold) or (0.0,)
    lists = o.wildcards_from(wildcards, config)
    start = read_picked(image, changes)
    round_ = refine_round(
        start.picked.prompt if prompt is None else lists.prompt(prompt, start.seed), start.seed,
        lists.suffixes(suffixes, start.seed), start.recipe, start.pick, start.batch, picked=start.picked, holds=holds,
    )  # fmt: skip
    unknown = sum(map(needs_real_model, suffixes)) if start.recipe.model == STARTER else 0
    if unknown:
        tell(f"the starter does not know the words of {counted(unknown, 'suffix', 'suffixes')}; larger models do.")
    run_from(start, round_, out, json, download, pool.over(config.pool))


def _suffixes(given: tuple[str, ...], name: str | None, config: Config) -> tuple[str, ...]:
    if given and name is not None:
        raise InputError("--suffix and --set cannot be combined", "Give one of them")
    if given:
        found = [text for suffix in given for text in expand(suffix, MAX_SUFFIXES + 1)]
    else:
        found = [*suffixes_of(config.suffix_set(name))]
    if len(found) > max(MAX_SUFFIXES, len(given)):
        raise InputError("the alternatives make too many images", f"The limit is {MAX_SUFFIXES}")
    return tuple(found)
