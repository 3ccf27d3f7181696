"""The lines of the suffix editor, and the suffixes they produce."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

from seedtui.core.prompts.alternatives import expand

Way = Literal["each", "pairs", "all"]
"""How lines become suffixes: each on its own, in pairs, or all together."""

WAYS: tuple[Way, ...] = get_args(Way)
OFF = "#"
MAX_SUFFIXES = 16
"""Maximum number of suffixes in a round of the app: as many as a screen can show."""


def is_off(line: str) -> bool:
    """Whether `line` is switched off: it begins with ``#``. Write ``\\#`` for a suffix that begins with ``#``."""
    return line.startswith(OFF)


def suffixes_of(lines: Sequence[str], way: Way = "each") -> tuple[str, ...]:
    """The suffixes that `lines` produce, verbatim except that ``{a|b}`` is expanded.

    At most `MAX_SUFFIXES` + 1, so that the caller can see that there are too many. Lines that are empty or switched off
    are skipped.
    """
    on = [line[line.startswith("\\#") :] for line in lines if line.strip() and not is_off(line)]
    size = {"each": 1, "pairs": min(2, len(on)), "all": len(on)}[way]
    found: list[str] = []
    for together in combinations(on, size) if on else ():
        found += expand("".join(together), MAX_SUFFIXES + 1)
        if len(found) > MAX_SUFFIXES:
            break
    return tuple(found[: MAX_SUFFIXES + 1])
