"""The state of one image in a .safetensors file, which is not trusted when it is read."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import NamedTuple

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError

from seedtui.core.errors import FileError
from seedtui.core.rounds.rounds import Shot
from seedtui.core.rounds.saved import state_file
from seedtui.engine.diffusion.scouting.answers import AnswerForm
from seedtui.engine.diffusion.scouting.tape import State, raw
from seedtui.files.json_files import parse_json
from seedtui.files.reading import read_bytes
from seedtui.library.files import make_folder, write_file

MAX_BYTES = 2**31
"""Maximum size of a file."""

_NAME = "seedtui"


class _Header(msgspec.Struct):
    """`rows` is how many images the call had, and `row` which of them it was. `sha256` is the hash of the tensors."""

    key: str
    rows: int
    row: int
    forms: tuple[AnswerForm, ...]
    inputs: str
    sha256: str


class Unusable(Exception):
    """A file is missing, damaged, or was saved with other settings."""


def save(folder: Path, shot: Shot, key: str, rows: int, row: int, state: State) -> None:
    """Write the file of `shot`, which was image `row` of a call with so many `rows`.

    Raises:
        FileError: the folder is not writable, or the disk is full.
    """
    tensors = {f"{call}.{i}": tensor for call, answer in enumerate(state.answers) for i, tensor in enumerate(answer)}
    header = _Header(key, rows, row, state.forms, state.inputs, _hash(state.answers))
    data = safetensors.torch.save(tensors, {_NAME: msgspec.json.encode(header).decode()})
    write_file(state_file(make_folder(folder, private=True), shot.seed), data, sync=False)


class Saved(NamedTuple):
    """What a file has: a state, and in which row of its call the image was."""

    state: State
    row: int


def load(folder: Path, shot: Shot, key: str, rows: int | None = None) -> Saved:
    """The state of `shot`, whose key must be `key`, from a call of so many `rows`; None for any.

    Raises:
        Unusable: there is none.
    """
    try:
        data = read_bytes(state_file(folder, shot.seed), MAX_BYTES)
        (length,) = struct.unpack_from("<Q", data)
        texts = parse_json(data[8 : 8 + length])["__metadata__"]
        header = msgspec.json.decode(texts[_NAME], type=_Header)
        if header.key != key or rows not in (None, header.rows):
            raise Unusable
        tensors = safetensors.torch.load(data)
        answers = [[tensors[f"{call}.{i}"] for i in range(len(form.listed))] for call, form in enumerate(header.forms)]
    except (FileError, SafetensorError, msgspec.DecodeError, struct.error, KeyError, TypeError, ValueError) as error:
        raise Unusable from error
    if not answers or header.sha256 != _hash(answers):
        raise Unusable
    return Saved(State(header.forms, answers, header.inputs), header.row)


def _hash(answers: list[list[torch.Tensor]]) -> str:
    found = hashlib.sha256()
    for answer in answers:
        for tensor in answer:
            found.update(raw(tensor))
    return found.hexdigest()
