"""TOML text as values, and the line that a value stands in, which Python's own reader does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from seedtui.core.errors import InputError


def parse(text: str, file: str) -> dict[str, Any]:
    """The tables in `text`, which was read from `file`.

    Raises:
        InputError: it is not TOML; the message has the line.
    """
    if not text.strip():
        return {}
    import tomllib  # 20 ms that a machine without a config does not pay

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", str(error), re.DOTALL)
        words, line = (at[1], int(at[2])) if at else (str(error).replace(" (at end of document)", ""), _lines(text))
        raise InputError(f"{file}:{line}: it is not TOML: {words[:1].lower()}{words[1:]}", "Mend that line") from error
    except RecursionError as error:
        raise InputError(f"{file} is nested too deep", "Write it plainly") from error


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, where the key at `path` (``("recipe", "steps")``) stands in valid TOML; 0 if it is not there.

    Found by reading: before that line the text has no such key, and a line can only begin a key where the text
    before it is whole.
    """
    lines = text.split("\n")
    last = re.escape(path[-1])
    found = 0
    for number, line in enumerate(lines):
        if (
            re.search(last, line)
            and (before := _whole("\n".join(lines[:number]))) is not None
            and not _has(before, path)
        ):
            found = number + 1
    return found


def _lines(text: str) -> int:
    return len(text.rstrip().splitlines())


def _whole(text: str) -> dict[str, Any] | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _has(data: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(data, Mapping) or name not in data:
            return False
        data = data[name]
    return True
