"""The weights in a model's folder: which variants each component has, whole or sharded, and which ones to read.

Looks only at names and headers; does not import torch. Ignores what `from_pretrained` would not read: files whose names
begin with a dot, shards that no index names, single-file checkpoints next to the index.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from seedtui.core.errors import FileError, ModelError
from seedtui.files import json_files
from seedtui.files.safetensors_header import HeaderError, read_header

HALF = "fp16"

_MAX_JSON = 2**26
"""Maximum size in bytes of a shard index: tens of thousands of weights take a few MB."""

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
"""Suffixes of the class names of components without weights; their folders may still have a config.json."""

Weights = Mapping[str | None, tuple[str, ...]]
"""The files of each complete variant; None is the plain one. Shards include their index."""


class Part(NamedTuple):
    """The weights in the folder of one component.

    `pickled` names a file that is not safetensors, "" if there is none. `seen` are the variants that Diffusers thinks
    the component has, judging by the name of any file.
    """

    name: str
    weights: Weights
    pickled: str
    seen: frozenset[str]

    def reads(self, variant: str | None) -> tuple[str, ...] | None:
        """The files that ``from_pretrained(variant=variant)`` reads, None if they are not all there."""
        taken = variant if variant and any(seen.startswith(variant) for seen in self.seen) else None
        return self.weights.get(taken)


class Choice(NamedTuple):
    """A variant and the files to read for it, as paths relative to the model's folder."""

    variant: str | None
    files: tuple[str, ...]


def part_of(name: str, files: Iterable[str], shards: Callable[[str], Iterable[str] | None] = lambda _: None) -> Part:
    """The component `name` with `files` in its folder. `shards` returns the shards of an index, None if unreadable."""
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
    """The weights to read, None if some component would have none.

    With `half`, fp16 is preferred; then the plain weights; then any other variant that works for all components.
    """
    choices = candidates(parts, half)
    return choices[0] if choices else None


def candidates(parts: Iterable[Part], half: bool) -> list[Choice]:
    """All ways to read the weights of `parts`, best first."""
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
    """The components of the model in `folder` that have weights, according to its `index`."""
    return [_read_part(folder, name) for name, value in index.items() if has_weights(folder, name, value)]


def has_weights(folder: Path, name: str, value: object) -> bool:
    """Whether the component `name` of an index is a network: its folder has a config.json or weights."""
    if not is_part_name(name) or not is_component(value) or value[1].endswith(_WEIGHTLESS):  # type: ignore[index]
        return False
    return os.path.isfile(folder / name / "config.json") or bool(_read_part(folder, name).weights)


def is_part_name(name: str) -> bool:
    """Whether `name` can name a component, which is also a folder inside the model's and must not lead elsewhere."""
    return bool(re.fullmatch(r"[A-Za-z0-9]\w{0,99}", name))


def is_component(value: object) -> bool:
    """Whether `value` of an index names a library and a class in it."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def find_variant(folder: Path, half: bool) -> str | None:
    """The variant that `choose` picks for the model in `folder`."""
    choice = choose(parts_in(folder, read_json(folder / "model_index.json") or {}), half)
    return choice.variant if choice else None


def check_safetensors(file: Path) -> None:
    """Read the header of `file` and check it against the file's size. Reads no weights.

    Raises:
        ModelError: the file is truncated or damaged.
    """
    try:
        read_header(file)
    except HeaderError as error:
        name = f"{file.parent.name}/{file.name}"
        raise ModelError(f"{name} is damaged: {error.reason}", "Copy or download the model again") from error
    except FileError as error:
        raise ModelError(error.problem.message, error.problem.hint) from error


def read_json(file: Path) -> dict[str, Any] | None:
    """The JSON object in `file`, with or without a byte order mark; None if there is none."""
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
