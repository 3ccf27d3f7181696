"""A model's own default steps and guidance, if its folder has any; a pipeline class has one default for all models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import MAX_STEPS
from seedtui.files.json_files import read_json

FILE = "seedtui.json"
"""A file next to the model's own files. It may contain more, such as the preview matrix."""

_MAX_BYTES = 2**20


class Defaults(msgspec.Struct, frozen=True):
    """Defaults for a round that does not set these; None means the pipeline's default."""

    steps: Annotated[int, msgspec.Meta(ge=1, le=MAX_STEPS)] | None = None
    guidance: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


def read_defaults(folder: Path) -> Defaults:
    """The defaults in `folder`; empty if the file is missing or unsuitable."""
    try:
        return msgspec.convert(read_json(folder / FILE, _MAX_BYTES), Defaults)
    except (FileError, msgspec.ValidationError):
        return Defaults()
