"""Rebuilds a damaged, empty or missing database from the images: in a draft file, checked, then renamed into place.

A kill at any moment leaves the old file, no file, or the complete new one; the next start continues from there.
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
"""Writes whatever can be recovered into a new database."""


def open_database(path: Path, fill: Fill) -> tuple[Database, str]:
    """Open the database at `path`, rebuilt if necessary; returns it and a notice. The caller holds the library's lock.

    Raises:
        FileError: it can be neither opened nor rebuilt; the old file is still there.
    """
    check_is_file(path)
    if has_content(path):
        try:
            return Database(path), ""
        except DamagedError:
            pass
    return rebuild_database(path, fill)


def rebuild_database(path: Path, fill: Fill) -> tuple[Database, str]:
    """Like `open_database`, for a database known to be damaged or missing. The old one is set aside, never deleted."""
    check_is_file(path)
    draft = path.with_name(f"{path.stem}-rebuilding{path.suffix}")
    remove(draft)  # left by a process that was killed
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
        return ""  # the very first start
    was = f"was damaged and has been moved to {shown(aside)}" if aside else "was missing"
    return (
        f"The library {was}: it was rebuilt from {found.images} pictures,"
        " with the picks, stars and deletions stored next to them"
    )
