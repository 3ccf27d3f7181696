"""``seedtui scout --finish``: makes chosen images of a scout round to their end."""

from __future__ import annotations

import re
from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.pool_options import PoolOptions
from seedtui.cli.rank import rank, rank_words
from seedtui.cli.scout_folder import SAVED, Preview, discard, finish_round, previews_in, saved_folder, saved_size
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.run_parts import Spent, run_parts
from seedtui.core.errors import InputError
from seedtui.core.images.scores import best_first
from seedtui.core.rounds.seeds import MAX_SEEDS, parse_seeds
from seedtui.core.shares import percent
from seedtui.core.text.formatting import size_in_words, time_in_words
from seedtui.library.files import check_writable
from seedtui.library.images.made_images import MadeImages


def seeds_to_finish(text: str) -> tuple[int, ...] | int:
    """The seeds that `text` names, or for ``best:10`` how many of the best.

    Raises:
        InputError: it is neither.
    """
    if not text.startswith("best:"):
        return parse_seeds(text)
    if not re.fullmatch(r"best:[0-9]{1,6}", text) or not 0 < int(text[5:]) <= MAX_SEEDS:
        raise InputError(f"“{text}” is not a number of images", "Write best:10")
    return int(text[5:])


def finish_scouted(
    folder: Path, wanted: tuple[int, ...] | int, resume: bool, as_json: bool, download: bool, then_discard: bool,
    pool: PoolOptions,
) -> None:  # fmt: skip
    """Finish the `wanted` seeds of the previews in `folder`, or so many of the best ones.

    Raises:
        SeedtuiError: as `run_parts`, `finish_round` and `rank`.
    """
    plan = pool._replace(mixed=None).over(load_config().pool)  # only in the environment of the preview is it exact
    state = saved_folder(folder)
    found = previews_in(folder) if folder.is_dir() else {}
    seeds = _best(found, wanted) if isinstance(wanted, int) else wanted
    round_ = finish_round(folder, found, seeds)
    environment = found[seeds[0]].record.environment
    threads = environment.threads if round_.recipe.device == "cpu" else 0
    models = {round_.recipe.model: o.model_of(round_.recipe, download, plan)}
    made = MadeImages.of_folder(folder, any_slot=True) if resume else MadeImages()
    output = RoundOutput(round_, check_writable(folder), as_json)
    spent = run_parts(output, models, made, plan, threads=threads, saved=lambda info: state, like=environment)
    _tell(spent)
    if then_discard:
        tell(f"removed the saved state, {size_in_words(discard(folder))}.")
    elif size := saved_size(folder):
        tell(f"the saved state stays: {size_in_words(size)} in {folder / SAVED}. --discard removes it.")


def _best(found: dict[int, Preview], count: int) -> tuple[int, ...]:
    words = rank_words(load_config().rank_command)
    scores = rank(words, [preview.path for preview in found.values()]) if found else ()
    return best_first(dict(zip(found, scores, strict=True)))[:count]


def _tell(spent: Spent) -> None:
    if not spent.images:
        tell("all of these images exist already.")
    elif spent.replayed:
        saved = spent.seconds * spent.replayed / max(1 - spent.replayed, 0.01)
        tell(f"{percent(round(spent.replayed, 2))} of the steps were not computed again: saved {time_in_words(saved)}.")
    elif not spent.told:
        first = "this first time, all steps were computed, to check the saved state"
        tell(f"{first}. From now on, those already made are skipped.")
