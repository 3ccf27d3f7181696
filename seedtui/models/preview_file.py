"""The preview matrix that is stored with a model, or known: it makes small pictures from latents."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seedtui.core.errors import FileError
from seedtui.files.json_files import read_json
from seedtui.models.defaults import FILE

Row = tuple[float, float, float]

SD1: tuple[Row, ...] = (
    (0.3512, 0.2297, 0.3227),
    (0.3250, 0.4974, 0.2350),
    (-0.2829, 0.1762, 0.2721),
    (-0.2120, -0.2616, -0.7177),
)
"""Latents of SD 1.x and 2.x to RGB in -1 to 1, one row per channel."""

_MAX_BYTES = 2**20


class PreviewMatrix(msgspec.Struct, frozen=True):
    """Scaled latents to RGB in -1 to 1: one row of `matrix` per channel, and `bias`."""

    matrix: list[Row]
    bias: Row


class _File(msgspec.Struct):
    preview: PreviewMatrix


def read_preview(folder: Path) -> PreviewMatrix | None:
    """The matrix stored in `folder`; None if there is none, or it is unsuitable."""
    try:
        return msgspec.convert(read_json(folder / FILE, _MAX_BYTES), _File).preview
    except (FileError, msgspec.ValidationError):
        return None
