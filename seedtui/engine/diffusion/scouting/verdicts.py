"""Whether continuing from a saved state gave exactly the images of a whole call, by setup."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from seedtui.core.errors import FileError
from seedtui.files.reading import read_bytes
from seedtui.library.files import write_file

_FILE = "exact.json"

_MAX_BYTES = 2**20


class Verdicts:
    """What is known to this process, and what is written beside the states for others."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def key(self, *setup: object) -> str:
        """Of a `setup`: the key of all settings, and what else there is about its calls."""
        return hashlib.sha256(msgspec.json.encode(setup)).hexdigest()

    def get(self, key: str, folder: Path) -> bool | None:
        """The verdict on `key`, None if it is not known, here or in `folder`."""
        return self._known.get(key, _read(folder).get(key))

    def put(self, key: str, folder: Path, exact: bool) -> None:
        """Remember a verdict; in `folder` if that is possible."""
        self._known[key] = exact
        try:
            write_file(folder / _FILE, msgspec.json.encode(_read(folder) | {key: exact}), sync=False)
        except FileError:
            return  # another process checks again


def _read(folder: Path) -> dict[str, bool]:
    try:
        return msgspec.json.decode(read_bytes(folder / _FILE, _MAX_BYTES), type=dict[str, bool])
    except (FileError, msgspec.DecodeError):
        return {}
