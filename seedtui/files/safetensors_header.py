"""Reads the header of a .safetensors file, which lists its weights.

Follows https://github.com/huggingface/safetensors#format: eight bytes with the length of the header, the header as
JSON, then the weights.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, NamedTuple

from seedtui.core.errors import FileError
from seedtui.files.errors import shown
from seedtui.files.json_files import parse_json
from seedtui.files.reading import open_file

MAX_HEADER = 32 * 2**20
"""Maximum size in bytes; the largest known models have about 500 KB. (The library itself reads up to 100 MB.)"""

_LENGTH = struct.Struct("<Q")
MAX_NUMBER = 2**63
"""Sides and offsets must be smaller: the library uses 64 bits."""

_DEPTH = 4


class Weight(NamedTuple):
    """One tensor: its dtype, such as ``F16``, its shape, and its size in bytes."""

    dtype: str
    shape: tuple[int, ...]
    size: int


class HeaderError(FileError):
    """The file is truncated, damaged, or no .safetensors file: `reason` says which, without the path."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot use {shown(path)}: {reason}", "Copy or download it again")
        self.reason = reason


def read_header(path: Path) -> dict[str, Weight]:
    """The weights in the file `path` by name, in the order of the header.

    Raises:
        HeaderError: it is truncated, damaged, or not a .safetensors file.
        FileError: it cannot be read.
    """
    with open_file(path) as (file, size):
        try:
            head = file.read(_LENGTH.size)
            if len(head) < _LENGTH.size:
                raise FileError("it is truncated")
            (length,) = _LENGTH.unpack(head)
            room = size - _LENGTH.size - length
            if length > MAX_HEADER or room < 0:
                raise FileError("its header is truncated or invalid")
            return _weights(parse_json(file.read(length), _DEPTH), room)
        except FileError as error:
            raise HeaderError(path, error.problem.message) from error


def _weights(header: Any, room: int) -> dict[str, Weight]:
    """The weights in `header`, which must fill the `room` bytes after it."""
    if not isinstance(header, dict):
        raise FileError("its header is invalid")
    _check_metadata(header.get("__metadata__"))
    weights, end = {}, 0
    for name, value in header.items():
        if name != "__metadata__":
            weights[name], last = _weight(value)
            end = max(end, last)
    if end != room:
        raise FileError("it is truncated" if end > room else "it is longer than its header says")
    return weights


def _check_metadata(value: Any) -> None:
    """Check that the metadata, if any, maps text to text; the library does not load a file with anything else."""
    texts = {} if value is None else value
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise FileError("its header is damaged")


def _weight(value: Any) -> tuple[Weight, int]:
    """One entry, and the offset where its bytes end."""
    match value:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(stop)]}:
            if 0 <= start <= stop and all(type(side) is int and 0 <= side < MAX_NUMBER for side in shape):
                return Weight(dtype, tuple(shape), stop - start), stop
    raise FileError("its header is damaged")
