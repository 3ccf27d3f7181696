"""Lists the models on this machine. Looks only at files; loads nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from seedtui.core.errors import ModelError
from seedtui.models.resolve import STARTER, Model, find_model, is_hub_id

DEPTH = 2
"""How many levels below a model folder to search for models."""

SMALLEST_FILE = 500 * 2**20
"""Minimum size in bytes of a single .safetensors file to count as a whole model: SD 1.5 in half precision has 2 GB.
Smaller files are components and LoRAs."""


def models_here(folders: Iterable[Path] = (), smallest: int = SMALLEST_FILE) -> tuple[Model, ...]:
    """The starter model, and every readable model in the Hugging Face cache and in `folders`.

    In a folder, those are model folders and single files of at least `smallest` bytes, up to `DEPTH` levels down.
    """
    found: dict[Path, Model] = {}
    for name in (STARTER, *_cached(), *(path for folder in folders for path in _within(folder, smallest))):
        try:
            model = find_model(name)
        except ModelError:
            continue  # a repository that is not a pipeline, such as a text encoder
        found.setdefault(model.path, model)
    return tuple(found.values())


def bytes_of(model: Model) -> int:
    """Total size in bytes of the files of `model`; links, as in the cache, count as their targets."""
    files = model.path.rglob("*") if model.path.is_dir() else (model.path,)
    return sum(_size(str(file)) for file in files)


def _cached() -> list[str]:
    from huggingface_hub import constants

    try:
        names = sorted(os.listdir(constants.HF_HUB_CACHE))
    except OSError:
        return []
    ids = (name.removeprefix("models--").replace("--", "/", 1) for name in names if name.startswith("models--"))
    return [id_ for id_ in ids if is_hub_id(id_)]


def _within(folder: Path, smallest: int, depth: int = DEPTH) -> Iterator[str]:
    """Paths that look like models, possibly `folder` itself; hidden and unreadable ones are skipped."""
    if os.path.isfile(folder / "model_index.json"):
        yield str(folder)
        return
    try:
        entries = sorted((e for e in os.scandir(folder) if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError:
        return
    for entry in entries:
        if os.path.isdir(entry.path):  # the entry's own method fails on circular links
            if depth:
                yield from _within(Path(entry.path), smallest, depth - 1)
        elif entry.name.lower().endswith(".safetensors") and _size(entry.path) >= smallest:
            yield entry.path


def _size(path: str) -> int:
    """Size in bytes of a regular file, 0 for anything else."""
    try:
        found = os.stat(path)
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0
