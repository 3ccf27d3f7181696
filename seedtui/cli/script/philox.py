"""The lines of a plain Diffusers program that draw noise as an NVIDIA card does."""

from __future__ import annotations

from seedtui.cli.script.source_text import definitions_in

IMPORTS = ("import math", "from collections.abc import Callable", "from typing import Any")
"""What the definitions need, beside numpy as np and torch."""

_PARTS = (
    ("core/noise/philox.py", ("philox", "philox_normals")),
    ("engine/diffusion/call/philox_noise.py", ("PhiloxGenerator", "randn_with_philox")),
)


def definitions() -> str:
    """The functions and the class, and `torch.randn` that takes such generators too."""
    found = [part for file, names in _PARTS for part in definitions_in(file, names)]
    return "\n\n\n".join([*found, "torch.randn = randn_with_philox(torch.randn)"])
