"""Reads and writes what the journal knows of whole sessions: names and deletions. Does not touch files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import msgspec

from seedtui.library.journal.database import Database
from seedtui.library.journal.image_flags import marks_of_images
from seedtui.library.journal.rows import read_time
from seedtui.library.marks import MAX_NAME, Mark, SessionMarks
from seedtui.library.sessions import SessionId

_DELETED = "typeof(deleted) IN ('real', 'integer') AND deleted > 0"
"""A condition on sessions; a damaged value does not hide one."""

LISTED = f"session NOT IN (SELECT id FROM sessions WHERE {_DELETED})"
"""A condition on rounds: their session is not deleted."""


def set_name(db: Database, session: SessionId, name: str) -> None:
    """Name a session, "" for no name."""
    with db.transaction() as sql:
        sql.execute("UPDATE sessions SET name = ? WHERE id = ?", (name, session))


def set_session_deleted(db: Database, session: SessionId, deleted: bool) -> None:
    """Mark a session as deleted now, or restore it."""
    with db.transaction() as sql:
        sql.execute("UPDATE sessions SET deleted = ? WHERE id = ?", (time.time() if deleted else 0, session))


def restore_sessions_of(db: Database, round_ids: Iterable[str]) -> None:
    """Restore the sessions of these rounds, if they are deleted."""
    with db.transaction() as sql:
        sql.executemany(
            "UPDATE sessions SET deleted = 0 WHERE deleted > 0 AND id = (SELECT session FROM rounds WHERE id = ?)",
            [(id_,) for id_ in round_ids],
        )


def last_deleted(db: Database) -> SessionId | None:
    """The session that was deleted last, of those that are still deleted."""
    rows = db.read(
        f"SELECT id FROM sessions WHERE {_DELETED} AND typeof(id) = 'text'"
        " AND EXISTS (SELECT 1 FROM rounds WHERE session = sessions.id AND deleted = 0) ORDER BY deleted DESC LIMIT 1"
    )
    return SessionId(rows[0][0]) if rows else None


def session_ids(db: Database) -> frozenset[str]:
    """All sessions, deleted or not."""
    return frozenset(id_ for (id_,) in db.read("SELECT id FROM sessions WHERE typeof(id) = 'text'"))


def stars(db: Database) -> dict[str, int]:
    """How many starred images each session has, by id."""
    return dict(
        db.read(
            "SELECT session, count(*) FROM rounds JOIN images ON round = number"
            " WHERE rounds.deleted = 0 AND images.deleted != 1 AND starred = 1 GROUP BY session"
        )
    )


def marks_of(db: Database, session: SessionId, write: Callable[[SessionMarks], object]) -> None:
    """Call `write` with the marks of a session, in a transaction, so that no other app can then write older ones."""
    with db.transaction():
        images = marks_of_images(db, session)
        rounds = db.read("SELECT id, pick, deleted FROM rounds WHERE session = ? AND typeof(id) = 'text'", session)
        named = db.read("SELECT name, deleted FROM sessions WHERE id = ?", session)
        name, gone = named[0] if named else ("", 0)
        marks = {
            id_: msgspec.structs.replace(images.get(id_, Mark()), pick=pick, deleted=deleted == 1)
            for id_, pick, deleted in rounds
            if pick is not None or deleted == 1 or id_ in images
        }
        write(SessionMarks(name=read_name(name), deleted=read_time(gone), rounds=marks))


def put_session_marks(db: Database, session: SessionId, marks: SessionMarks) -> None:
    """Write what a new session's own file says about it as a whole."""
    with db.transaction() as sql:
        sql.execute("UPDATE sessions SET name = ?, deleted = ? WHERE id = ?", (marks.name, marks.deleted, session))


def read_name(value: object) -> str:
    """A session's name as the journal has it; "" if that is damaged."""
    return value[:MAX_NAME] if isinstance(value, str) else ""
