"""A limit on nesting: values from outside are checked before any recursive code walks them."""

from __future__ import annotations

from typing import Any

MAX_DEPTH = 64
"""Levels of lists and tables. The deepest known model or metadata files have about ten."""


def is_too_deep(value: Any, most: int = MAX_DEPTH) -> bool:
    """Whether lists and dictionaries in `value` are nested more than `most` deep. Does not recurse itself."""
    level: list[Any] = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
