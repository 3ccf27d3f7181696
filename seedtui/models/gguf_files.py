"""Checks a GGUF file before a model is loaded with it. Reads only bytes; does not import torch."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from seedtui.core.errors import FileError, ModelError, quoted
from seedtui.files.reading import open_file
from seedtui.models.weights import is_component, read_json

_MAGIC = b"GGUF"


def check_gguf_file(path: str, model: Path | None = None) -> None:
    """Check that `path` is a GGUF file, or "", and that it can go with the files of `model`, if given.

    Raises:
        ModelError: it is not, or it cannot.
    """
    if not path:
        return
    name = quoted(path, 120)
    if not os.path.isfile(path):
        raise ModelError(f"there is no transformer {name}", "Copy it there, or give another with --transformer")
    try:
        with open_file(Path(path)) as (stream, _):
            magic = stream.read(len(_MAGIC))
    except FileError as error:
        raise ModelError(error.problem.message, error.problem.hint) from error
    if magic != _MAGIC:
        raise ModelError(f"{name} is not a GGUF file, judging by its first bytes", "Copy or download it again")
    if model is not None and model.is_file():
        raise ModelError("a single-file model cannot be used with a GGUF transformer", "Use the model's folder")


def denoiser_of(folder: Path) -> tuple[str, str]:
    """The name and the class of the component of the model in `folder` that a GGUF file replaces; "" if unknown."""
    index = read_json(folder / "model_index.json") or {}
    parts = (name for name in ("transformer", "unet") if is_component(index.get(name)))
    return next(((name, index[name][1]) for name in parts), ("", ""))


def gguf_hash(path: str) -> str:
    """The SHA-256 of the file `path`, in hex; "" for "".

    Raises:
        ModelError: it cannot be read.
    """
    if not path:
        return ""
    try:
        with open_file(Path(path)) as (stream, _):
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileError as error:
        raise ModelError(error.problem.message, error.problem.hint) from error
