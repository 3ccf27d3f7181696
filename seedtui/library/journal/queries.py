"""Reads and writes the journal's rows: sessions, rounds, images and picks. Does not touch files."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from seedtui.core.errors import FileError
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.gaps import without_gaps
from seedtui.core.rounds.rounds import Round
from seedtui.library.journal.database import Database
from seedtui.library.journal.image_flags import FlagsOfRound, flags_of, put_flag, put_marks_of_images
from seedtui.library.journal.rows import (
    decode_round,
    read_pick,
    read_record,
    read_round,
    read_status,
    read_time,
    round_from,
)
from seedtui.library.journal.session_queries import LISTED, read_name, stars
from seedtui.library.marks import Mark
from seedtui.library.sessions import RoundStatus, SessionId, SessionSummary, StoredImage, StoredRound


class FoundRow(NamedTuple):
    """A search result."""

    session: SessionId
    round: Round
    created: float


def put_round(db: Database, session: SessionId, round_: Round, owner: str) -> None:
    """Record that `owner` starts `round_`, possibly again.

    Raises:
        FileError: another session has a round with that id, or the journal cannot be written.
    """
    with db.transaction() as sql:
        _put_session(sql, session, time.time())
        known = sql.execute("SELECT session FROM rounds WHERE id = ?", (round_.id,)).fetchone()
        if known and known[0] != session:
            raise FileError(f"round {round_.id} is already in another session")
        if known:
            sql.execute(
                "UPDATE rounds SET status = 'running', owner = ?, deleted = 0, words = ?, body = ? WHERE id = ?",
                (owner, _words(round_), _body(round_), round_.id),
            )
        else:
            _insert_round(sql, session, round_, "running", owner, time.time())
        sql.execute("UPDATE sessions SET current = ?, deleted = 0 WHERE id = ?", (round_.id, session))


def put_images(db: Database, images: list[tuple[SessionId, ImageRecord, str, float]]) -> frozenset[str]:
    """Write images (session, record, path, time), replacing older ones at the same place of their round.

    A round that is not in the journal, as during a rebuild, is created from the records of its images. Returns the ids
    of such rounds.
    """
    by_round: dict[str, list[tuple[SessionId, ImageRecord, str, float]]] = {}
    for one in images:
        by_round.setdefault(one[1].round_id, []).append(one)
    made = set()
    with db.transaction() as sql:
        for round_id, of_round in by_round.items():
            session, _, _, created = of_round[0]
            number, is_new = _round_of(db, sql, session, [record for _, record, _, _ in of_round], created)
            if is_new:
                made.add(round_id)
            sql.executemany(
                "INSERT INTO images (round, place, path, sha256) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (round, place) DO UPDATE SET path = excluded.path, sha256 = excluded.sha256",
                [(number, record.index, path, record.sha256) for _, record, path, _ in of_round],
            )
            sql.executemany(
                "INSERT OR REPLACE INTO records (round, place, body) VALUES (?, ?, ?)",
                [(number, record.index, msgspec.json.encode(record).decode()) for _, record, _, _ in of_round],
            )
    return frozenset(made)


def put_marks(db: Database, marks: Mapping[str, Mark]) -> None:
    """Write the marks of rounds, by id. An empty mark removes nothing."""
    with db.transaction() as sql:
        for id_, mark in marks.items():
            sql.execute(
                "UPDATE rounds SET pick = coalesce(?, pick), deleted = max(deleted, ?) WHERE id = ?",
                (mark.pick, int(mark.deleted), id_),
            )
    put_marks_of_images(db, marks)


def set_status(db: Database, round_id: str, status: RoundStatus, seconds: float = 0.0) -> None:
    """Write the status of a round, and how long it took, if that is known."""
    _update(
        db, "UPDATE rounds SET status = ?, seconds = coalesce(nullif(?, 0), seconds) WHERE id = ?",
        status, seconds, round_id,
    )  # fmt: skip


def set_pick(db: Database, round_id: str, index: int | None) -> None:
    """Write which image of a round is picked, None for none."""
    _update(db, "UPDATE rounds SET pick = ? WHERE id = ?", index, round_id)


def set_current(db: Database, round_id: str) -> None:
    """Write that a round is the one shown in its session."""
    _update(
        db,
        "UPDATE sessions SET current = ?1 WHERE id = (SELECT session FROM rounds WHERE id = ?1)",
        round_id,
    )


def set_deleted(db: Database, round_ids: Iterable[str], deleted: bool) -> None:
    """Mark rounds as deleted, or restore them: all of them or none."""
    with db.transaction() as sql:
        sql.executemany("UPDATE rounds SET deleted = ? WHERE id = ?", [(int(deleted), id_) for id_ in round_ids])


def set_images_deleted(db: Database, images: Iterable[tuple[str, int]], deleted: bool) -> None:
    """Mark images (round id, index) as deleted, or restore them: all of them or none."""
    with db.transaction() as sql:
        put_flag(sql, "deleted", ((id_, place, deleted) for id_, place in images))


def is_image_deleted(db: Database, round_id: str, index: int) -> bool:
    """Whether that image is marked as deleted."""
    rows = db.read(
        "SELECT 1 FROM rounds JOIN images ON round = number WHERE id = ? AND place = ? AND images.deleted = 1",
        round_id, index,
    )  # fmt: skip
    return bool(rows)


def end_dead_rounds(db: Database, is_alive: Callable[[str], bool]) -> None:
    """Mark all running rounds whose owner is dead as unfinished."""
    owners = [owner for (owner,) in db.read("SELECT DISTINCT owner FROM rounds WHERE status = 'running'")]
    for owner in owners:
        if not is_alive(owner):
            with db.transaction() as sql:
                sql.execute("UPDATE rounds SET status = 'unfinished' WHERE owner = ? AND status = 'running'", (owner,))


def session_of(db: Database, round_id: str) -> SessionId | None:
    """The session of a round, None if there is no such round."""
    rows = db.read("SELECT session FROM rounds WHERE id = ?", round_id)
    return SessionId(rows[0][0]) if rows and isinstance(rows[0][0], str) else None


def rounds_of(db: Database, session: SessionId) -> list[StoredRound]:
    """The rounds of a session that are not deleted, in the order they were first run.

    It takes two queries, even for a session of 10,000 rounds.
    """
    rows = db.read(
        "SELECT number, id, body, status, pick, created, seconds FROM rounds"
        " WHERE session = ? AND deleted = 0 ORDER BY number", session,
    )  # fmt: skip
    flags = flags_of(db, session)
    found = ((number, _round(db, id_, body), *rest) for number, id_, body, *rest in rows)
    return [
        StoredRound(
            round_, read_status(status), read_pick(pick, round_), created=read_time(created),
            seconds=read_time(seconds), **flags.get(number, FlagsOfRound())._asdict(),
        )
        for number, round_, status, pick, created, seconds in found
        if round_ is not None
    ]  # fmt: skip


def images_of(db: Database, session: SessionId, folder: str) -> dict[tuple[str, int], StoredImage]:
    """A session's images by round id and index, without deleted ones. `folder` contains all pictures."""
    rows = db.read(
        "SELECT rounds.id, place, CASE WHEN path LIKE '/%' THEN path ELSE ? || '/' || path END, sha256, starred"
        " FROM rounds JOIN images ON round = number WHERE session = ? AND rounds.deleted = 0"
        " AND images.deleted != 1 AND typeof(path) = 'text' AND typeof(sha256) = 'text'", folder, session,
    )  # fmt: skip
    return {(id_, place): StoredImage(path, sha256, starred == 1) for id_, place, path, sha256, starred in rows}


def bodies_of(db: Database, session: SessionId) -> list[tuple[str, object]]:
    """The paths of a session's images, without deleted ones, and their records as they are stored."""
    return db.read(
        "SELECT path, body FROM images JOIN records USING (round, place)"
        " WHERE round IN (SELECT number FROM rounds WHERE session = ? AND deleted = 0)"
        " AND deleted != 1 AND typeof(path) = 'text'", session,
    )  # fmt: skip


def image(db: Database, round_id: str, index: int) -> tuple[str, ImageRecord | None] | None:
    """Path and record of one image, None if it is not in the journal; the record is None if it cannot be read."""
    rows = db.read(
        "SELECT path, records.body FROM rounds JOIN images ON images.round = number"
        " LEFT JOIN records ON records.round = number AND records.place = images.place"
        " WHERE id = ? AND images.place = ? AND typeof(path) = 'text'", round_id, index,
    )  # fmt: skip
    return (rows[0][0], read_record(rows[0][1])) if rows else None


def current_of(db: Database, session: SessionId) -> list[str]:
    """The ids of the rounds that are not deleted: the one shown last, then the others, newest first."""
    rows = db.read(
        "SELECT rounds.id FROM rounds JOIN sessions ON sessions.id = session WHERE session = ? AND rounds.deleted = 0"
        " ORDER BY rounds.id = current DESC, number DESC", session,
    )  # fmt: skip
    return [id_ for (id_,) in rows]


def found(db: Database, text: str, limit: int, *, starred: bool = False) -> list[FoundRow]:
    """The newest rounds whose prompt and suffixes contain every word of `text`, ignoring case.

    `starred`: only those with a starred image.
    """
    words = text.casefold().split()
    rows = db.read(
        f"SELECT session, id, body, created FROM rounds WHERE deleted = 0 AND {LISTED}"
        + " AND EXISTS (SELECT 1 FROM images WHERE round = number AND starred = 1 AND deleted != 1)" * starred
        + " AND instr(words, ?)" * len(words) + " ORDER BY number DESC LIMIT ?", *words, limit,
    )  # fmt: skip
    return [
        FoundRow(SessionId(session), round_, read_time(created))
        for session, id_, body, created in rows
        if (round_ := _round(db, id_, body)) is not None and isinstance(session, str)
    ]


def prompts(db: Database, limit: int) -> list[str]:
    """The distinct prompts of the newest `limit` rounds that are not deleted, newest first."""
    rows = db.read(
        "SELECT json_extract(CASE WHEN typeof(body) = 'text' AND json_valid(body) THEN body END, '$.prompt')"
        " FROM rounds WHERE deleted = 0 ORDER BY number DESC LIMIT ?", limit,
    )  # fmt: skip
    return list(dict.fromkeys(prompt for (prompt,) in rows if isinstance(prompt, str)))


def repair(db: Database) -> None:
    """Repair rounds with damaged rows: create missing sessions, and reset unclear deletion flags."""
    lost = "SELECT session, min(created) FROM rounds WHERE session NOT IN (SELECT id FROM sessions) GROUP BY session"
    unclear = "rounds WHERE deleted NOT IN (0, 1)"
    if not db.read(f"SELECT EXISTS ({lost}) OR EXISTS (SELECT 1 FROM {unclear})")[0][0]:
        return
    with db.transaction() as connection:
        connection.execute(f"INSERT OR IGNORE INTO sessions (id, created) {lost}")
        connection.execute(f"UPDATE rounds SET deleted = 0 WHERE number IN (SELECT number FROM {unclear})")


def summaries(db: Database) -> list[SessionSummary]:
    """All sessions with rounds, the one with the newest round first."""
    counts = dict(db.read("SELECT session, count(*) FROM rounds WHERE deleted = 0 GROUP BY session"))
    images = dict(
        db.read(
            "SELECT session, count(*) FROM rounds JOIN images ON round = number"
            " WHERE rounds.deleted = 0 AND images.deleted != 1 GROUP BY session"
        )
    )
    unfinished = dict(
        db.read("SELECT session, count(*) FROM rounds WHERE status = 'unfinished' AND deleted = 0 GROUP BY session")
    )
    rows = db.read(
        "SELECT s.id, s.name, r.id, s.created, r.created, CASE WHEN typeof(r.body) = 'text' AND json_valid(r.body)"
        " THEN json_extract(r.body, '$.prompt') END FROM sessions s JOIN rounds r"
        " ON r.number = (SELECT max(number) FROM rounds WHERE session = s.id AND deleted = 0)"
        f" WHERE {LISTED} ORDER BY r.created DESC, r.number DESC"
    )
    starred = stars(db)
    return [
        SessionSummary(
            id=SessionId(id_), name=read_name(name),
            prompt=prompt if isinstance(prompt, str) else _prompt_of(db, newest), rounds=counts.get(id_, 0),
            images=images.get(id_, 0), stars=starred.get(id_, 0), unfinished=unfinished.get(id_, 0),
            created=read_time(created), changed=read_time(changed),
        )
        for id_, name, newest, created, changed, prompt in rows
        if isinstance(id_, str)
    ]  # fmt: skip


def _round(db: Database, id_: str, body: object) -> Round | None:
    """The round `id_` from its `body` in the journal, or from the records of its images if that is unreadable."""
    if found := read_round(id_, body):
        return found
    rebuilt = round_from(id_, _records(db, id_))
    return without_gaps(rebuilt) if rebuilt else None


def _records(db: Database, round_id: str) -> list[ImageRecord]:
    rows = db.read("SELECT records.body FROM records JOIN rounds ON round = number WHERE id = ?", round_id)
    return [record for (body,) in rows if (record := read_record(body)) is not None]


def _prompt_of(db: Database, round_id: str) -> str:
    found = round_from(round_id, _records(db, round_id))
    return found.prompt if found else ""


def _round_of(
    db: Database, sql: sqlite3.Connection, session: SessionId, records: list[ImageRecord], created: float
) -> tuple[int, bool]:
    """The number of the round of `records`, and whether the round is new. Adds the shots of the images if needed."""
    round_id = records[0].round_id
    known = db.read("SELECT number, body FROM rounds WHERE id = ?", round_id)
    if not known:
        _put_session(sql, session, created)
        return _insert_round(sql, session, _round_with(records), "done", "", created), True
    number, body = known[0]
    before = decode_round(round_id, body)
    round_ = before or round_from(round_id, _records(db, round_id)) or _round_with(records)
    there = {shot.index for shot in round_.shots} if len(records) > 1 or not _has_place(round_, records[0]) else None
    if there is not None and (new := {r.index: r.shot for r in records if r.index not in there}):
        shots = sorted((*round_.shots, *new.values()), key=lambda shot: shot.index)
        round_ = msgspec.structs.replace(round_, shots=tuple(shots))
    if round_ is not before:
        sql.execute("UPDATE rounds SET words = ?, body = ? WHERE number = ?", (_words(round_), _body(round_), number))
    return number, False


def _has_place(round_: Round, record: ImageRecord) -> bool:
    """Whether the round has the shot of `record`, as every round has that is not being rebuilt."""
    return record.index < len(round_.shots) and round_.shots[record.index].index == record.index


def _round_with(records: list[ImageRecord]) -> Round:
    """A round of only those images."""
    newest = {record.index: record for record in records}
    found = round_from(records[0].round_id, newest.values())
    assert found is not None
    return found


def _put_session(sql: sqlite3.Connection, session: SessionId, created: float) -> None:
    sql.execute("INSERT OR IGNORE INTO sessions (id, created) VALUES (?, ?)", (session, created))


def _insert_round(
    sql: sqlite3.Connection, session: SessionId, round_: Round, status: RoundStatus, owner: str, created: float
) -> int:
    cursor = sql.execute(
        "INSERT INTO rounds (id, session, status, owner, created, words, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (round_.id, session, status, owner, created, _words(round_), _body(round_)),
    )
    return cursor.lastrowid or 0


def _update(db: Database, sql: str, *values: object) -> None:
    with db.transaction() as connection:
        connection.execute(sql, values)


def _words(round_: Round) -> str:
    return "\n".join(
        (round_.prompt, *dict.fromkeys(text for s in round_.shots for text in (s.suffix, s.prompt) if text))
    ).casefold()


def _body(round_: Round) -> str:
    return msgspec.json.encode(round_).decode()
