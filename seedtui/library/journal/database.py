"""The journal's SQLite file: opening, migrating, and errors in plain words.

It uses WAL, so that two apps can read and write at the same time, and synchronous FULL, so that a commit survives a
power failure. That costs one sync per commit; a round makes six commits.
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
"""Messages of SQLite, without a code of their own, for a file changed by another program or by a disk error."""

_NEEDED = 256 * 1024
"""With fewer free bytes, SQLite's auxiliary files may fail with plain I/O errors."""


class DamagedError(FileError):
    """The file is no longer a valid database."""


class Database:
    """A connection that any thread may use, but only one at a time.

    Raises:
        FileError: from every method: full disk, read-only, locked, or made by a newer version.
        DamagedError: from every method: the file is corrupt, or does not have a library's tables.
    """

    def __init__(self, path: Path, *, draft: bool = False) -> None:
        """A `draft` is fast but not crash-safe, and a single file: it is used only once it is complete."""
        self.path = path
        check_is_file(path)
        make_private(path)
        with _plain_words(path):
            # Transactions are begun explicitly; sqlite3's implicit ones differ between Python versions.
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
        """All rows of the query. Invalid UTF-8 in text is replaced with replacement characters."""
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
        """A transaction: all changes made inside are committed, or none."""
        with _plain_words(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors, such as a full disk, SQLite has already rolled back.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def is_in_place(self) -> bool:
        """Whether the file that is open is still the one at `path`."""
        return _inode(self.path) == self._inode

    def check(self) -> None:
        """Check every page and all foreign keys.

        Raises:
            DamagedError: a page is damaged, or a row refers to one that does not exist.
        """
        if self.read("PRAGMA quick_check") != [("ok",)] or self.read("PRAGMA foreign_key_check"):
            raise DamagedError(f"the library {shown(self.path)} is damaged", "Try again")

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _version(self) -> int:
        """The number of migrations already done. Writes nothing, because the file may belong to another program."""
        ((version,),) = self.read("PRAGMA user_version")
        found = columns_of(self._connection)
        if version > len(MIGRATIONS) and {"sessions", "rounds", "images"} <= found.keys():
            raise FileError(f"the library {shown(self.path)} was made by a newer seedtui", "Update seedtui")
        if not 0 <= version <= len(MIGRATIONS) or not has_tables(found, version):
            raise DamagedError(f"the library {shown(self.path)} does not have seedtui's tables")
        return int(version)

    def _migrate(self, version: int) -> None:
        """Bring the schema up to date. The caller holds the library's lock, so no other app does this meanwhile."""
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
    except UnicodeDecodeError as error:  # a table's name in a message of SQLite
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
            return DamagedError(f"{library} is damaged: {error}", "Restart: it will be rebuilt from the pictures")
        case sqlite3.SQLITE_FULL:
            return FileError(f"cannot write {library}: the disk is full", "Free some space, then try again")
        case sqlite3.SQLITE_READONLY:
            return FileError(f"cannot write {library}: it is read-only", "Check the owner and mode of its folder")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return FileError(f"{library} is locked by another program", "Try again in a moment")
        case _:
            return FileError(f"cannot use {library}: {error}")


def _inode(path: Path) -> int:
    """The inode of the file at `path`, which changes if another file replaces it; 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _room(folder: Path) -> int:
    """Free bytes on the disk of `folder`; enough if unknown."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NEEDED
