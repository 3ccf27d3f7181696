"""The header of a .safetensors file: which weights are in it, without reading any.

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
"""Bytes; the largest models that are known have some 500 KB. (The library itself reads 100 MB.)"""

_LENGTH = struct.Struct("<Q")
MAX_NUMBER = 2**63
"""What sides and places are below: the library counts with 64 bits."""

_DEPTH = 4
_HINT = "Copy or download it again"


class Weight(NamedTuple):
    """One tensor: its type, such as ``F16``, its shape, and its bytes."""

    dtype: str
    shape: tuple[int, ...]
    size: int


def read_header(path: Path) -> dict[str, Weight]:
    """The weights in the file `path` by name, in the order they are named.

    Raises:
        FileError: it cannot be read, is cut short, or is none.
    """
    with open_file(path) as (file, size):
        try:
            head = file.read(_LENGTH.size)
            if len(head) < _LENGTH.size:
                raise FileError("it is cut short")
            (length,) = _LENGTH.unpack(head)
            room = size - _LENGTH.size - length
            if length > MAX_HEADER or room < 0:
                raise FileError("its header is cut short, or none")
            return _weights(parse_json(file.read(length), _DEPTH), room)
        except FileError as error:
            raise FileError(f"cannot use {shown(path)}: {error.problem.message}", _HINT) from error


def _weights(header: Any, room: int) -> dict[str, Weight]:
    """Those in `header`, which fill the `room` bytes after it."""
    if not isinstance(header, dict):
        raise FileError("its header is none")
    _check_metadata(header.get("__metadata__"))
    weights, end = {}, 0
    for name, value in header.items():
        if name != "__metadata__":
            weights[name], last = _weight(value)
            end = max(end, last)
    if end != room:
        raise FileError("it is cut short" if end > room else "it is longer than its header says")
    return weights


def _check_metadata(value: Any) -> None:
    """What a file says of itself is text by text, or not there; the library loads no file with anything else."""
    texts = {} if value is None else value
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise FileError("its header is damaged")


def _weight(value: Any) -> tuple[Weight, int]:
    """One entry, and where its bytes end."""
    match value:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(stop)]}:
            if 0 <= start <= stop and all(type(side) is int and 0 <= side < MAX_NUMBER for side in shape):
                return Weight(dtype, tuple(shape), stop - start), stop
    raise FileError("its header is damaged")
