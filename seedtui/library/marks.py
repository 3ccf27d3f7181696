"""The user's marks on a session's images, in a small file next to them that survives the loss of the database.

The journal is authoritative. The file is written after each change, and read when the journal is rebuilt from the
images. Like the images it may come from anywhere, so every entry is checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from seedtui.core.errors import FileError
from seedtui.files.json_files import read_json
from seedtui.library.files import write_file
from seedtui.library.images.metadata import MAX_INDEX

FILE = "session.json"
VERSION = 1

MAX_BYTES = 16 * 2**20
"""A hundred times the size for a session of 1,000 rounds."""

MAX_NAME = 60
"""Characters in the name of a session."""

_DEPTH = 4
_LATEST = 1e11
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")

Index = Annotated[int, Meta(ge=0, le=MAX_INDEX)]


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The marks of one round: which image is picked, which have a star, which are deleted, and whether the round is.

    On a sheet also which images have been seen, and which are rejected.
    """

    pick: Index | None = None
    stars: Annotated[tuple[Index, ...], Meta(max_length=MAX_INDEX + 1)] = ()
    deleted: bool = False
    deleted_images: Annotated[tuple[Index, ...], Meta(max_length=MAX_INDEX + 1)] = ()
    seen: Annotated[tuple[Index, ...], Meta(max_length=MAX_INDEX + 1)] = ()
    rejected: Annotated[tuple[Index, ...], Meta(max_length=MAX_INDEX + 1)] = ()


class SessionMarks(msgspec.Struct, frozen=True, kw_only=True):
    """What the user has done with a session: its name, when it was deleted (0: it is not), the marks of its rounds."""

    name: str = ""
    deleted: float = 0
    rounds: Mapping[str, Mark] = msgspec.field(default_factory=dict)


def write_marks(folder: Path, marks: SessionMarks) -> None:
    """Write the marks of a session into the folder of its images.

    Raises:
        FileError: the file cannot be written.
    """
    about = {"name": marks.name} if marks.name else {}
    gone = {"deleted": marks.deleted} if marks.deleted else {}
    write_file(folder / FILE, msgspec.json.encode({"version": VERSION, **about, **gone, "rounds": marks.rounds}))


def read_marks(folder: Path) -> SessionMarks:
    """The readable marks in the folder of a session's images; none if the file is not ours."""
    try:
        found = read_json(folder / FILE, MAX_BYTES, _DEPTH)
    except FileError:
        return SessionMarks()
    rounds = found.get("rounds") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(rounds, dict) or found.get("version") != VERSION:
        return SessionMarks()
    marks = {id_: _mark(value) for id_, value in rounds.items() if _ID.fullmatch(id_)}
    return SessionMarks(
        name=session_name(found.get("name")),
        deleted=_time(found.get("deleted")),
        rounds={id_: mark for id_, mark in marks.items() if mark is not None},
    )


def session_name(value: object) -> str:
    """`value` as the name of a session: one line, not too long; "" if it is none."""
    return " ".join(value.split())[:MAX_NAME].strip() if isinstance(value, str) else ""


def _time(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < _LATEST else 0.0


def _mark(value: object) -> Mark | None:
    try:
        return msgspec.convert(value, Mark)
    except msgspec.ValidationError:
        return None
