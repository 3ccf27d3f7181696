"""The tables of the journal and their migrations."""

from __future__ import annotations

import contextlib
import functools
import itertools
import sqlite3

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            created REAL NOT NULL,
            current TEXT
        )""",
        # `body` is core's Round as JSON, `words` the text to search, `owner` the app that runs it.
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
        # `path` is relative to the pictures folder if the file is inside it.
        """CREATE TABLE images (
            round INTEGER NOT NULL REFERENCES rounds (number),
            place INTEGER NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            starred INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (round, place)
        ) WITHOUT ROWID""",
        # `body` is core's ImageRecord as JSON. It has its own table, so that listing a session does not read it.
        """CREATE TABLE records (
            round INTEGER NOT NULL REFERENCES rounds (number),
            place INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (round, place)
        )""",
    ),
    (
        "ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        # When it was deleted, in seconds since 1970; 0 if it is not.
        "ALTER TABLE sessions ADD COLUMN deleted REAL NOT NULL DEFAULT 0",
        # How long the round took; 0 if that is not known.
        "ALTER TABLE rounds ADD COLUMN seconds REAL NOT NULL DEFAULT 0",
        "ALTER TABLE images ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # On a sheet: has it been on screen, and is it rejected?
        "ALTER TABLE images ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE images ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0",
    ),
)
"""Each migrates the schema from `user_version` n to n + 1. Never change a released one; add another."""


def columns_of(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """The existing tables and their columns. Raises sqlite3.Error."""
    rows = connection.execute(
        "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
    ).fetchall()
    return {table: frozenset(column for of, column in rows if of == table) for table, _ in rows}


def has_tables(found: dict[str, frozenset[str]], version: int) -> bool:
    """Whether `found` has everything that the first `version` migrations create; for version 0, nothing."""
    if version == 0:
        return not found
    return all(columns <= found.get(table, frozenset()) for table, columns in _tables(version).items())


@functools.cache
def _tables(version: int) -> dict[str, frozenset[str]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in itertools.chain(*MIGRATIONS[:version]):
            connection.execute(statement)
        return columns_of(connection)
