"""Reads and writes what is known of single images: deleted, starred, seen, rejected. Does not touch files."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, get_args

from seedtui.library.journal.database import Database
from seedtui.library.marks import Mark
from seedtui.library.sessions import SessionId

Flag = Literal["starred", "rejected", "seen"]

Flags = Mapping[Flag, Mapping[int, bool]]
"""New values of the flags of a round's images, by index."""

_CHUNK = 12
"""Places in one sum: five bits for each fit into the 63 of an integer of SQLite."""

_COLUMNS = ("1", "starred = 1", "deleted = 1", "seen = 1", "rejected = 1")


class FlagsOfRound(NamedTuple):
    """The places of a round's images, and those of them with each flag."""

    on_disk: frozenset[int] = frozenset()
    starred: frozenset[int] = frozenset()
    deleted: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()


def set_flags(db: Database, round_id: str, flags: Flags) -> None:
    """Write flags of a round's images: all of them or none."""
    with db.transaction() as sql:
        for flag, values in flags.items():
            assert flag in get_args(Flag)
            put_flag(sql, flag, ((round_id, place, value) for place, value in values.items()))


def put_flag(
    sql: sqlite3.Connection, column: Flag | Literal["deleted"], values: Iterable[tuple[str, int, bool]]
) -> None:  # fmt: skip
    """Set a column of images: the id of the round, the place and the value of each."""
    sql.executemany(
        f"UPDATE images SET {column} = ? WHERE place = ? AND round = (SELECT number FROM rounds WHERE id = ?)",
        [(int(value), place, id_) for id_, place, value in values],
    )


def flags_of(db: Database, session: SessionId) -> dict[int, FlagsOfRound]:
    """The flags of the images of a session, by the number of the round. A damaged place is left out.

    SQLite sums the bits of several images, so that a session of 10,000 rounds is read quickly.
    """
    bits = " + ".join(f"(({column}) << place % {_CHUNK} + {_CHUNK * i})" for i, column in enumerate(_COLUMNS))
    rows = db.read(
        f"SELECT round, place / {_CHUNK}, sum({bits}) FROM images WHERE round IN"
        " (SELECT number FROM rounds WHERE session = ? AND deleted = 0)"
        f" AND typeof(place) = 'integer' AND place >= 0 GROUP BY round, place / {_CHUNK}", session,
    )  # fmt: skip
    found: dict[int, FlagsOfRound] = {}
    large: dict[int, list[tuple[int, int]]] = {}
    for number, chunk, sum_ in rows:
        if chunk:
            large.setdefault(number, []).append((chunk, sum_))
        else:
            found[number] = _first_chunk(sum_)
    for number, chunks in large.items():
        first = found.get(number, FlagsOfRound())
        found[number] = FlagsOfRound(*(
            places.union(*(_places(sum_, i, chunk) for chunk, sum_ in chunks)) for i, places in enumerate(first)
        ))  # fmt: skip
    return found


def marks_of_images(db: Database, session: SessionId) -> dict[str, Mark]:
    """The marks of the images of a session's rounds, by the round's id, without those of the rounds themselves."""
    lists: dict[str, dict[str, list[int]]] = {}
    rows = db.read(
        "SELECT id, place, starred = 1, images.deleted = 1, seen = 1, rejected = 1"
        " FROM rounds JOIN images ON round = number WHERE session = ?"
        " AND (starred = 1 OR images.deleted = 1 OR seen = 1 OR rejected = 1)", session,
    )  # fmt: skip
    for id_, place, *values in rows:
        of_round = lists.setdefault(id_, {})
        for name, value in zip(("stars", "deleted_images", "seen", "rejected"), values, strict=True):
            if value:
                of_round.setdefault(name, []).append(place)
    return {id_: Mark(**{name: tuple(places) for name, places in of.items()}) for id_, of in lists.items()}  # type: ignore[arg-type]


def put_marks_of_images(db: Database, marks: Mapping[str, Mark]) -> None:
    """Write the marks of images, by the id of their round. What is not in them is not removed."""
    with db.transaction() as sql:
        for id_, mark in marks.items():
            put_flag(sql, "starred", ((id_, place, True) for place in mark.stars))
            put_flag(sql, "deleted", ((id_, place, True) for place in mark.deleted_images))
            put_flag(sql, "seen", ((id_, place, True) for place in mark.seen))
            put_flag(sql, "rejected", ((id_, place, True) for place in mark.rejected))


@functools.cache
def _first_chunk(sum_: int) -> FlagsOfRound:
    return FlagsOfRound(*(_places(sum_, i, 0) for i in range(len(_COLUMNS))))


def _places(sum_: int, column: int, chunk: int) -> frozenset[int]:
    bits = sum_ >> _CHUNK * column
    return frozenset(_CHUNK * chunk + i for i in range(_CHUNK) if bits >> i & 1)
