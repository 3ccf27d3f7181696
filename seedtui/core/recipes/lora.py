"""LoRA files with a weight, as part of the recipe."""

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
"""The word for no LoRA at all."""


class Lora(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`path` is the absolute path of a .safetensors file; `weight` is its scale.

    `sha256` is the hash of the file's bytes, filled in once it is loaded.
    """

    path: str
    weight: float = 1.0
    sha256: str | None = None

    @property
    def asked(self) -> Lora:
        """As the user asked for it, without the file's hash."""
        return msgspec.structs.replace(self, sha256=None)

    def __str__(self) -> str:
        """In the form that `parse_lora` reads."""
        return self.path if self.weight == 1 else f"{self.path}:{self.weight!r}"

    def check(self) -> None:
        """Check the values, without reading the file.

        Raises:
            InputError: the path, the weight or the hash is invalid.
        """
        if not self.path.isprintable() or len(self.path) > MAX_PATH:
            raise InputError(f"LoRA {quoted(self.path)} is not a path", "Give a .safetensors file")
        if not self.path.endswith(".safetensors"):
            raise InputError(f"LoRA {quoted(self.path)} is not a .safetensors file", "Other formats may contain code")
        if not math.isfinite(self.weight) or abs(self.weight) > MAX_WEIGHT:
            raise InputError(f"LoRA weight {self.weight:g} is out of range", f"Use -{MAX_WEIGHT:g} to {MAX_WEIGHT:g}")
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise InputError(f"LoRA hash {quoted(self.sha256)} is not a SHA-256")


def check_loras(loras: tuple[Lora, ...]) -> None:
    """Check all of `loras`.

    Raises:
        InputError: there are too many, one is given twice, or one is invalid.
    """
    if len(loras) > MAX_LORAS:
        raise InputError(f"too many LoRA files: {len(loras)}", f"Use at most {MAX_LORAS}")
    for lora in loras:
        lora.check()
    if len({lora.path for lora in loras}) < len(loras):
        raise InputError("a LoRA file is given twice", "Give it once, with the sum of the weights")


def parse_lora(text: str) -> Lora:
    """Parse ``FILE`` or ``FILE:0.8``.

    Raises:
        InputError: not a .safetensors file, or the weight is not a number.
    """
    path, colon, weight = text.strip().rpartition(":")
    if not colon or weight.endswith(".safetensors"):
        path, weight = text.strip(), "1"
    try:
        value = float(weight)
    except ValueError as error:
        raise InputError(f"LoRA weight {quoted(weight, 12)} is not a number", "Write FILE:0.8") from error
    if not path:
        raise InputError("a LoRA needs a file", "Write FILE, or FILE:0.8")
    lora = Lora(path=str(Path(path).expanduser().absolute()), weight=value)
    lora.check()
    return lora


def parse_loras(texts: Iterable[str]) -> tuple[Lora, ...]:
    """Parse each text with `parse_lora`, skipping blank ones; ``none`` on its own means no LoRA."""
    return loras_from(text.strip() for text in texts if text.strip())


def loras_from(given: Iterable[str | Lora]) -> tuple[Lora, ...]:
    """Parse each text with `parse_lora` and keep each `Lora`; ``none`` on its own means no LoRA.

    Raises:
        InputError: there are too many, one is given twice, or one is invalid.
    """
    entries = tuple(given)
    found = () if entries == (NONE,) else tuple(parse_lora(one) if isinstance(one, str) else one for one in entries)
    check_loras(found)
    return found


def moved(loras: tuple[Lora, ...], files: tuple[Path, ...]) -> tuple[Lora, ...]:
    """`loras`, each with the path of the one of `files` that has the same file name, if there is one."""
    now_at = {file.name: str(file.expanduser().absolute()) for file in files}
    return tuple(msgspec.structs.replace(lora, path=now_at.get(Path(lora.path).name, lora.path)) for lora in loras)


def at_full_weight(loras: tuple[Lora, ...]) -> tuple[Lora, ...]:
    """The files of `loras` in their order: equal ones differ in weights at most."""
    return tuple(Lora(path=lora.path) for lora in loras)


def asked(loras: tuple[Lora, ...]) -> tuple[Lora, ...]:
    """`loras` as the user asked for them."""
    return tuple(lora.asked for lora in loras)
