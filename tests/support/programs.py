"""Helpers that are programs of their own."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def program(name: str) -> list[str]:
    """The command that runs `tests.support.NAME`, from any folder."""
    return ["env", f"PYTHONPATH={CHECKOUT}", sys.executable, "-m", f"tests.support.{name}"]
