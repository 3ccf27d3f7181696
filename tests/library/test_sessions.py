"""Whole sessions: named, deleted and restored; kept when the journal is rebuilt; journals of earlier versions."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round
from seedtui.library.journal.schema import MIGRATIONS
from seedtui.library.library import Library
from seedtui.library.marks import FILE, MAX_NAME, read_marks
from seedtui.library.sessions import SessionId

Fill = Callable[[Library], tuple[SessionId, tuple[Round, ...]]]


@pytest.fixture
def fill(picture, record_of) -> Fill:
    from seedtui.core.rounds.make import explore
    from tests.library.conftest import RECIPE

    def make(library: Library) -> tuple[SessionId, tuple[Round, ...]]:
        session = library.new_session()
        round_ = explore("a green boat", range(2), RECIPE)
        library.add_round(session, round_)
        for index in range(2):
            shown = picture(index)
            library.add_image(session, record_of(round_, index, shown), shown)
        library.finish_round(round_.id, "done")
        return session, (round_,)

    return make


def ids(library: Library) -> list[SessionId]:
    return [summary.id for summary in library.sessions()]


def test_a_name_is_one_line_and_can_be_removed(library: Library, fill: Fill) -> None:
    session, _ = fill(library)
    assert library.sessions()[0].name == ""
    library.name_session(session, "  boats\n at  sea ")
    assert library.sessions()[0].name == "boats at sea"
    library.name_session(session, "x" * 500)
    assert library.sessions()[0].name == "x" * MAX_NAME
    library.name_session(session, "")
    assert library.sessions()[0].name == ""
    assert b"name" not in (library.pictures / session / FILE).read_bytes()


def test_stars_are_counted(library: Library, fill: Fill) -> None:
    _, (round_,) = fill(library)
    library.star(round_.id, 1)
    assert library.sessions()[0].stars == 1
    assert library.search("boat", starred=True)[0].round_id == round_.id
    library.star(round_.id, 1, False)
    assert library.search("boat", starred=True) == ()
    assert library.sessions()[0].stars == 0


def test_a_deleted_session_is_not_listed_nor_found_and_comes_back_whole(library: Library, fill: Fill) -> None:
    first, (round_,) = fill(library)
    second, _ = fill(library)
    files = sorted(library.pictures.rglob("*.png"))
    library.name_session(first, "boats")
    library.delete_session(first)
    library.delete_session(second)
    assert ids(library) == [] and library.search("boat") == ()
    assert sorted(library.pictures.rglob("*.png")) == files
    assert library.restore_session() == second
    assert ids(library) == [second]
    library.close()
    with Library(library.root) as again:
        assert again.restore_session() == first
        assert again.restore_session() is None
        assert {summary.name for summary in again.sessions()} == {"", "boats"}
        assert again.load_session(first).lineage.rounds[0].id == round_.id


def test_a_round_that_begins_or_comes_back_restores_its_session(library: Library, fill: Fill) -> None:
    session, (round_,) = fill(library)
    library.delete_session(session)
    library.undelete_rounds(round_.id)
    assert ids(library) == [session]
    library.delete_session(session)
    library.add_round(session, round_)
    assert ids(library) == [session]


def test_names_and_deletions_survive_the_loss_of_the_journal(library: Library, fill: Fill) -> None:
    named, (round_,) = fill(library)
    deleted, _ = fill(library)
    library.name_session(named, "boats")
    library.star(round_.id, 0)  # the file is written again
    library.delete_session(deleted)
    library.close()
    (library.root / "library.db").unlink()
    with Library(library.root) as again:
        assert [(summary.id, summary.name) for summary in again.sessions()] == [(named, "boats")]
        assert again.restore_session() == deleted
        assert read_marks(again.pictures / named).name == "boats"


def test_a_journal_of_0_1_and_0_2_is_opened_with_all_it_has(library: Library, fill: Fill) -> None:
    session, (round_,) = fill(library)
    library.star(round_.id, 0)
    before = library.load_session(session)
    library.close()
    as_version_1(library.root / "library.db")
    with Library(library.root) as again:
        assert again.notice == ""
        assert again.load_session(session) == before
        assert [(summary.id, summary.name, summary.stars) for summary in again.sessions()] == [(session, "", 1)]
        again.delete_images((round_.id, 1))
        assert again.load_session(session).rounds[round_.id].deleted == {1}
        again.name_session(session, "boats")
        assert again.sessions()[0].name == "boats"


def test_deleted_images_leave_their_round_and_come_back(
    library: Library, fill: Fill, picture: Callable[[int], Picture], record_of: Callable[..., ImageRecord]
) -> None:
    session, (round_,) = fill(library)
    library.star(round_.id, 1)
    image = (round_.id, 1)
    before = library.load_session(session)
    library.delete_images(image)

    def check_deleted(library: Library) -> None:
        found = library.load_session(session)
        assert found.rounds[round_.id].deleted == {1} and found.images.keys() == {(round_.id, 0)}
        assert found.rounds[round_.id].on_disk == {0, 1} and found.lineage == before.lineage
        (summary,) = library.sessions()
        assert (summary.images, summary.stars) == (1, 0)
        assert library.search("boat") and library.search("boat", starred=True) == ()

    check_deleted(library)
    assert library.path(*image).exists()
    library.close()
    with Library(library.root) as again:
        check_deleted(again)
    (library.root / "library.db").unlink()
    with Library(library.root) as rebuilt:
        check_deleted(rebuilt)
        rebuilt.undelete_images(image)
        assert rebuilt.load_session(session).images == before.images
        rebuilt.delete_images(image, (round_.id, 0))
        shown = picture(1)
        rebuilt.add_image(session, record_of(round_, 1, shown), shown)
        assert rebuilt.load_session(session).rounds[round_.id].deleted == {0}, "it was made again"
    assert read_marks(library.pictures / session).rounds[round_.id].deleted_images == (0,)


def test_the_time_that_a_round_took_is_kept(library: Library, fill: Fill) -> None:
    session, (round_,) = fill(library)
    took = lambda library: library.load_session(session).rounds[round_.id].seconds  # noqa: E731
    assert took(library) == 0
    library.add_round(session, round_)
    library.finish_round(round_.id, "done", 3.25)
    assert took(library) == 3.25
    library.add_round(session, round_)
    library.finish_round(round_.id, "cancelled")
    assert took(library) == 3.25, "when it ran to its end"
    library.close()
    with Library(library.root) as again:
        assert took(again) == 3.25
    (library.root / "library.db").unlink()
    with Library(library.root) as rebuilt:
        assert took(rebuilt) == 0


def as_version_1(path: Path) -> None:
    """Write the journal as 0.1 and 0.2 did."""
    old = path.with_name("old.db")
    with contextlib.closing(sqlite3.connect(old)) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("ATTACH DATABASE ? AS now", (str(path),))
        db.execute("INSERT INTO sessions SELECT id, created, current FROM now.sessions")
        for table in ("rounds", "images", "records"):
            columns = ", ".join(name for _, name, *_ in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO {table} SELECT {columns} FROM now.{table}")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    for name in ("library.db", "library.db-wal", "library.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    old.rename(path)


def test_a_damaged_name_or_deletion_hides_nothing(library: Library, fill: Fill) -> None:
    session, _ = fill(library)
    library.close()
    with contextlib.closing(sqlite3.connect(library.root / "library.db")) as db:
        db.execute("UPDATE sessions SET name = x'ff', deleted = 'never'")
        db.commit()
    with Library(library.root) as again:
        assert [(summary.id, summary.name) for summary in again.sessions()] == [(session, "")]
        assert again.search("boat") and again.restore_session() is None
