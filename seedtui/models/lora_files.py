"""Looks at LoRA files before a model is loaded. Reads headers and bytes only, and knows no torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from seedtui.core.errors import FileError, ModelError, quoted
from seedtui.core.recipes.lora import Lora
from seedtui.files.reading import open_file
from seedtui.files.safetensors_header import read_header


def check_files(loras: tuple[Lora, ...]) -> None:
    """See whether each file is there, and is a LoRA.

    Raises:
        ModelError: one is not.
    """
    for lora in loras:
        name = quoted(lora.path, 120)
        if not os.path.isfile(lora.path):
            raise ModelError(f"LoRA {name} is not there", "Copy it there, or name another with --lora")
        try:
            names = read_header(Path(lora.path))
        except FileError as error:
            raise ModelError(f"LoRA {name} cannot be read", "Copy or download it again") from error
        if not is_lora(names):
            raise ModelError(f"{name} is no LoRA: no weights in it are named so", "A whole model goes with --model")


def is_lora(names: Iterable[str]) -> bool:
    """Whether weights of such names are a LoRA's, or those of its relatives."""
    there = tuple(names)
    return any("lora" in name for name in there) or other_kind(there) is not None


_OTHER_KINDS = {
    "hada_w": "LoHa",
    "lokr_w": "LoKr",
    "oft_": "OFT",
    ".on_input": "(IA)³",
    ".diff": "LoRA with whole layers (.diff) in it",
}
"""Relatives of LoRA, which LyCORIS trains, by a part of the names of their weights."""


def other_kind(names: Iterable[str]) -> str | None:
    """The relative of LoRA whose weights have such `names`, None if it is a LoRA."""
    there = tuple(names)
    return next((kind for part, kind in _OTHER_KINDS.items() if any(part in name for name in there)), None)


def weight_names(file: Path) -> tuple[str, ...]:
    """The names of the weights in `file`, without the numbers that scale them.

    Raises:
        FileError: it cannot be read.
    """
    return tuple(name for name in read_header(file) if not name.endswith(".alpha"))


def dora_scales(names: Iterable[str]) -> tuple[str, ...]:
    """Of those `names` the ones by which a DoRA scales each layer."""
    return tuple(name for name in names if name.endswith(".dora_scale") or "lora_magnitude_vector" in name)


def with_hash(lora: Lora) -> Lora:
    """`lora` with the SHA-256 of its file, in hex.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        with open_file(Path(lora.path)) as (stream, _):
            return Lora(path=lora.path, weight=lora.weight, sha256=hashlib.file_digest(stream, "sha256").hexdigest())
    except FileError as error:
        raise ModelError(error.problem.message, error.problem.hint) from error
