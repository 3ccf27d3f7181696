"""A database that is damaged, empty or gone is built again from the images: beside, checked, then renamed into place.

A kill at any moment leaves the old file, or none, or the new one, whole; the next start goes on from there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from seedtui.files.errors import file_error, shown
from seedtui.library.files import sync_folder
from seedtui.library.journal.database import DamagedError, Database
from seedtui.library.journal.database_files import check_is_file, has_content, is_anything_there, remove, set_aside
from seedtui.library.sessions import Rebuilt

Fill = Callable[[Database], Rebuilt]
"""Writes what can be found again into a new database."""


def open_database(path: Path, fill: Fill) -> tuple[Database, str]:
    """The database at `path`, built again if need be, and what to tell of that. The library's lock is held.

    Raises:
        FileError: it can be neither opened nor built again; what was there is there still.
    """
    check_is_file(path)
    if has_content(path):
        try:
            return Database(path), ""
        except DamagedError:
            pass
    return rebuild_database(path, fill)


def rebuild_database(path: Path, fill: Fill) -> tuple[Database, str]:
    """As `open_database`, of a database that is known to be damaged, or gone. It is set aside, never destroyed."""
    check_is_file(path)
    draft = path.with_name(f"{path.stem}-rebuilding{path.suffix}")
    remove(draft)  # of one who was killed
    try:
        found = _build(draft, fill)
        aside = set_aside(path) if is_anything_there(path) else None
        os.replace(draft, path)
        sync_folder(path.parent)
    except OSError as error:
        raise file_error("write", path, error) from error
    finally:
        remove(draft)
    return Database(path), _notice(found, aside)


def _build(draft: Path, fill: Fill) -> Rebuilt:
    database = Database(draft, draft=True)
    try:
        found = fill(database)
        database.check()
    finally:
        database.close()
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return found


def _notice(found: Rebuilt, aside: Path | None) -> str:
    if aside is None and not found.images:
        return ""  # the first start of all
    was = f"was damaged, and is set aside as {shown(aside)}" if aside else "was gone"
    return (
        f"The library {was}: a new one is built from {found.images} pictures,"
        " with the picks, stars and deletions that are noted beside them"
    )
