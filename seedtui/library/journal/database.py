"""The journal's SQLite file: opened, brought up to date, and its errors in plain words.

WAL, so that two apps read and write at once; synchronous FULL, so that what was committed stays through a power
cut too, at the price of one sync a commit, of which a round makes six.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedtui.core.errors import FileError
from seedtui.files.errors import shown
from seedtui.library.journal.database_files import check_is_file, is_sqlite, make_private
from seedtui.library.journal.schema import MIGRATIONS, columns_of, has_tables

_BUSY_MS = 5000
_MALFORMED = ("no such table", "no such column", "unsupported file format", "Could not decode to UTF-8")
"""What SQLite says, with no code of its own, of a file that another program or the disk has changed."""

_NEEDED = 256 * 1024
"""Bytes of room without which SQLite's own files beside the database may fail, as plain I/O errors."""


class DamagedError(FileError):
    """The file is no database any more."""


class Database:
    """One connection, for any thread, but for one at a time.

    Raises:
        FileError: from every method, in one line: full disk, read-only, locked, or of a later version.
        DamagedError: likewise, when the file is corrupt, or holds other tables than a library's.
    """

    def __init__(self, path: Path, *, draft: bool = False) -> None:
        """A `draft` is quick and not safe, and one file: it is not used before it is whole."""
        self.path = path
        check_is_file(path)
        make_private(path)
        with _plain_words(path):
            # Transactions are begun by hand; sqlite3's own rules for it differ between Python versions.
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
            )
        try:
            with _plain_words(path):
                version = self._version()
                self._connection.execute(f"PRAGMA journal_mode = {'MEMORY' if draft else 'WAL'}")
                self._connection.execute(f"PRAGMA synchronous = {'OFF' if draft else 'FULL'}")
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._migrate(version)
            self._inode = _inode(path)
        except BaseException:
            self._connection.close()
            raise

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that the query gives. Text that is not UTF-8 has marks in it where it is not."""
        with _plain_words(self.path):
            try:
                return self._connection.execute(sql, values).fetchall()
            except (sqlite3.OperationalError, UnicodeError) as error:
                if not isinstance(error, UnicodeError) and not str(error).startswith("Could not decode to UTF-8"):
                    raise
            self._connection.text_factory = lambda data: data.decode(errors="replace")  # slower, so only now
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

    def check(self) -> None:
        """Look at every page.

        Raises:
            DamagedError: one is damaged, or rows do not belong together.
        """
        if self.read("PRAGMA quick_check") != [("ok",)] or self.read("PRAGMA foreign_key_check"):
            raise DamagedError(f"the library {shown(self.path)} is damaged", "Try again")

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _version(self) -> int:
        """How many migrations were done; nothing is written, as the file may be another program's."""
        ((version,),) = self.read("PRAGMA user_version")
        found = columns_of(self._connection)
        if version > len(MIGRATIONS) and {"sessions", "rounds", "images"} <= found.keys():
            raise FileError(f"the library {shown(self.path)} is of a later seedtui", "Update seedtui")
        if not 0 <= version <= len(MIGRATIONS) or not has_tables(found, version):
            raise DamagedError(f"the library {shown(self.path)} does not have seedtui's tables")
        return version

    def _migrate(self, version: int) -> None:
        """Bring the schema up to date; the caller holds the library's lock, so no other app does the same now."""
        if version < len(MIGRATIONS):
            with self.transaction() as connection:
                for statement in itertools.chain(*MIGRATIONS[version:]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextlib.contextmanager
def _plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from error
    except UnicodeDecodeError as error:  # the names of tables, in SQLite's own words
        raise DamagedError(f"the library {shown(path)} is damaged") from error


def _told(path: Path, error: sqlite3.Error) -> FileError:
    library = f"the library {shown(path)}"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if str(error).startswith(_MALFORMED) or (code == sqlite3.SQLITE_READONLY and not is_sqlite(path)):
        code = sqlite3.SQLITE_CORRUPT
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _room(path.parent) < _NEEDED:
        code = sqlite3.SQLITE_FULL
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DamagedError(f"{library} is damaged: {error}", "Start again: it is rebuilt from the pictures")
        case sqlite3.SQLITE_FULL:
            return FileError(f"cannot write {library}: the disk is full", "Make room, then try again")
        case sqlite3.SQLITE_READONLY:
            return FileError(f"cannot write {library}: it is read-only", "Look at the owner and mode of its folder")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return FileError(f"{library} is locked by another program", "Try again in a moment")
        case _:
            return FileError(f"cannot use {library}: {error}")


def _inode(path: Path) -> int:
    """What tells the file at `path` from another that takes its place; 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _room(folder: Path) -> int:
    """Bytes that can still be written there; many if that cannot be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NEEDED
