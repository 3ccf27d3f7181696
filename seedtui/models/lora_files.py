"""Checks LoRA files before a model is loaded. Reads only headers and bytes; does not import torch."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from seedtui.core.errors import FileError, ModelError, quoted
from seedtui.core.recipes.lora import Lora
from seedtui.files.reading import open_file
from seedtui.files.safetensors_header import read_header


def check_files(loras: tuple[Lora, ...]) -> None:
    """Check that each file exists and is a LoRA.

    Raises:
        ModelError: one is not.
    """
    for lora in loras:
        name = quoted(lora.path, 120)
        if not os.path.isfile(lora.path):
            raise ModelError(f"there is no LoRA {name}", "Copy it there, or give another with --lora")
        try:
            names = read_header(Path(lora.path))
        except FileError as error:
            raise ModelError(f"LoRA {name} cannot be read", "Copy or download it again") from error
        if not is_lora(names):
            raise ModelError(f"{name} is not a LoRA, judging by its weights", "Use --model for a whole model")


def is_lora(names: Iterable[str]) -> bool:
    """Whether weights with these `names` belong to a LoRA or a related format."""
    there = tuple(names)
    return any("lora" in name for name in there) or other_kind(there) is not None


_OTHER_KINDS = {
    "LoHa": re.compile("hada_w"),
    "LoKr": re.compile("lokr_w"),
    "OFT": re.compile("oft_"),
    "(IA)³": re.compile(r"\.on_input"),
    "LoRA with whole layers (.diff)": re.compile(r"\.diff(_b)?$"),
}
"""Formats related to LoRA, trained with LyCORIS, and what their weights' names contain."""


def other_kind(names: Iterable[str]) -> str | None:
    """The related format whose weights have these `names`, None for a plain LoRA."""
    there = tuple(names)
    return next((kind for kind, part in _OTHER_KINDS.items() if any(map(part.search, there))), None)


def weight_names(file: Path) -> tuple[str, ...]:
    """The names of the weights in `file`, without the alpha values that scale them.

    Raises:
        FileError: it cannot be read.
    """
    return tuple(name for name in read_header(file) if not name.endswith(".alpha"))


def dora_scales(names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that are the scales of a DoRA."""
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
