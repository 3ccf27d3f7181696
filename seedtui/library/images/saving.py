"""Saves an image in a folder under a unique name."""

from __future__ import annotations

import os
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.library.files import make_folder, name_choices, write_new_file
from seedtui.library.images.names import image_stem, image_tag
from seedtui.library.images.png import encode_png, pixels_intact, read_picture, read_record


def save_image(folder: Path, picture: Picture, record: ImageRecord) -> Path:
    """Write `picture` with its `record` as a PNG in `folder`, which is created if needed, and return its path.

    No file is replaced. If the same image of the same round is already there, its path is returned.

    Raises:
        FileError: it cannot be written; nothing is left behind.
    """
    make_folder(folder)
    data = encode_png(picture, record)
    for path in name_choices(folder, image_stem(record), tag=image_tag(record)):
        if os.path.lexists(path):
            if _holds(path, record):
                return path
        elif write_new_file(path, data):
            return path
    raise AssertionError("names never end")


def _holds(path: Path, record: ImageRecord) -> bool:
    """Whether the file at `path` is the image of `record`, for example from a call that was killed after writing it."""
    try:
        return read_record(path) == record and pixels_intact(read_picture(path), record)
    except FileError:
        return False
