"""The lines of a plain Diffusers program that draw noise as an NVIDIA card does: taken from seedtui's own source.

They are read as text, because they need torch, which the command line does not import.
"""

from __future__ import annotations

import ast
from importlib.resources import files

IMPORTS = ("import math", "from collections.abc import Callable", "from typing import Any")
"""What the definitions need, beside numpy as np and torch."""

_PARTS = (
    ("core/noise/philox.py", ("philox", "philox_normals")),
    ("engine/diffusion/call/philox_noise.py", ("PhiloxGenerator", "randn_with_philox")),
)


def definitions() -> str:
    """The functions and the class, and `torch.randn` that takes such generators too."""
    found = [part for file, names in _PARTS for part in _definitions(file, names)]
    return "\n\n\n".join([*found, "torch.randn = randn_with_philox(torch.randn)"])


def _definitions(file: str, names: tuple[str, ...]) -> list[str]:
    text = files("seedtui").joinpath(file).read_text("utf-8")
    places = {getattr(node, "name", ""): node for node in ast.parse(text).body}
    return [ast.get_source_segment(text, places[name]) or "" for name in names]
