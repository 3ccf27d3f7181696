"""Parts of seedtui's own source, for programs that do what it does.

They are read as text, because they need torch, which the command line does not import.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from importlib.resources import files


def definitions_in(file: str, names: Sequence[str]) -> list[str]:
    """The functions and classes of these `names` in `file`, whose path starts below the package."""
    text = files("seedtui").joinpath(file).read_text("utf-8")
    places = {getattr(node, "name", ""): node for node in ast.parse(text).body}
    lines = text.splitlines()
    return ["\n".join(lines[_first(places[name]) - 1 : places[name].end_lineno]) for name in names]


def _first(node: ast.stmt) -> int:
    """The line where `node` begins, with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
