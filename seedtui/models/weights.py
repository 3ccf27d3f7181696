"""The weights in a model's folder: which variants each part has, whole or in shards, and which of them are read.

Looks at names and headers only, and knows no torch. What `from_pretrained` would not read does not matter: files whose
names begin with a dot, shards that no index names, single-file checkpoints beside the index.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from seedtui.core.errors import FileError, ModelError
from seedtui.files import json_files
from seedtui.files.safetensors_header import read_header

HALF = "fp16"

_MAX_JSON = 2**26
"""Bytes of an index of shards: tens of thousands of weights have a few MB."""

_STEM = r"(?:diffusion_pytorch_model|model)"
_WHOLE = re.compile(rf"{_STEM}(?:\.(?!\d{{5}}-of-)(?P<variant>[^.]+))?\.safetensors")
_SHARD = re.compile(
    rf"{_STEM}(?:\.(?P<variant>[^.]+?))?-\d{{5}}-of-(?P<count>\d{{5}})(?:\.(?P<older>[^.]+))?\.safetensors"
)
_INDEX = re.compile(
    rf"{_STEM}\.safetensors\.(?:index\.json|index\.(?P<variant>[^.]+)\.json|(?P<older>[^.]+)\.index\.json)"
)
_PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5")
_WEIGHTLESS = ("Scheduler", "Tokenizer", "TokenizerFast", "Processor", "Extractor", "ProcessorFast", "ProcessorPil")
"""How the classes of parts without weights end; such a folder may hold a config.json all the same."""

Weights = Mapping[str | None, tuple[str, ...]]
"""The files of each variant that is there whole: None is the plain one. Shards come with their index."""


class Part(NamedTuple):
    """The weights that the folder of one part has. `pickled` names one that is not safetensors, "" if there is none.
    `seen` are the variants that Diffusers takes the part to have: it goes by any file's name."""

    name: str
    weights: Weights
    pickled: str
    seen: frozenset[str]

    def reads(self, variant: str | None) -> tuple[str, ...] | None:
        """The files that ``from_pretrained(variant=variant)`` reads of this part, None if they are not all there."""
        taken = variant if variant and any(seen.startswith(variant) for seen in self.seen) else None
        return self.weights.get(taken)


class Choice(NamedTuple):
    """A variant, and the files that are read with it, as paths below the model's folder."""

    variant: str | None
    files: tuple[str, ...]


def part_of(name: str, files: Iterable[str], shards: Callable[[str], Iterable[str] | None] = lambda _: None) -> Part:
    """The part `name` whose folder has `files`; `shards` gives those that an index names, None if it cannot be read."""
    files = sorted(files)
    weights: dict[str | None, tuple[str, ...]] = {}
    for file in files:
        if found := _WHOLE.fullmatch(file):
            if not _SHARD.fullmatch(file):
                weights[found["variant"]] = (file,)
        elif found := _INDEX.fullmatch(file):
            variant = found["variant"] or found["older"]
            named = shards(file)
            pieces = _shards_by_name(files, variant) if named is None else tuple(named)
            if pieces and set(pieces) <= set(files):
                weights.setdefault(variant, (*pieces, file))
    pickled = next((f for f in files if PurePosixPath(f).suffix in _PICKLED and not f.startswith(".")), "")
    seen = frozenset(piece for file in files for piece in file.split(".")[1:2] if piece)
    return Part(name, weights, pickled, seen)


def choose(parts: Iterable[Part], half: bool) -> Choice | None:
    """The weights to read: half precision first where `half` is wanted, then plain ones, then any other variant that
    all parts have or do without. None if some part is left without weights."""
    choices = candidates(parts, half)
    return choices[0] if choices else None


def candidates(parts: Iterable[Part], half: bool) -> list[Choice]:
    """All ways to read the weights of `parts`, the best first."""
    parts = list(parts)
    variants = {v for part in parts for v in part.weights if v}
    others = sorted(variants - {HALF}, key=lambda v: (v != "bf16", v))
    order = [*([HALF] if half and HALF in variants else []), None, *([HALF] if HALF in variants else []), *others]
    found = []
    for variant in dict.fromkeys(order):
        files = [(part.name, part.reads(variant)) for part in parts]
        if all(read is not None for _, read in files):
            found.append(Choice(variant, tuple(f"{name}/{file}" for name, read in files for file in read or ())))
    return found


def parts_in(folder: Path, index: Mapping[str, Any]) -> list[Part]:
    """The parts of the model in `folder` that have weights, by its `index`."""
    return [_read_part(folder, name) for name, value in index.items() if has_weights(folder, name, value)]


def has_weights(folder: Path, name: str, value: object) -> bool:
    """Whether the part `name` of an index is a network: its folder has settings of one, or weights."""
    if not is_part_name(name) or not is_component(value) or value[1].endswith(_WEIGHTLESS):  # type: ignore[index]
        return False
    return os.path.isfile(folder / name / "config.json") or bool(_read_part(folder, name).weights)


def is_part_name(name: str) -> bool:
    """Whether `name` can be that of a part: it is also the name of a folder in the model's, and leads nowhere else."""
    return bool(re.fullmatch(r"[A-Za-z0-9]\w{0,99}", name))


def is_component(value: object) -> bool:
    """Whether an index's `value` names a class: a library, and a class in it."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def find_variant(folder: Path, half: bool) -> str | None:
    """The variant that `choose` takes of the model in `folder`."""
    choice = choose(parts_in(folder, read_json(folder / "model_index.json") or {}), half)
    return choice.variant if choice else None


def check_safetensors(file: Path) -> None:
    """Read the header of `file`, and compare what it promises with the file's size; no weights are read.

    Raises:
        ModelError: the file is cut short or damaged.
    """
    try:
        read_header(file)
    except FileError as error:
        raise ModelError(
            f"{file.parent.name}/{file.name} is damaged: {error.problem.message.rpartition(': ')[2]}",
            "Copy or download the model again",
        ) from error


def read_json(file: Path) -> dict | None:
    """The object in `file`, with or without a byte order mark; None if it is no such file."""
    try:
        value = json_files.read_json(file, _MAX_JSON)
    except FileError:
        return None
    return value if isinstance(value, dict) else None


def _read_part(folder: Path, name: str) -> Part:
    def shards(index: str) -> Iterable[str] | None:
        named = (read_json(folder / name / index) or {}).get("weight_map")
        return sorted({str(v) for v in named.values()}) if isinstance(named, dict) else None

    return part_of(name, (file.name for file in (folder / name).glob("*") if os.path.isfile(file)), shards)


def _shards_by_name(files: Iterable[str], variant: str | None) -> tuple[str, ...]:
    found = [(m, f) for f in files if (m := _SHARD.fullmatch(f)) and (m["variant"] or m["older"]) == variant]
    counts = {int(m["count"]) for m, _ in found}
    return tuple(file for _, file in found) if counts == {len(found)} else ()
