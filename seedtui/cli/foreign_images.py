"""What the commands show of an image of another program."""

from __future__ import annotations

from typing import Any

import msgspec

from seedtui.core.foreign.translate import ForeignImage
from seedtui.library.opening import Opened


def as_json(opened: Opened) -> dict[str, Any]:
    """How the image was made, as the object of ``--json``."""
    image, recipe = opened.image, opened.image.recipe
    settings = {name: value for name, value in msgspec.to_builtins(recipe).items() if name != "revision"}
    about = {"path": str(opened.path.absolute()), "program": image.program, "exact": opened.record is not None}
    varied = {"variations": msgspec.to_builtins(image.variations)} if image.variations else {}
    made = {"prompt": image.prompt, "seed": image.seed, **varied, "recipe": settings}
    return about | made | {"notes": list(image.notes)}


def rows(image: ForeignImage) -> dict[str, Any]:
    """The rows to show, by name. Values that the image does not give are empty."""
    recipe = image.recipe
    return {
        "program": image.program,
        "prompt": image.prompt,
        "seed": image.seed,
        "variations": ", ".join(map(str, image.variations)),
        "negative": recipe.negative,
        "encoding": recipe.prompt_encoding if recipe.prompt_encoding != "plain" else None,
        "size": f"{recipe.width}x{recipe.height}" if recipe.width else None,
        "steps": recipe.steps,
        "guidance": recipe.guidance,
        "scheduler": recipe.scheduler,
        "generator": recipe.generator_device,
        "notes": "; ".join(image.notes),
    }
