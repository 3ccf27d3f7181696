"""LoRA files with a weight: a small change of a model's weights, as a part of the recipe."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from seedtui.core.errors import InputError, quoted

MAX_LORAS = 8
MAX_WEIGHT = 10.0
MAX_PATH = 4096
NONE = "none"
"""The word for a recipe without any."""


class Lora(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`path` of a .safetensors file, absolute, so that it is found from every folder; `weight` is its scale.

    `sha256` is of the file's bytes, filled in once it is loaded.
    """

    path: str
    weight: float = 1.0
    sha256: str | None = None

    @property
    def asked(self) -> Lora:
        """What was asked for, without what the file turned out to hold."""
        return msgspec.structs.replace(self, sha256=None)

    def __str__(self) -> str:
        """As `parse_lora` reads it."""
        return self.path if self.weight == 1 else f"{self.path}:{self.weight!r}"

    def check(self) -> None:
        """Whether it can be one at all; the file is not looked at.

        Raises:
            InputError: the path, the weight or the hash cannot be used.
        """
        if not self.path.isprintable() or len(self.path) > MAX_PATH:
            raise InputError(f"LoRA {quoted(self.path)} is no path", "Name a .safetensors file")
        if not self.path.endswith(".safetensors"):
            raise InputError(
                f"LoRA {quoted(self.path)} is no .safetensors file", "Others may hold code, and are not loaded"
            )
        if not math.isfinite(self.weight) or abs(self.weight) > MAX_WEIGHT:
            raise InputError(f"LoRA weight {self.weight:g} is out of range", f"Use -{MAX_WEIGHT:g} to {MAX_WEIGHT:g}")
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise InputError(f"LoRA sha256 {quoted(self.sha256)} is none")


def check_loras(loras: tuple[Lora, ...]) -> None:
    """Raises:
    InputError: there are too many, one twice, or one cannot be used.
    """
    if len(loras) > MAX_LORAS:
        raise InputError(f"{len(loras)} LoRA files are too many", f"Use at most {MAX_LORAS}")
    for lora in loras:
        lora.check()
    if len({lora.path for lora in loras}) < len(loras):
        raise InputError("a LoRA file is given twice", "Give it once, with the sum of the weights")


def parse_lora(text: str) -> Lora:
    """``FILE`` or ``FILE:0.8``.

    Raises:
        InputError: no .safetensors file, or the weight is no number.
    """
    path, colon, weight = text.strip().rpartition(":")
    if not colon or weight.endswith(".safetensors"):
        path, weight = text.strip(), "1"
    try:
        value = float(weight)
    except ValueError as error:
        raise InputError(f"LoRA weight {quoted(weight, 12)} is no number", "Write FILE:0.8") from error
    if not path:
        raise InputError("a LoRA needs a file", "Write FILE, or FILE:0.8")
    lora = Lora(path=str(Path(path).expanduser().absolute()), weight=value)
    lora.check()
    return lora


def parse_loras(texts: Iterable[str]) -> tuple[Lora, ...]:
    """Each as `parse_lora`, blank ones left out; the word ``none`` alone is none at all."""
    return loras_from(text.strip() for text in texts if text.strip())


def loras_from(given: Iterable[str | Lora]) -> tuple[Lora, ...]:
    """Each text as `parse_lora`, what is one already as it is; the word ``none`` alone is none at all.

    Raises:
        InputError: there are too many, one twice, or one cannot be used.
    """
    entries = tuple(given)
    found = () if entries == (NONE,) else tuple(parse_lora(one) if isinstance(one, str) else one for one in entries)
    check_loras(found)
    return found


def moved(loras: tuple[Lora, ...], files: tuple[Path, ...]) -> tuple[Lora, ...]:
    """Each at the one of `files` that has its name, if there is one, or else where it was."""
    now_at = {file.name: str(file.expanduser().absolute()) for file in files}
    return tuple(msgspec.structs.replace(lora, path=now_at.get(Path(lora.path).name, lora.path)) for lora in loras)


def asked(loras: tuple[Lora, ...]) -> tuple[Lora, ...]:
    """Each as it was asked for."""
    return tuple(lora.asked for lora in loras)
