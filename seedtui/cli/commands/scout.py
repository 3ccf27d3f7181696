"""``seedtui scout``: many seeds, each stopped early; and finishing some of them."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import argument, command, option
from seedtui.cli.finish_scouted import finish_scouted, seeds_to_finish
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.cli.scout_seeds import scout_seeds
from seedtui.core.errors import InputError
from seedtui.core.rounds.stop import STOP
from seedtui.core.shares import percent


@command
@argument("prompt", metavar="[PROMPT]", required=False, about="What the picture shows.")
@option("--seeds", metavar="SEEDS", help="Such as 0-255, or random:100. Default: 0-63.")
@option("--stop", metavar="STEP", help=f"Where to stop: a step, or a share of the steps. Default: {percent(STOP)}.")
@option("--decode", is_flag=True, help="Decode the previews with the VAE, at full size.")
@option("--rank", is_flag=True, help="Score the previews with the setting rank_command, and print the best first.")
@option("--finish", "finish", metavar="SEEDS",
        help="Finish these seeds of the previews in DIR: 3,17,40, or best:10 by rank_command.")  # fmt: skip
@option("--discard", is_flag=True, help="After --finish, remove the saved state.")
@o.wildcards
@o.out
@o.resume
@o.json
@o.recipe_options()
@o.download
@pool_options()
def scout(
    prompt: str | None, seeds: str | None, stop: str | None, decode: bool, rank: bool, finish: str | None,
    discard: bool, wildcards: Path | None, out: Path, resume: bool, json: bool, changes: o.RecipeChanges,
    download: bool, pool: PoolOptions,
) -> None:  # fmt: skip
    """Look through many seeds: run each for part of its steps, and save a preview.

    contact-sheet.png in DIR shows all previews. DIR/saved holds what --finish needs to skip the steps already made. The
    finished images are, bit for bit, those of seedtui generate.

    With --resume, images that are in DIR already are not made again.
    """
    if finish is None:
        if discard:
            raise InputError("--discard goes with --finish", "Leave it out")
        if prompt is None:
            raise InputError("there is no prompt", 'Write seedtui scout "a cat", or --finish SEEDS')
        scout_seeds(prompt, seeds, stop, decode, rank, wildcards, out, resume, json, changes, download, pool)
        return
    given = {
        "a prompt": prompt, "--seeds": seeds, "--stop": stop, "--decode": decode, "--rank": rank,
        "--wildcards": wildcards, "--mixed": pool.mixed,
        **{f"--{name.replace('_', '-')}": True for name in changes.given},
    }  # fmt: skip
    if odd := next((name for name, value in given.items() if value), None):
        raise InputError(f"--finish cannot be combined with {odd}", "The previews in DIR say how they were made")
    finish_scouted(out, seeds_to_finish(finish), resume, json, download, discard, pool)
