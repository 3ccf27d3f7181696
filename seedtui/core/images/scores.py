"""Scores of images, as a program of the user prints them."""

from __future__ import annotations

import math

from seedtui.core.errors import InputError, quoted

_HINT = "It reads the path of one image per line, and prints one number for each, in the same order"


def parse_scores(text: str, count: int) -> tuple[float, ...]:
    """The scores that a program printed for `count` images, one a line.

    Raises:
        InputError: a line is not a finite number, or there are more or fewer lines.
    """
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    scores = []
    for number, line in enumerate(lines[: count + 1], 1):
        try:
            scores.append(float(line))
        except ValueError:
            scores.append(math.nan)
        if not math.isfinite(scores[-1]):
            raise InputError(f"line {number} of rank_command is not a score: {quoted(line, 40)}", _HINT)
    if len(lines) != count:
        raise InputError(f"rank_command printed {len(lines):,} scores for {count:,} images", _HINT)
    return tuple(scores)


def best_first(scores: dict[int, float]) -> tuple[int, ...]:
    """The keys by score, the highest first; equal ones by key."""
    return tuple(sorted(scores, key=lambda key: (-scores[key], key)))
