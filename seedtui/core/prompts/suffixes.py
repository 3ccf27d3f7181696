"""The lines of the suffix editor, and the suffixes that they make."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

from seedtui.core.prompts.alternatives import expand

Way = Literal["each", "pairs", "all"]
"""How lines make suffixes: each by itself, every two together, or all of them together."""

WAYS: tuple[Way, ...] = get_args(Way)
OFF = "#"
MAX_SUFFIXES = 16
"""Suffixes in a round of the app: what a screen can show."""


def is_off(line: str) -> bool:
    """Whether `line` is switched off: it begins with ``#``. ``\\#`` begins a suffix that begins with ``#``."""
    return line.startswith(OFF)


def suffixes_of(lines: Sequence[str], way: Way = "each") -> tuple[str, ...]:
    """The suffixes that `lines` make, to the letter but for ``{a|b}``; at most one more than `MAX_SUFFIXES`.

    Lines that are empty or off are left out.
    """
    on = [line[line.startswith("\\#") :] for line in lines if line.strip() and not is_off(line)]
    size = {"each": 1, "pairs": min(2, len(on)), "all": len(on)}[way]
    found: list[str] = []
    for together in combinations(on, size) if on else ():
        found += expand("".join(together), MAX_SUFFIXES + 1)
        if len(found) > MAX_SUFFIXES:
            break
    return tuple(found[: MAX_SUFFIXES + 1])
