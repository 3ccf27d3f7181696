"""``seedtui refine``: a refine round from a picked image, without the app."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.worker.run_round import run_round
from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError, quoted
from seedtui.core.images.record import ImageRecord
from seedtui.core.prompts.alternatives import expand
from seedtui.core.prompts.suffixes import MAX_SUFFIXES, suffixes_of
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import recorded_name
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.rounds import refine as refine_round
from seedtui.library.files import check_writable
from seedtui.library.images.png import read_record
from seedtui.library.opening import is_ours, open_image


@command
@o.image("The picked image, made by seedtui or another program.")
@option("--suffix", metavar="TEXT", multiple=True, help='Text added to the prompt, such as ", artsy". Repeatable.')
@option("--set", "suffix_set", metavar="NAME", help="A suffix set from the settings, instead of --suffix.")
@option("--prompt", metavar="TEXT", help="Another prompt. Default: the image's own.")
@o.wildcards
@o.out
@o.json
@o.recipe_options(of_image=True)
@o.download
def refine(
    image: Path, suffix: tuple[str, ...], suffix_set: str | None, prompt: str | None, wildcards: Path | None,
    out: Path, json: bool, changes: o.RecipeChanges, download: bool,
) -> None:  # fmt: skip
    """Make one image for each suffix, from a picked image.

    Prompt, seed and recipe come from the image, and recipe options replace its settings. {a|b} in a suffix makes one
    image for each alternative. __name__ becomes a line of name.txt, in the folder of --wildcards or of the settings,
    chosen by the seed.

    Without --suffix or --set, the suffixes are those of the set named in the settings, or else: highly realistic,
    artsy, trending, colorful.
    """
    config = load_config()
    suffixes = _suffixes(suffix, suffix_set, config)
    lists = o.wildcards_from(wildcards, config)
    picked = read_record(image) if is_ours(image) else None
    if picked is not None:
        prompt = None if prompt is None else lists.prompt(prompt, picked.seed)
        round_ = round_from(picked, lists.suffixes(suffixes, picked.seed), prompt, changes)
        if line := changes_in_words(picked.recipe, round_.recipe):
            tell(line)
        # `run_round` tells what else differs; of a device, only it can.
        asked = msgspec.structs.replace(round_.recipe, device=picked.recipe.device)
        picked = msgspec.structs.replace(picked, recipe=asked)
    else:
        opened = open_image(image, changes.over(config.recipe)).image
        for note in opened.notes:
            tell(f"{image.name}: {note}.")
        recipe = changes.over(opened.recipe)
        base = opened.prompt if prompt is None else lists.prompt(prompt, opened.seed)
        round_ = refine_round(base, opened.seed, lists.suffixes(suffixes, opened.seed), recipe)
    found = o.model_of(round_.recipe, download)
    run_round(round_, found, check_writable(out), json, made_from=picked)


_MEMORY = frozenset({"model", "size", "dtype", "device", "batch_size"})
"""Options that change how much memory a round takes."""


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


def round_from(
    record: ImageRecord, suffixes: tuple[str, ...], prompt: str | None, changes: o.RecipeChanges
) -> Round:  # fmt: skip
    """The round that refines the image of `record`. Its default prompt is the image's own with its suffix.

    Raises:
        InputError, ModelError: as `RecipeChanges.over`.
    """
    recipe = changes.over(record.recipe)
    if not _MEMORY.isdisjoint(changes.given):
        recipe = msgspec.structs.replace(recipe, fallback=None)  # it may fit into memory now
    base = prompt if prompt is not None else record.full_prompt
    return refine_round(base, record.seed, suffixes, recipe, record.pick, record.whole_batch)


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
    }
