"""A GGUF file that replaces the model's transformer or UNet, as part of the recipe: its path, "" for none."""

from __future__ import annotations

from pathlib import Path

from seedtui.core.errors import InputError, quoted

MAX_PATH = 4096
NONE = "none"
"""The word for the model's own."""


def parse_gguf(text: str) -> str:
    """The absolute path of the file that `text` names; "" for ``none`` or nothing.

    Raises:
        InputError: it is not the path of a .gguf file.
    """
    name = text.strip()
    if name in ("", NONE):
        return ""
    check_gguf(name)
    return str(Path(name).expanduser().absolute())


def check_gguf(path: str) -> None:
    """Check `path`, without reading the file.

    Raises:
        InputError: it is not the path of a .gguf file.
    """
    if not path:
        return
    if not path.isprintable() or len(path) > MAX_PATH:
        raise InputError(f"transformer {quoted(path)} is not a path", "Give a .gguf file")
    if not path.lower().endswith(".gguf"):
        raise InputError(
            f"transformer {quoted(path)} is not a .gguf file", "Use --model for a folder or a .safetensors file"
        )


def moved_gguf(path: str, file: Path | None) -> str:
    """`path`, or that of `file` if it has the same file name."""
    return str(file.expanduser().absolute()) if path and file and file.name == Path(path).name else path
