"""Output lines for a terminal or a pipe. Prompts, paths and errors in them may contain anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from seedtui.core.errors import SeedtuiError
from seedtui.core.text.display import visible, visible_lines


def say(line: object) -> None:
    """Print a line of a command's output on stdout, and flush."""
    print(visible(line), flush=True)


def say_lines(text: str) -> None:
    """Print text of several lines, without control sequences."""
    print(visible_lines(text), end="")


def tell(line: object, end: str = "\n") -> None:
    """Print a message on stderr."""
    if sys.stderr:
        print(f"seedtui: {visible(line)}", file=sys.stderr, flush=True, end=end)


def print_json(value: dict[str, Any]) -> None:
    """Print `value` as one line of ASCII JSON, and flush, as its reader may be waiting."""
    print(json.dumps(value).replace("\x7f", "\\u007f"), flush=True)


_T = TypeVar("_T")


def for_each(things: Iterable[_T], do: Callable[[_T], int | None]) -> int:
    """Call `do` with each thing; its errors are printed and count as 2. The highest exit code; None counts as 0."""
    worst = 0
    for thing in things:
        try:
            worst = max(worst, do(thing) or 0)
        except SeedtuiError as error:
            tell(str(error))
            worst = 2
    return worst
