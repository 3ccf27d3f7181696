"""Read and write TOML, and find the line of a value, which Python's own parser does not report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from seedtui.core.errors import InputError
from seedtui.core.nesting import MAX_DEPTH, is_too_deep
from seedtui.core.text.display import escaped

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+(?:{_PART}\.[ \t]*+){{{MAX_DEPTH}}}", re.MULTILINE)
"""A key of more than `MAX_DEPTH` parts: Python's parser takes time quadratic in their number."""

_LONG_NUMBER = re.compile(r"(?<![\w.-])[+-]?0[xob][0-9a-fA-F_]{256}")
"""Python parses numbers this long if the base is a power of 2, but then cannot print them."""

_MAX_SEARCH = 2**24
"""Maximum number of characters to parse when looking for a line."""


def parse(text: str, file: str) -> dict[str, Any]:
    """The tables in `text`, which was read from `file`.

    Raises:
        InputError: not TOML (the message has the line), nested too deeply, or a number or date that Python cannot read.
    """
    if not text.strip():
        return {}
    if _LONG_KEY.search(text):
        raise _too_deep(file)
    if _LONG_NUMBER.search(text):
        raise _unreadable(file)
    import tomllib  # 20 ms, saved if there is no config file

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", str(error), re.DOTALL)
        words, line = (at[1], int(at[2])) if at else (str(error).replace(" (at end of document)", ""), _lines(text))
        raise InputError(f"{file}:{line}: invalid TOML: {words[:1].lower()}{words[1:]}", "Correct that line") from error
    except ValueError as error:  # a number of more than 4300 digits, or a date that does not exist
        raise _unreadable(file) from error
    except RecursionError as error:
        raise _too_deep(file) from error
    if is_too_deep(values):
        raise _too_deep(file)
    return values


def _unreadable(file: str) -> InputError:
    return InputError(f"{file} has a number or date that cannot be read", "Correct it")


def _too_deep(file: str) -> InputError:
    return InputError(f"{file} is nested too deeply", f"Use at most {MAX_DEPTH} levels")


def written(value: Any) -> str:
    """`value` (dicts, lists, strings, numbers, booleans) as TOML on one line.

    JSON's strings and numbers are valid TOML. Characters that are unsafe in a terminal are escaped.
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    return escaped(json.dumps(value, ensure_ascii=False))


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, of the key `path` (``("recipe", "steps")``) in valid TOML; 0 if it is not there, or if there
    are too many candidate lines. In a list of tables, the part after its key counts them from 1 (``("hosts", "2")``).

    It is found by parsing: a line can begin a key only if the text before it is valid TOML, and the key's line is
    the last such line before which the text does not have the key.
    """
    lines = text.split("\n")
    names = [name for name in path[-2:] if not name.isdecimal()] if path[-1].isdecimal() else [path[-1]]
    key = re.compile("|".join(map(re.escape, [*names, path[-1]])))
    places = [number for number, line in enumerate(lines) if key.search(line)]
    if len(places) * len(text) > _MAX_SEARCH:
        return 0
    found = 0
    for number in places:
        before = _whole("\n".join(lines[:number]))
        if before is not None and not _has(before, path):
            found = number + 1
    return found


def _lines(text: str) -> int:
    return len(text.rstrip().splitlines())


def _whole(text: str) -> dict[str, Any] | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _has(data: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    found: Any = data
    for name in path:
        if isinstance(found, list) and name.isdecimal() and 0 < int(name) <= len(found):
            found = found[int(name) - 1]
        elif isinstance(found, Mapping) and name in found:
            found = found[name]
        else:
            return False
    return True
