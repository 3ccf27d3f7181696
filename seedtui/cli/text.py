"""Words for a terminal or a pipe, from prompts and paths that may hold anything."""

from __future__ import annotations

import json
import sys
from typing import Any


def tell(line: str) -> None:
    """Print a line of the program's own on stderr."""
    if sys.stderr:
        print(f"seedtui: {plain(line)}", file=sys.stderr, flush=True)


def plain(text: object) -> str:
    """`text` on one line, without escape codes or bytes that no output can take."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def print_json(value: dict[str, Any]) -> None:
    """Print `value` as one line, at once, as its reader may wait for it."""
    print(json.dumps(value), flush=True)
