"""The steps and guidance that suit a model, where its folder says so; a pipeline's class has one default for all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from seedtui.core.recipe import MAX_STEPS

FILE = "seedtui.json"
"""Beside the model's own files; it may hold more, such as the matrix of previews."""


class Defaults(msgspec.Struct, frozen=True):
    """What a round takes that does not set them; None is what the pipeline does by itself."""

    steps: Annotated[int, msgspec.Meta(ge=1, le=MAX_STEPS)] | None = None
    guidance: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


def read_defaults(folder: Path) -> Defaults:
    """What `folder` says; nothing if it has no such file, or one that was not made for this."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Defaults)
    except (OSError, msgspec.DecodeError):
        return Defaults()
