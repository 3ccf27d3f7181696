"""``seedtui vary``: variations of a picked image, without the app."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.picked_image import read_picked, run_from
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.core.rounds.make import vary as vary_round
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.core.rounds.variation import Variation
from seedtui.core.shares import parse_share


@command
@o.image("The picked image, made by seedtui or another program.")
@option("--strength", metavar="SHARE", multiple=True,
        help="How far to turn the noise towards the other seeds, 0% to 100%. Repeatable. Default: 20%.")  # fmt: skip
@option("--seeds", metavar="SEEDS", help="The other seeds, such as 100-103. Default: four random ones.")
@o.out
@o.json
@o.recipe_options(of_image=True)
@o.download
@pool_options(mixed=False)
def vary(
    image: Path, strength: tuple[str, ...], seeds: str | None, out: Path, json: bool, changes: o.RecipeChanges,
    download: bool, pool: PoolOptions,
) -> None:  # fmt: skip
    """Make one image for each other seed: variations of a picked image.

    Prompt, seed and recipe come from the image, and recipe options replace its settings. Several --strength make one
    image for each of them. 0% is the image itself, 100% that of the other seed.
    """
    start = read_picked(image, changes)
    strengths = [parse_share(words, "strength") for words in strength or ("20%",)]
    variations = [Variation(seed, s) for seed in parse_seeds(seeds or "random:4") for s in strengths]
    round_ = vary_round(start.seed, variations, start.recipe, start.pick, start.batch, picked=start.picked)
    run_from(start, round_, out, json, download, pool.over(load_config().pool))
