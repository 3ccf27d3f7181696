"""``seedtui scout PROMPT``: previews of many seeds, and their contact sheet."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.pool_options import PoolOptions, with_portable_noise
from seedtui.cli.rank import rank, rank_words
from seedtui.cli.scout_folder import SAVED, check_same_scout, previews_in, saved_folder
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.run_parts import Spent, run_parts
from seedtui.core.errors import FileError, InputError
from seedtui.core.images.made import has_settings_of
from seedtui.core.images.scores import best_first
from seedtui.core.rounds.saved import saved_bytes
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.core.rounds.stop import STOP, Stop, parse_stop
from seedtui.core.text.formatting import counted, size_in_words, time_in_words
from seedtui.engine.wire.protocol import ModelInfo
from seedtui.files.errors import shown
from seedtui.library.export.sheet_files import write_contact_sheets
from seedtui.library.files import check_writable
from seedtui.library.images.made_images import MadeImages
from seedtui.library.images.png import read_record


def scout_seeds(
    prompt: str, seeds: str | None, stop: str | None, decode: bool, ranked: bool, wildcards: Path | None, out: Path,
    resume: bool, as_json: bool, changes: o.RecipeChanges, download: bool, pool: PoolOptions,
) -> None:  # fmt: skip
    """Scout, as the options of the command say.

    Raises:
        SeedtuiError: as `run_parts` and `rank`, or `out` has another scout round.
    """
    config = load_config()
    words = rank_words(config.rank_command) if ranked else ()
    at = parse_stop(stop, decoded=decode) if stop is not None else Stop(share=STOP, decoded=decode)
    plan = pool.over(config.pool)
    recipe = with_portable_noise(changes.over(config.recipe), plan, changes)
    resolve = o.wildcards_from(wildcards, config).resolver(prompt)
    round_ = scout(prompt, parse_seeds("0-63" if seeds is None else seeds), at, recipe, resolve)
    if recipe.steps is not None:
        at.of(recipe.steps)
    model = o.model_of(recipe, download, plan)
    state = saved_folder(out)
    folder = check_writable(out)
    there = previews_in(folder)
    if there and not resume:
        raise InputError(
            f"{shown(folder)} has {counted(len(there), 'preview')} of a scout round", "Add --resume, or another --out"
        )
    check_same_scout(folder, there, round_)
    made = MadeImages(anywhere=plan.mixed)
    for preview in there.values():
        made.add(*preview)
    output = RoundOutput(round_, folder, as_json, silent=ranked)

    def saved(info: ModelInfo) -> str:
        if any(not has_settings_of(preview.record, round_, info) for preview in there.values()):
            raise InputError(f"{shown(folder)} has previews made with other settings", "Use another --out")
        size = saved_bytes(info, recipe, at, sum(shot.seed not in there for shot in round_.shots))
        return state if _has_room(folder, size, config.scout_limit) else ""

    spent = run_parts(output, {recipe.model: model}, made, plan, saved=saved)
    order, captions = sorted(output.paths), {shot.index: str(shot.seed) for shot in round_.shots}
    if ranked:
        scores = dict(zip(order, rank(words, [output.paths[index] for index in order]), strict=True))
        order = list(best_first(scores))
        captions = {index: f"{captions[index]}: {score:.4g}" for index, score in scores.items()}
        for index in order:
            output.print_line(index, {"score": scores[index]})
    for path in write_contact_sheets(
        folder, [(output.paths[index], captions[index]) for index in order], replace=resume
    ):  # fmt: skip
        tell(f"wrote {path}.")
    _tell_time(spent, output.paths[order[0]])
    chosen = ",".join(str(round_.shots[index].seed) for index in order[:3])
    tell(f"to finish some: {shlex.join(['seedtui', 'scout', '--finish', chosen, '--out', str(out)])}")


def _has_room(folder: Path, size: int, limit: float) -> bool:
    """Whether so many bytes may be saved; tells it.

    Raises:
        FileError: the disk is too full.
    """
    words, free = size_in_words(size), shutil.disk_usage(folder).free
    if size > limit * 10**9 or not limit:
        tell(f"saving nothing: {words} is more than scout_limit, {limit:g} GB. What you finish is computed in full.")
        return False
    if size > free:
        raise FileError(
            f"{shown(folder)} has no room for the saved state: {words}, but {size_in_words(free)} are free",
            "Make room, or use fewer seeds or an earlier --stop",
        )
    if size:
        tell(f"saving up to {words} in {folder / SAVED}, so that images can be finished from there.")
    return True


def _tell_time(spent: Spent, preview: Path) -> None:
    record = read_record(preview)
    if not spent.images or record.stop is None or not record.recipe.steps:
        return
    whole = spent.seconds * record.recipe.steps / record.stop.steps
    took, full = time_in_words(spent.seconds), time_in_words(whole)
    tell(f"{counted(spent.images, 'seed')} took {took} to step {record.stop.steps}; full runs would take about {full}.")
