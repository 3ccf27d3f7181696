"""Whether continuing from a saved state gave exactly the images of a whole call, by setup."""

from __future__ import annotations

import hashlib
import platform

import msgspec

from seedtui.core.errors import FileError
from seedtui.files.reading import read_bytes
from seedtui.library.files import make_folder, write_file
from seedtui.library.paths import verdicts_file

_MOST = 10_000
"""So many verdicts are kept, the newest."""

_MAX_BYTES = 2**20


class Verdicts:
    """What is known to this process, and what others on this machine have found."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def key(self, *setup: object) -> str:
        """Of a `setup` on this machine: the key of all settings, and what else there is about its calls."""
        machine = platform.node(), platform.machine(), platform.processor()
        return hashlib.sha256(msgspec.json.encode((machine, setup))).hexdigest()

    def get(self, key: str) -> bool | None:
        """The verdict on `key`, None if it is not known."""
        if key not in self._known:
            self._known |= _read()
        return self._known.get(key)

    def put(self, key: str, exact: bool) -> None:
        """Remember a verdict, for other processes too if that is possible."""
        self._known[key] = exact
        file = verdicts_file()
        newest = dict([*(_read() | {key: exact}).items()][-_MOST:])
        try:
            make_folder(file.parent, private=True)
            write_file(file, msgspec.json.encode(newest), sync=False)
        except FileError:
            return  # another process checks again


def _read() -> dict[str, bool]:
    try:
        return msgspec.json.decode(read_bytes(verdicts_file(), _MAX_BYTES), type=dict[str, bool])
    except (FileError, msgspec.DecodeError):
        return {}
