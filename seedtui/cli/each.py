"""One after another, where one that fails must not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from seedtui.cli.text import tell
from seedtui.core.errors import SeedtuiError

_T = TypeVar("_T")


def for_each(things: Iterable[_T], do: Callable[[_T], int | None]) -> int:
    """Call `do` with each; what it raises is told, and counts as 2. The worst exit code; None counts as 0."""
    worst = 0
    for thing in things:
        try:
            worst = max(worst, do(thing) or 0)
        except SeedtuiError as error:
            tell(str(error))
            worst = 2
    return worst
