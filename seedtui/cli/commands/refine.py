"""``seedtui refine``: a refine round of a picked image, without the app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedtui.cli import options as o
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.run_round import run_round
from seedtui.core.errors import InputError
from seedtui.core.images.record import ImageRecord
from seedtui.core.prompts.alternatives import expand
from seedtui.core.prompts.suffixes import MAX_SUFFIXES, suffixes_of
from seedtui.core.recipes.lora import Lora
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.rounds import refine as refine_round
from seedtui.library.files import check_writable
from seedtui.library.images.png import read_record
from seedtui.library.opening import is_ours, open_image


def refine(
    image: Annotated[
        Path,
        typer.Argument(metavar="IMAGE", help="The picked image, of seedtui or another program."),
    ],
    suffix: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help='Joined to the prompt, such as ", artsy"; give it once for each image.'),
    ] = None,
    suffix_set: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="A suffix set of the config, in place of --suffix.")
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Another prompt; the picked image's own if not given.")
    ] = None,
    out: o.Out = Path(),
    model: o.ModelName = None,
    device: o.Device = None,
    profile: o.Profile = None,
    lora: o.Loras = None,
    json: o.Json = False,
) -> None:
    """Make one image for each suffix, from a picked image.

    Prompt, seed and recipe come from the image; of another program's, as far as they can be taken. {a|b} in a suffix
    is one image for each.

    Without --suffix: the set that the config names, or else highly realistic, artsy, trending, colorful.
    """
    suffixes = _suffixes(suffix, suffix_set)
    record = read_record(image) if is_ours(image) else None
    if record is not None:
        round_ = round_from(record, suffixes, prompt, model, device, profile, o.loras_of(lora))
    else:
        opened = open_image(image, load_config().recipe.with_changes(model=model)).image
        for note in opened.notes:
            tell(f"{image.name}: {note}.")
        recipe = opened.recipe.with_changes(device=device, profile=profile, lora=o.loras_of(lora))
        round_ = refine_round(opened.prompt if prompt is None else prompt, opened.seed, suffixes, recipe)
    found = o.model_of(round_.recipe)
    run_round(round_, found, check_writable(out), json, made_from=record)


def _suffixes(given: list[str] | None, name: str | None) -> tuple[str, ...]:
    if given and name is not None:
        raise InputError("--suffix and --set are one or the other", "Give one")
    if given:
        found = [text for suffix in given for text in expand(suffix, MAX_SUFFIXES + 1)]
    else:
        found = [*suffixes_of(load_config().suffix_set(name))]
    if len(found) > max(MAX_SUFFIXES, len(given or ())):
        raise InputError("the alternatives make too many images", f"Use at most {MAX_SUFFIXES}")
    return tuple(found)


def round_from(
    record: ImageRecord,
    suffixes: tuple[str, ...],
    prompt: str | None,
    model: str | None,
    device: str | None,
    profile: str | None,
    lora: tuple[Lora, ...] | None = None,
) -> Round:
    """The round that refines the image of `record`. What it was drawn from, suffix and all, is the new prompt.

    Raises:
        InputError: a value that was given cannot be used.
    """
    recipe = record.recipe.with_changes(model=model, device=device, profile=profile, lora=lora)
    base = prompt if prompt is not None else record.full_prompt
    return refine_round(base, record.seed, suffixes, recipe, record.pick, record.whole_batch)
