"""Untrusted JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from seedtui.core.errors import FileError
from seedtui.core.nesting import MAX_DEPTH, is_too_deep
from seedtui.files.errors import shown
from seedtui.files.reading import read_bytes

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""The escape of a surrogate. Two of them make a character; text with a single one cannot be encoded."""


def parse_json(data: bytes | str, depth: int = MAX_DEPTH) -> Any:
    """The value in `data`: UTF-8, with or without a byte order mark. All text in the result can be encoded.

    Raises:
        FileError: not JSON, nested more than `depth` deep, or a number is too long.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data.removeprefix("\ufeff")
        value = json.loads(text)
    except UnicodeError as error:
        raise FileError("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise FileError(f"it is not JSON: {error.msg.lower()} in line {error.lineno}") from error
    except ValueError as error:  # Python does not parse numbers of more than 4300 digits
        raise FileError("it has a number with thousands of digits") from error
    except RecursionError as error:
        raise FileError("it is nested too deeply") from error
    if is_too_deep(value, depth):
        raise FileError("it is nested too deeply")
    return _whole(value) if _HALF.search(text) else value


def read_json(path: Path, most: int, depth: int = MAX_DEPTH) -> Any:
    """The value in the file `path`, which may have at most `most` bytes.

    Raises:
        FileError: it cannot be read, or as in `parse_json`.
    """
    data = read_bytes(path, most)
    try:
        return parse_json(data, depth)
    except FileError as error:
        raise FileError(f"cannot use {shown(path)}: {error.problem.message}", "Copy or download it again") from error


def _whole(value: Any) -> Any:
    """`value` with a replacement character for each lone surrogate. The depth has been checked."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_whole(inner) for inner in value]
        case dict():
            return {_whole(key): _whole(inner) for key, inner in value.items()}
    return value
