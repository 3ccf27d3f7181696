"""What terminals are known to draw, by the name and version that they report."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS_SINCE: dict[str, tuple[int, ...]] = {"kitty": (0, 28), "ghostty": (1, 0)}
"""Terminals that draw kitty's Unicode placeholders, and their first version that does. WezTerm and Konsole also answer
the graphics query, but then draw boxes."""

OCTANTS_SINCE: dict[str, tuple[int, ...]] = {"foot": (1, 20), "ghostty": (1, 2), "kitty": (0, 40), "vte": (8000,)}
"""Terminals that draw octants (Unicode 16) themselves, whatever the font has, and a version from which they surely do.
GNOME Terminal and many others are VTE."""


def knows_placeholders(name: str, version: str) -> bool:
    """Whether the terminal draws kitty's Unicode placeholders."""
    return _is_since(PLACEHOLDERS_SINCE, name, version)


def draws_octants(name: str, version: str) -> bool:
    """Whether the terminal draws octants itself."""
    return _is_since(OCTANTS_SINCE, name, version)


def keeps_pixels(name: str) -> bool:
    """Whether painted pictures stay behind text of the default background until the whole screen is cleared.

    In other terminals whatever is written, or erased, in a cell takes its pixels away.
    """
    return name.lower() == "konsole"


def _is_since(first: Mapping[str, tuple[int, ...]], name: str, version: str) -> bool:
    since = first.get(name.lower())
    found = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    return since is not None and bool(found) and found >= since
