"""The steps and guidance that suit a model, where its folder says so; a pipeline's class has one default for all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import MAX_STEPS
from seedtui.files.json_files import read_json

FILE = "seedtui.json"
"""Beside the model's own files; it may hold more, such as the matrix of previews."""

_MAX_BYTES = 2**20


class Defaults(msgspec.Struct, frozen=True):
    """What a round takes that does not set them; None is what the pipeline does by itself."""

    steps: Annotated[int, msgspec.Meta(ge=1, le=MAX_STEPS)] | None = None
    guidance: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


def read_defaults(folder: Path) -> Defaults:
    """What `folder` says; nothing if it has no such file, or one that was not made for this."""
    try:
        return msgspec.convert(read_json(folder / FILE, _MAX_BYTES), Defaults)
    except (FileError, msgspec.ValidationError):
        return Defaults()
