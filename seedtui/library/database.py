"""The journal's SQLite file: opened, brought up to date, and its errors in plain words.

WAL, so that two apps read and write at once; synchronous FULL, so that what was committed stays through a power
cut too, at the price of one sync a commit, of which a round makes six.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedtui.core.errors import FileError
from seedtui.files.errors import file_error, shown
from seedtui.library.private import close_to_others, private_file

_BUSY_MS = 5000
_NEEDED = 256 * 1024
"""Bytes of room without which SQLite's own files beside the database may fail, as plain I/O errors."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            created REAL NOT NULL,
            current TEXT
        )""",
        # `body` is core's Round as JSON; `words` what a search looks in; `owner` the app that runs it.
        """CREATE TABLE rounds (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            session TEXT NOT NULL REFERENCES sessions (id),
            status TEXT NOT NULL,
            owner TEXT NOT NULL,
            created REAL NOT NULL,
            deleted INTEGER NOT NULL DEFAULT 0,
            pick INTEGER,
            words TEXT NOT NULL,
            body TEXT NOT NULL
        )""",
        "CREATE INDEX rounds_of_session ON rounds (session, deleted, number)",
        "CREATE INDEX rounds_running ON rounds (owner) WHERE status = 'running'",
        "CREATE INDEX rounds_unfinished ON rounds (session) WHERE status = 'unfinished'",
        # `path` is relative to the folder of pictures where it is inside.
        """CREATE TABLE images (
            round INTEGER NOT NULL REFERENCES rounds (number),
            place INTEGER NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            starred INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (round, place)
        ) WITHOUT ROWID""",
        # `body` is core's ImageRecord as JSON; by itself, as a session is listed without reading any of it.
        """CREATE TABLE records (
            round INTEGER NOT NULL REFERENCES rounds (number),
            place INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (round, place)
        )""",
    ),
)
"""What brings the schema from `user_version` n to n + 1. Never change one that was released; add another."""


class DamagedError(FileError):
    """The file is no database any more."""


class Database:
    """One connection, for any thread, but for one at a time.

    Raises:
        FileError: from every method, in one line: full disk, read-only, locked, or of a later version.
        DamagedError: likewise, when the file is corrupt.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _make_private(path)
        with _plain_words(path):
            # Transactions are begun by hand; sqlite3's own rules for it differ between Python versions.
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
            )
        try:
            with _plain_words(path):
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._migrate()
            self._inode = _inode(path)
        except BaseException:
            self._connection.close()
            raise

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that the query gives."""
        with _plain_words(self.path):
            return self._connection.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside is there afterwards, or none of it."""
        with _plain_words(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself has rolled back already after some errors, a full disk for one.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def is_in_place(self) -> bool:
        """Whether the file that is open is still the one at `path`."""
        return _inode(self.path) == self._inode

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _migrate(self) -> None:
        """Bring the schema up to date; the caller holds the library's lock, so no other app does the same now."""
        ((version,),) = self.read("PRAGMA user_version")
        if version > len(MIGRATIONS):
            raise FileError(f"the library {shown(self.path)} is of a later seedtui", "Update seedtui")
        if version < len(MIGRATIONS):
            with self.transaction() as connection:
                for statement in itertools.chain(*MIGRATIONS[version:]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _make_private(path: Path) -> None:
    """Make the database if it is not there; it and what lies beside it, of an older version too, are its user's alone.

    SQLite gives the files beside a database the database's own mode.
    """
    with contextlib.suppress(OSError):  # SQLite's own error says why
        private_file(path)
    for beside in path.parent.glob(f"{path.stem}*"):
        close_to_others(beside)


def set_aside(path: Path, name: str) -> Path:
    """Rename the database at `path`, with the files that SQLite keeps beside it, to `name` in the same folder."""
    aside = path.with_name(name)
    try:
        for tail in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{path}{tail}", f"{aside}{tail}")
    except OSError as error:
        raise file_error("rename", path, error) from error
    return aside


@contextlib.contextmanager
def _plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from error


def _told(path: Path, error: sqlite3.Error) -> FileError:
    library = f"the library {shown(path)}"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _room(path.parent) < _NEEDED:
        code = sqlite3.SQLITE_FULL
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DamagedError(f"{library} is damaged: {error}", "Start again: it is rebuilt from the pictures")
        case sqlite3.SQLITE_FULL:
            return FileError(f"can not write {library}: the disk is full", "Make room, then try again")
        case sqlite3.SQLITE_READONLY:
            return FileError(f"can not write {library}: it is read-only", "Look at the owner and mode of its folder")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return FileError(f"{library} is locked by another program", "Try again in a moment")
        case _:
            return FileError(f"can not use {library}: {error}")


def _inode(path: Path) -> int:
    """What tells the file at `path` from another that takes its place; 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _room(folder: Path) -> int:
    """Bytes that can still be written there; many if that can not be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NEEDED
