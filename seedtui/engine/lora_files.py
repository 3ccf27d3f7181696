"""Looks at LoRA files before a model is loaded. Reads headers and bytes only, and knows no torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from seedtui.core.errors import FileError, ModelError, quoted
from seedtui.core.lora import Lora
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
            raise ModelError(f"LoRA {name} can not be read", "Copy or download it again") from error
        if not is_lora(names):
            raise ModelError(f"{name} is no LoRA: no weights in it are named so", "A whole model goes with --model")


def is_lora(names: Iterable[str]) -> bool:
    """Whether weights of such names are a LoRA's."""
    return any("lora" in name for name in names)


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
