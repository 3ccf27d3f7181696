"""TOML text as values and back, and the line that a value stands in, which Python's own reader does not tell."""

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
"""A key of so many parts, for which Python's reader takes time that grows with the square of their number."""

_LONG_NUMBER = re.compile(r"(?<![\w.-])[+-]?0[xob][0-9a-fA-F_]{256}")
"""Python reads numbers of that many digits if their base is a power of 2, and then cannot print them."""

_MAX_SEARCH = 2**24
"""Characters that are read at most to find a line."""


def parse(text: str, file: str) -> dict[str, Any]:
    """The tables in `text`, which was read from `file`.

    Raises:
        InputError: it is not TOML, and the message has the line; or nested too deep, or with numbers that nobody means.
    """
    if not text.strip():
        return {}
    if _LONG_KEY.search(text):
        raise _too_deep(file)
    if _LONG_NUMBER.search(text):
        raise _unreadable(file)
    import tomllib  # 20 ms that a machine without a config does not pay

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", str(error), re.DOTALL)
        words, line = (at[1], int(at[2])) if at else (str(error).replace(" (at end of document)", ""), _lines(text))
        raise InputError(f"{file}:{line}: it is not TOML: {words[:1].lower()}{words[1:]}", "Mend that line") from error
    except ValueError as error:  # Python reads no number of more than 4300 digits, and no date that there is not
        raise _unreadable(file) from error
    except RecursionError as error:
        raise _too_deep(file) from error
    if is_too_deep(values):
        raise _too_deep(file)
    return values


def _unreadable(file: str) -> InputError:
    return InputError(f"{file}: it has a number or a date that cannot be read", "Write a smaller one")


def _too_deep(file: str) -> InputError:
    return InputError(f"{file} is nested too deep", "Write it plainly")


def written(value: Any) -> str:
    """`value` as TOML on one line: JSON's strings and numbers are TOML's too. What no terminal should get is escaped.

    Of dicts, lists, strings, numbers and booleans.
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    return escaped(json.dumps(value, ensure_ascii=False))


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, where the key at `path` (``("recipe", "steps")``) stands in valid TOML; 0 if it is not there,
    or if there are too many lines that it might be.

    Found by reading: before that line the text has no such key, and a line can only begin a key where the text
    before it is whole.
    """
    lines = text.split("\n")
    key = re.compile(re.escape(path[-1]))
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
    for name in path:
        if not isinstance(data, Mapping) or name not in data:
            return False
        data = data[name]
    return True
