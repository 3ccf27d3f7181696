"""Whether a model's folder is whole and its weights can be read, told before anything is loaded. Knows no torch."""

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
"""Bytes; the vocabularies of the largest models have some 35 MB."""


def missing_part(folder: Path) -> str:
    """The first part, or file of one, that the index names and `folder` has not, or has without weights of any kind;
    "" if all is there. A link that leads nowhere is a file of the cache that is gone."""
    index = read_json(folder / "model_index.json") or {}
    for part, value in index.items():
        if is_component(value):
            if not is_part_name(part):
                return quoted(part)
            files = [file for file in (folder / part).glob("*") if not file.name.startswith(".")]
            if not files:
                return part
            if gone := next((file.name for file in sorted(files) if _is_gone(file)), ""):
                return f"{part}/{gone}"
    return next((p.name for p in parts_in(folder, index) if not p.weights and not p.pickled), "")


def check_weights(folder: Path, half: bool | None = None) -> Choice:
    """See whether the weights of the model in `folder` can be read, in half precision where `half` is wanted, else,
    for None, in any way: the variant and the files, below `folder`, that are read.

    Raises:
        ModelError: a part has pickled weights alone, or none, or a file that is read is damaged or none.
    """
    check_files(folder)
    parts = parts_in(folder, read_json(folder / "model_index.json") or {})
    if bare := next((part for part in parts if not part.weights), None):
        raise no_safetensors(shown_name(folder), bare.name, bare.pickled, folder)
    found = candidates(parts, bool(half))
    if not found:
        there = "; ".join(f"{p.name}: {', '.join(v or 'plain' for v in p.weights)}" for p in parts)
        raise ModelError(
            f"the parts of model {shown_name(folder)} have weights in no variant in common: {there}",
            "Download it again, or save it in one variant with save_pretrained",
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
    """See that what lies in `folder` and in its parts can be opened: some reader would wait for a pipe without end.

    Raises:
        ModelError: something is no ordinary file, or settings are larger than any that are known.
    """
    for file in (file for pattern in ("*", "*/*") for file in folder.glob(pattern)):
        name = file.relative_to(folder)
        try:
            found = file.stat()
        except OSError:
            if _is_gone(file):
                continue  # told where it matters, as missing
            raise ModelError(f"{name} of model {shown_name(folder)} cannot be opened", "Copy it again") from None
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise ModelError(f"{name} of model {shown_name(folder)} is a pipe or a device", "Take it away")
        if file.suffix in _SETTINGS and found.st_size > _LARGEST:
            raise ModelError(f"{name} of model {shown_name(folder)} is too large", "Copy it again")


def _is_gone(file: Path) -> bool:
    """Whether `file` is a link that leads nowhere."""
    try:
        file.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def no_safetensors(name: str, part: str, pickled: str, folder: Path | None = None) -> ModelError:
    """What to say of a model one `part` of which has no safetensors, only `pickled` or "" for nothing."""
    if not pickled:
        return ModelError(f"model {name} is not complete: {part} has no whole weights", "Copy or download it again")
    suffix, source = Path(pickled).suffix, str(folder or name)
    return ModelError(
        f"model {name} has only {suffix} weights in {part}; seedtui loads safetensors only",
        'If you trust its source, convert it: python -c "from diffusers import DiffusionPipeline as P; '
        f"P.from_pretrained({source!r}, use_safetensors=False).save_pretrained('converted')\"",
    )


def shown_name(path: Path) -> str:
    """What to call the model at `path`: by its name on the Hub if it is in the cache, else by that of the folder."""
    kept = path.parent.parent.name
    if path.parent.name == "snapshots" and kept.startswith("models--"):
        return kept.removeprefix("models--").replace("--", "/")
    return path.name
