"""Which hints the user has followed, in a small file beside the journal."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from seedtui.core.errors import FileError
from seedtui.files.reading import read_text
from seedtui.library.files import make_folder, write_file
from seedtui.library.paths import data_dir

_FILE = "hints"
_MAX_BYTES = 1000


def read_hints() -> frozenset[str] | None:
    """The words that `keep_hints` wrote; None if that is not known, but somebody has used the program here before."""
    file = data_dir() / _FILE
    if not os.path.lexists(file):
        return None if os.path.lexists(data_dir() / "library.db") else frozenset()
    try:
        return frozenset(read_text(file, _MAX_BYTES).split())
    except FileError:
        return None


def keep_hints(words: Iterable[str]) -> None:
    """Remember `words`. Where that is not possible, the hints are shown again: nothing to complain about."""
    with contextlib.suppress(FileError):
        make_folder(data_dir(), private=True)
        write_file(data_dir() / _FILE, "\n".join(sorted(words)).encode())
