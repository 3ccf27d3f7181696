"""Images found again in folders of PNGs: which are ours, and which session each belongs to."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.record import ImageRecord
from seedtui.library.png import read_record
from seedtui.library.sessions import SessionId

_SESSION = re.compile(r"\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_[0-9a-f]{4}")


def new_session_id() -> SessionId:
    """An id that no other session has, such as ``2026-11-23_15-10-42_3f2a``."""
    return _session_id(datetime.datetime.now(), secrets.token_hex(2))


def check_session_id(session: str) -> SessionId:
    """`session` itself.

    Raises:
        FileError: it is none; an id is also the name of a folder.
    """
    if not _SESSION.fullmatch(session):
        raise FileError(f"“{session}” is no session", "seedtui sessions lists them")
    return SessionId(session)


def png_files(folder: Path) -> list[tuple[float, Path]]:
    """The PNG files in `folder` and below, and when each was last written, oldest first; links are not followed."""
    files = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if name.lower().endswith(".png") and not name.startswith("."):
                with contextlib.suppress(OSError):  # it was taken away meanwhile
                    status = path.lstat()
                    if stat.S_ISREG(status.st_mode):
                        files.append((status.st_mtime, path))
    return sorted(files)


def records(files: list[tuple[float, Path]]) -> Iterator[tuple[SessionId, ImageRecord, Path, float] | None]:
    """Session, record, path and time of each of `files`, None for one that is not ours or is broken.

    The images of one folder are one session: the one the folder is named after, or a new one.
    """
    sessions: dict[Path, SessionId] = {}
    for written, path in files:
        try:
            record = read_record(path)
        except FileError:
            yield None
            continue
        session = sessions.setdefault(path.parent, _session_of(path.parent, written))
        yield session, record, path, written


def _session_of(folder: Path, oldest: float) -> SessionId:
    """The session of `folder`; the same one when the same folder is read again."""
    if _SESSION.fullmatch(folder.name):
        return SessionId(folder.name)
    tail = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:4]
    return _session_id(datetime.datetime.fromtimestamp(oldest), tail)


def _session_id(when: datetime.datetime, tail: str) -> SessionId:
    return SessionId(f"{when:%Y-%m-%d_%H-%M-%S}_{tail}")
