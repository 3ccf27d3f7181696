"""The environment: what can change pixels apart from the recipe."""

from __future__ import annotations

import msgspec


class Environment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hardware and libraries that an image was made with. An empty string means "none", such as cuDNN on a CPU."""

    gpu: str = ""
    torch: str = ""
    diffusers: str = ""
    transformers: str = ""
    cudnn: str = ""
    attention: str = ""
    tf32: bool = False
    threads: int = 0


_NAMES = {"gpu": "GPU", "cudnn": "cuDNN", "tf32": "TF32"}


def differences(made_with: Environment, here: Environment) -> tuple[str, ...]:
    """The differences between the environment of an image and this one, one short line each."""
    return tuple(
        f"{_NAMES.get(name, name)}: {_shown(a)} then, {_shown(b)} here"
        for name in Environment.__struct_fields__
        if (a := getattr(made_with, name)) != (b := getattr(here, name))
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value not in ("", 0) else "none"
