"""Rebuilds journal rows from folders of PNGs: finds our images, their sessions and their marks."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import itertools
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.images.record import ImageRecord
from seedtui.library.images.png import read_record
from seedtui.library.journal import queries, session_queries
from seedtui.library.journal.database import Database
from seedtui.library.marks import read_marks
from seedtui.library.sessions import Rebuilt, SessionId

_BATCH = 500
"""Images per transaction, which limits how long other apps have to wait."""

_SESSION = re.compile(r"\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_[0-9a-f]{4}")


def new_session_id() -> SessionId:
    """An id that no other session has, such as ``2026-11-23_15-10-42_3f2a``."""
    return _session_id(datetime.datetime.now(), secrets.token_hex(2))


def check_session_id(session: str) -> SessionId:
    """Return `session` if it has the form of an id, which is also the name of a folder.

    Raises:
        FileError: it does not.
    """
    if not _SESSION.fullmatch(session):
        raise FileError(f"“{session}” is not a session", "List them with: seedtui sessions")
    return SessionId(session)


def png_files(folder: Path) -> list[tuple[float, Path]]:
    """The PNG files in `folder` and below with their modification times, oldest first. Does not follow links."""
    files = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if name.lower().endswith(".png") and not name.startswith(".") and _is_text(path):
                with contextlib.suppress(OSError):  # it was removed meanwhile
                    status = path.lstat()
                    if stat.S_ISREG(status.st_mode):
                        files.append((status.st_mtime, path))
    return sorted(files)


def _is_text(path: Path) -> bool:
    """Whether `path` can be stored as text, which a name that is not UTF-8 cannot."""
    try:
        str(path).encode()
    except UnicodeError:
        return False
    return True


def records(files: list[tuple[float, Path]]) -> Iterator[tuple[SessionId, ImageRecord, Path, float] | None]:
    """Session, record, path and time of each of `files`; None for a file that is not ours or is broken.

    The images of a folder form one session: the one that the folder is named after, or a new one.
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


def fill(db: Database, folder: Path, pictures: Path, tell: Callable[[], object]) -> Rebuilt:
    """Add the PNGs in `folder` and below to `db`, and for rounds that are new there, the marks stored next to them.

    `pictures` is the folder of all sessions. `tell` is called when there is progress.

    Raises:
        FileError: the database cannot be written.
    """
    files = png_files(folder)
    images = 0
    new: dict[Path, set[str]] = {}
    sessions: dict[Path, SessionId] = {}
    before = session_queries.session_ids(db)
    found = records(files)
    while batch := list(itertools.islice(found, _BATCH)):
        ours = [one for one in batch if one is not None]
        images += len(ours)
        unknown = [one for one in ours if not _is_known(db, one[1], pictures)]
        made = queries.put_images(db, [(one[0], one[1], relative(one[2], pictures), one[3]) for one in unknown])
        for session, record, path, _ in unknown:
            if record.round_id in made:
                new.setdefault(path.parent, set()).add(record.round_id)
                sessions[path.parent] = session
        tell()
    for place, round_ids in new.items():
        marks = read_marks(place)
        queries.put_marks(db, {id_: marks.rounds[id_] for id_ in round_ids & marks.rounds.keys()})
        if sessions[place] not in before:
            session_queries.put_session_marks(db, sessions[place], marks)
    return Rebuilt(images, len(files) - images)


def relative(path: Path, pictures: Path) -> str:
    """`path` as the journal stores it: relative if possible, so that a whole library can be moved."""
    return str(path.relative_to(pictures) if path.is_relative_to(pictures) else path.absolute())


def _is_known(db: Database, record: ImageRecord, pictures: Path) -> bool:
    known = queries.image(db, record.round_id, record.index)
    return known is not None and known[1] is not None and os.path.exists(pictures / known[0])


def _session_of(folder: Path, oldest: float) -> SessionId:
    """The session of `folder`, the same one each time the folder is read."""
    if _SESSION.fullmatch(folder.name):
        return SessionId(folder.name)
    tail = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:4]
    return _session_id(datetime.datetime.fromtimestamp(oldest), tail)


def _session_id(when: datetime.datetime, tail: str) -> SessionId:
    return SessionId(f"{when:%Y-%m-%d_%H-%M-%S}_{tail}")
