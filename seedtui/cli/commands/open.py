"""``seedtui open``: the app, from an image that seedtui or another program made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedtui.app.launch import Launch
from seedtui.cli import options as o
from seedtui.cli.foreign_images import as_json
from seedtui.cli.launch import start
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import print_json
from seedtui.library.library import Library
from seedtui.library.opening import open_image, place_of


def open(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", show_default=False, help="A PNG, JPEG or WebP file.")],
    model: o.ModelName = None,
    device: o.Device = None,
    json: Annotated[bool, typer.Option("--json", help="Print what it says, one JSON object, and leave.")] = False,
) -> int:
    """Go on in the app from an image.

    One of seedtui's opens as it is, in its session. Of one of AUTOMATIC1111, Forge, SD.Next, ComfyUI, InvokeAI,
    NovelAI, SwarmUI, Fooocus, Easy Diffusion or Draw Things the prompt, seed and settings are taken, and four images
    are made from that seed on.
    """
    config = load_config()
    opened = open_image(image, config.recipe.with_changes(model=model, device=device))
    if json:
        print_json(as_json(opened))
        return 0
    recipe = opened.image.recipe.with_changes(model=model, device=device)
    with Library.default() as library:
        place = place_of(library, opened)
    found = opened.image
    if place is not None:
        filled = Launch(recipe, config, session=place.session, filled_prompt=found.prompt, filled_seeds=found.seeds)
        return start(filled)
    notices = (f"opened {image.name} ({found.program})", *found.notes)
    return start(Launch(recipe, config, found.prompt, filled_seeds=found.seeds, notices=notices))
