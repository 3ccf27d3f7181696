"""The picked image that `refine` and `vary` start from, made by seedtui or by another program."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.options import RecipeChanges, model_of
from seedtui.cli.worker.run_round import run_round
from seedtui.core.errors import quoted
from seedtui.core.images.record import ImageRecord
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import recorded_name
from seedtui.core.rounds.rounds import Batch, Pick, Picked, Round
from seedtui.core.shares import percent
from seedtui.library.files import check_writable
from seedtui.library.images.png import read_record
from seedtui.library.opening import is_ours, open_image

_MEMORY = frozenset({"model", "size", "dtype", "device", "batch_size"})
"""Options that change how much memory a round takes."""


class PickedImage(msgspec.Struct, frozen=True, kw_only=True):
    """What a round from it needs. `recipe` has the changes; `record` is None if another program made the image."""

    seed: int
    recipe: Recipe
    picked: Picked
    record: ImageRecord | None = None

    @property
    def pick(self) -> Pick | None:
        return self.record.pick if self.record else None

    @property
    def batch(self) -> Batch | None:
        return self.record.whole_batch if self.record else None


def read_picked(path: Path, changes: RecipeChanges) -> PickedImage:
    """The image in `path`, with `changes` to its recipe. Prints what was not taken from another program's image.

    Raises:
        FileError: it cannot be read, or does not say how it was made.
        InputError, ModelError: as `RecipeChanges.over`.
    """
    if is_ours(path):
        return from_record(read_record(path), changes)
    opened = open_image(path, changes.over(load_config().recipe)).image
    for note in opened.notes:
        tell(f"{path.name}: {note}.")
    return PickedImage(seed=opened.seed, recipe=changes.over(opened.recipe), picked=opened.picked)


def from_record(record: ImageRecord, changes: RecipeChanges) -> PickedImage:
    """The image of `record`, with `changes` to its recipe; of a finished image, the one that it was finished from.

    Raises:
        InputError, ModelError: as `RecipeChanges.over`.
    """
    if record.source is not None:
        record = record.unfinished
        tell(f"starting from the image that it was finished from: {record.label}.")
    recipe = changes.over(record.recipe)
    if not _MEMORY.isdisjoint(changes.given):
        recipe = msgspec.structs.replace(recipe, fallback=None)  # it may fit into memory now
    return PickedImage(seed=record.seed, recipe=recipe, picked=record.picked, record=record)


def run_from(
    start: PickedImage, round_: Round, out: Path, as_json: bool, download: bool, plan: PoolPlan
) -> None:  # fmt: skip
    """Run `round_`, made from `start`, on the workers of `plan`. Prints first how it differs from the pick.

    Raises:
        SeedtuiError: as `run_round` and `model_of`.
    """
    record = start.record
    if record is not None:
        if line := changes_in_words(record.recipe, round_.recipe):
            tell(line)
        # `run_round` tells what else differs; of a device, only it can.
        asked = msgspec.structs.replace(round_.recipe, device=record.recipe.device)
        record = msgspec.structs.replace(record, recipe=asked)
    model = model_of(round_.recipe, download, plan)
    run_round(round_, model, check_writable(out), as_json, plan, made_from=record)


def changes_in_words(picked: Recipe, now: Recipe) -> str:
    """How `now` differs from the recipe of the picked image, and what that means for a control; "" if it does not.

    Model and device are left out: under another name they may be the same, which is known once they are loaded.
    """
    before, after = _settings(picked), _settings(msgspec.structs.replace(now, device=picked.device))
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return ""
    told = ", ".join(f"{name} {before[name]} → {after[name]}" for name in changed)
    only_low_bits = {*changed} <= {"batch size", "profile", "offload", "attention"}
    effect = "may differ from the pick in low bits" if only_low_bits else "will not equal the pick"
    return f"{told}: the control {effect}."


def _settings(recipe: Recipe) -> dict[str, str]:
    """The settings that decide pixels, as text, by name; each in one spelling, even where the recipe allows two."""
    loras = (f"{Path(lora.path).name}:{lora.weight:g}" for lora in recipe.lora)
    generator = (recipe.generator_device or recipe.device or "").partition(":")[0]
    return {
        "steps": str(recipe.steps),
        "guidance": f"{recipe.guidance:g}" if recipe.guidance is not None else "none",
        "size": f"{recipe.width}x{recipe.height}",
        "negative": quoted(recipe.negative, 30) if recipe.negative else "none",
        "prompt encoding": recipe.prompt_encoding,
        "scheduler": recorded_name(recipe.scheduler or "none"),
        "dtype": str(recipe.dtype),
        "generator device": generator,
        "batch size": str(recipe.batch_size),
        "profile": recipe.profile,
        "weights": recipe.weights,
        "offload": recipe.offload,
        "attention": recipe.attention,
        "draft": recipe.draft,
        "transformer": Path(recipe.transformer).name or "none",
        "LoRA": ", ".join(loras) or "none",
        "spread": f"{percent(recipe.spread)} for {percent(recipe.spread_share)}" if recipe.spread else "none",
    }
