"""Checks, before loading, that a model's folder is complete and its weights are readable. Does not import torch."""

from __future__ import annotations

import stat
from pathlib import Path

from seedtui.core.errors import ModelError, quoted
from seedtui.models.weights import (
    Choice,
    candidates,
    check_safetensors,
    is_component,
    is_part_name,
    parts_in,
    read_json,
)

_SETTINGS = (".json", ".txt", ".model")
_LARGEST = 2**28
"""Maximum size in bytes; the vocabularies of the largest models have about 35 MB."""


def missing_part(folder: Path) -> str:
    """The first component of the index, or file of one, that `folder` lacks, or that has no weights; "" if complete.

    A broken link is a file that is gone from the cache.
    """
    index = read_json(folder / "model_index.json") or {}
    for part, value in index.items():
        if is_component(value):
            if not is_part_name(part):
                return quoted(part)
            files = [file for file in (folder / part).glob("*") if not file.name.startswith(".")]
            if not files:
                return str(part)
            if gone := next((file.name for file in sorted(files) if _is_gone(file)), ""):
                return f"{part}/{gone}"
    return next((p.name for p in parts_in(folder, index) if not p.weights and not p.pickled), "")


def check_weights(folder: Path, half: bool | None = None) -> Choice:
    """Check that the weights of the model in `folder` are readable, and return the variant and the files to read.

    `half` is whether half precision is preferred; None accepts any variant that is readable. Files are relative to
    `folder`.

    Raises:
        ModelError: a component has no weights, or only pickled ones, or a file to read is damaged.
    """
    check_files(folder)
    parts = parts_in(folder, read_json(folder / "model_index.json") or {})
    if empty := next((part for part in parts if not part.weights), None):
        raise no_safetensors(shown_name(folder), empty.name, empty.pickled, folder)
    found = candidates(parts, bool(half))
    if not found:
        there = "; ".join(f"{p.name}: {', '.join(v or 'plain' for v in p.weights)}" for p in parts)
        raise ModelError(
            f"the weights of model {shown_name(folder)} have no variant in common: {there}",
            "Download it again, or save it as one variant with save_pretrained",
        )
    wrong: list[ModelError] = []
    for choice in found if half is None else found[:1]:
        try:
            for file in choice.files:
                if file.endswith(".safetensors"):
                    check_safetensors(folder / file)
        except ModelError as error:
            wrong.append(error)
        else:
            return choice
    raise wrong[0]


def check_files(folder: Path) -> None:
    """Check that everything in `folder` and its components can be opened. Reading a pipe, for example, would hang.

    Raises:
        ModelError: something is not a regular file, or settings are larger than any known ones.
    """
    for file in (file for pattern in ("*", "*/*") for file in folder.glob(pattern)):
        name = file.relative_to(folder)
        try:
            found = file.stat()
        except OSError:
            if _is_gone(file):
                continue  # reported as missing where it matters
            raise ModelError(f"{name} of model {shown_name(folder)} cannot be opened", "Copy it again") from None
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise ModelError(f"{name} of model {shown_name(folder)} is a pipe or a device", "Remove it")
        if file.suffix in _SETTINGS and found.st_size > _LARGEST:
            raise ModelError(f"{name} of model {shown_name(folder)} is too large", "Copy it again")


def _is_gone(file: Path) -> bool:
    """Whether `file` is a broken link."""
    try:
        file.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def no_safetensors(name: str, part: str, pickled: str, folder: Path | None = None) -> ModelError:
    """The error for a model whose `part` has no safetensors: only `pickled`, or nothing if that is ""."""
    if not pickled:
        return ModelError(f"model {name} is incomplete: {part} has no complete weights", "Copy or download it again")
    suffix, source = Path(pickled).suffix, str(folder or name)
    return ModelError(
        f"model {name} has only {suffix} weights in {part}; seedtui loads only safetensors",
        'If you trust its source, convert it: python -c "from diffusers import DiffusionPipeline as P; '
        f"P.from_pretrained({source!r}, use_safetensors=False).save_pretrained('converted')\"",
    )


def shown_name(path: Path) -> str:
    """The display name of the model at `path`: its Hub id if it is in the cache, else the name of the folder."""
    kept = path.parent.parent.name
    if path.parent.name == "snapshots" and kept.startswith("models--"):
        return kept.removeprefix("models--").replace("--", "/")
    return path.name
