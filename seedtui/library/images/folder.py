"""The images of a folder by their records: foreign, broken and hostile files in it are passed over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.images.record import ImageRecord
from seedtui.files.errors import file_error
from seedtui.library.images.png import read_record


def records_in(folder: Path) -> Iterator[tuple[Path, ImageRecord]]:
    """The PNG files in `folder` that seedtui made, by name, each with its record. Pixels are not decoded.

    Raises:
        FileError: the folder cannot be listed.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise file_error("read", folder, error) from error
    for name in names:
        if name.lower().endswith(".png") and not name.startswith("."):
            try:
                yield folder / name, read_record(folder / name)
            except FileError:
                continue
