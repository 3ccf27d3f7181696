"""Shares, such as those of the steps, as people write them."""

from __future__ import annotations

import re

from seedtui.core.errors import InputError, quoted


def parse_share(text: str, name: str) -> float:
    """A share written as ``20%`` or ``0.2``, from 0 to 1; `name` is what it is of, for the error.

    Raises:
        InputError: it is neither, or more than all.
    """
    if match := re.fullmatch(r"\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*(%?)\s*", text):
        value = float(match[1]) / (100 if match[2] else 1)
        if match[2] and value > 1:
            raise InputError(f"{name} {quoted(text)} is more than 100%", "Write a share such as 20%")
        if value <= 1:
            return value
    raise InputError(f"invalid {name} {quoted(text)}", "Write it as 20%")


def percent(share: float) -> str:
    """A share as it was written: ``20%``, ``12.5%``."""
    return f"{share * 100:.6g}%"
