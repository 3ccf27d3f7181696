"""Lines for a terminal or a pipe, from prompts, paths and errors that may hold anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from seedtui.core.errors import SeedtuiError
from seedtui.core.text.display import visible, visible_lines


def say(line: object) -> None:
    """Print a line of a command's answer on stdout, at once."""
    print(visible(line), flush=True)


def say_lines(text: str) -> None:
    """Print text of several lines, as it is but for what a terminal would obey."""
    print(visible_lines(text), end="")


def tell(line: object, end: str = "\n") -> None:
    """Print a line of the program's own on stderr."""
    if sys.stderr:
        print(f"seedtui: {visible(line)}", file=sys.stderr, flush=True, end=end)


def print_json(value: dict[str, Any]) -> None:
    """Print `value` exactly, as one line of ASCII, at once, as its reader may wait for it."""
    print(json.dumps(value).replace("\x7f", "\\u007f"), flush=True)


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
