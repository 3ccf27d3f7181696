"""Only `ui/textual_internals.py` uses what is private in Textual: nothing else reads it, calls it or writes over it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

import seedtui.ui
from seedtui.ui import textual_internals

MODULES = [
    module.name
    for module in pkgutil.walk_packages(seedtui.ui.__path__, "seedtui.ui.")
    if not module.ispkg and module.name != textual_internals.__name__
]


PUBLIC = {"_replace", "_exit"}
"""Names of Python's own that only look private: of named tuples, and of `os`."""


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def private_names_of(cls: type) -> set[str]:
    """What Textual's classes among the bases of `cls` keep to themselves: methods, and attributes they assign."""
    names: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.split(".")[0] == "textual":
            names |= {name for name in vars(base) if private(name)}
            names |= set(re.findall(r"self\.(_[a-z]\w*)\s*(?::[^=\n]+)?=", inspect.getsource(base)))
    return names


def private_names_in(cls: type) -> Iterator[str]:
    """What the source of `cls` defines, or uses of itself, that is private."""
    for node in ast.walk(ast.parse(inspect.cleandoc("\n" + inspect.getsource(cls)))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and private(node.name):
            yield node.name
        if isinstance(node, ast.Attribute) and private(node.attr):
            yield node.attr


@pytest.mark.parametrize("module", MODULES)
def test_no_class_of_ours_uses_or_replaces_what_is_private_in_textual(module):
    for cls in vars(importlib.import_module(module)).values():
        if inspect.isclass(cls) and cls.__module__ == module:
            assert private_names_of(cls) & set(private_names_in(cls)) == set(), cls


@pytest.mark.parametrize("module", MODULES)
def test_nothing_private_of_another_object_is_used(module):
    source = Path(importlib.import_module(module).__file__).read_text()
    foreign = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and private(node.attr)
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    ]
    assert foreign == []
    assert not re.search(r"from textual\._|import textual\._", source)


def test_the_version_that_was_checked_is_the_one_in_use():
    assert f"Textual {version('textual')}." in (textual_internals.__doc__ or "")
