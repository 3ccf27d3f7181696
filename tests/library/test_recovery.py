"""Whatever becomes of the database, or of a row in it, the images are found again, and what was said of them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.library.journal import owner
from seedtui.library.journal.schema import MIGRATIONS
from seedtui.library.library import Library
from seedtui.library.marks import FILE, Mark, SessionMarks, read_marks, write_marks
from seedtui.library.sessions import SessionId
from tests.support.no_files import NO_FILES, put_no_file

RECIPE = Recipe(width=8, height=8)

Fill = Callable[..., tuple[SessionId, list[Round]]]


@pytest.fixture
def fill(picture, record_of) -> Fill:
    """A session of some rounds of two images."""

    def fill(library: Library, count: int = 3) -> tuple[SessionId, list[Round]]:
        session = library.new_session()
        rounds = [explore(f"cat {number}", range(2), RECIPE) for number in range(count)]
        for round_ in rounds:
            library.add_round(session, round_)
            for index in range(2):
                library.add_image(session, record_of(round_, index, picture(index)), picture(index))
            library.finish_round(round_.id, "done")
        return session, rounds

    return fill


def damage(root: Path, kind: str) -> None:
    """Do that to the database in `root`."""
    file = root / "library.db"
    match kind:
        case "gone":
            file.unlink()
        case "gone, but not what lay beside it":
            file.unlink()
            (root / "library.db-wal").write_bytes(b"old" * 1000)
            (root / "library.db-shm").write_bytes(b"old" * 1000)
        case "empty":
            file.write_bytes(b"")
        case "no database":
            file.write_bytes(random.Random(1).randbytes(9000))
        case "a version that SQLite cannot write":
            data = bytearray(file.read_bytes())
            data[18] = 77
            file.write_bytes(data)
        case "another program's":
            file.unlink()
            with contextlib.closing(sqlite3.connect(file)) as db:
                db.execute("CREATE TABLE notes (text)")
        case "another program's, of a high version":
            file.unlink()
            with contextlib.closing(sqlite3.connect(file)) as db:
                db.execute("CREATE TABLE notes (text)")
                db.execute("PRAGMA user_version = 77")
        case "without tables":
            file.unlink()
            with contextlib.closing(sqlite3.connect(file)) as db:
                db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        case "without a table":
            with contextlib.closing(sqlite3.connect(file)) as db:
                db.execute("DROP TABLE records")
        case "without a column":
            with contextlib.closing(sqlite3.connect(file)) as db:
                db.execute("ALTER TABLE images DROP COLUMN starred")


KINDS = [
    "gone", "gone, but not what lay beside it", "empty", "no database", "a version that SQLite cannot write",
    "another program's", "another program's, of a high version", "without tables", "without a table",
    "without a column",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_becomes_of_the_database_nothing_is_lost(library: Library, fill: Fill, kind: str) -> None:
    session, (first, second, third) = fill(library)
    library.set_pick(first.id, 1)
    library.star(second.id, 0)
    library.star(second.id, 1)
    library.star(second.id, 0, False)
    library.delete_rounds(third.id)
    library.delete_images((second.id, 0))
    before = library.load_session(session)
    library.close()
    damage(library.root, kind)
    old = sorted(f.read_bytes() for f in library.root.glob("library.db*") if f.stat().st_size)

    with Library(library.root) as again:
        after = again.load_session(session)
        assert after.picks == {first.id: 1}
        assert after.images == before.images
        assert after.rounds.keys() == before.rounds.keys()
        again.undelete_rounds(third.id)
        again.undelete_images((second.id, 0))
        assert len(again.load_session(session).images) == 6
        assert again.notice
        assert sorted(f.read_bytes() for f in library.root.glob("library-damaged-*")) == old
    with Library(library.root) as last:
        assert not last.notice
        assert len(last.load_session(session).images) == 6


def test_a_first_start_tells_of_nothing(library: Library) -> None:
    assert not library.notice
    assert not list(library.root.glob("library-*"))


@pytest.mark.parametrize("kind", [kind for kind in NO_FILES if kind != "nowhere"])
@pytest.mark.parametrize("name", ["library.db", "library.lock"])
def test_what_is_no_file_is_told_and_left_alone(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / "library").mkdir()
    path = put_no_file(tmp_path / "library" / name, kind)
    if name == "library.lock" and kind == "device":
        pytest.skip("a device can be locked")
    with pytest.raises(FileError):
        Library(tmp_path / "library")
    assert os.path.lexists(path)


def test_a_link_to_a_damaged_database_is_set_aside_and_what_it_leads_to_stays(
    library: Library, fill: Fill, tmp_path: Path
) -> None:
    session, _ = fill(library)
    library.close()
    (tmp_path / "elsewhere").write_bytes(b"no database" * 1000)
    (library.root / "library.db").unlink()
    (library.root / "library.db").symlink_to(tmp_path / "elsewhere")
    with Library(library.root) as again:
        assert len(again.load_session(session).images) == 6
    assert (tmp_path / "elsewhere").read_bytes() == b"no database" * 1000


def test_what_says_of_rounds_that_are_there_is_not_taken_from_beside(library: Library, fill: Fill) -> None:
    session, (first, *_) = fill(library)
    library.star(first.id, 0)
    marks = SessionMarks(name="not ours", rounds={first.id: Mark(pick=1, stars=(1,), deleted=True)})
    write_marks(library.pictures / session, marks)
    library.rebuild()
    assert library.load_session(session).rounds[first.id].starred == {0}


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"[]", b"3", b"\xff", b"[" * 100_000, b'{"version": 2, "rounds": {}}', b'{"version": 1}',
        b'{"version": 1, "rounds": []}', b'{"version": 1, "rounds": {"%s": 3, "../x": {"pick": 1}}}',
        b'{"version": 1, "rounds": {"%s": {"pick": "a"}}}', b'{"version": 1, "rounds": {"%s": {"pick": -1}}}',
        b'{"version": 1, "rounds": {"%s": {"stars": [NaN]}}}', b'{"version": 1, "rounds": {"%s": {"stars": 5}}}',
        b'{"version": 1, "rounds": {"%s": {"pick": ' + b"9" * 5000 + b"}}}",
        b'{"version": 1, "rounds": {"%s": {"pick": 1e400, "deleted": 1}}}',
        b'{"version": 1, "name": 3, "deleted": "now", "rounds": {}}', b'{"version": 1, "deleted": -1, "rounds": {}}',
        b'{"version": 1, "deleted": 1e300, "rounds": {}}',
        b'{"version": 1, "rounds": {"%s": {"deleted_images": [-1]}}}',
    ],
)  # fmt: skip
def test_marks_that_are_none_are_left_out(library: Library, fill: Fill, text: bytes) -> None:
    session, (first, *_) = fill(library)
    (library.pictures / session / FILE).write_bytes(text.replace(b"%s", first.id.encode()))
    library.close()
    damage(library.root, "gone")
    with Library(library.root) as again:
        assert len(again.load_session(session).images) == 6
        assert again.load_session(session).picks == {}
        again.set_pick(first.id, 1)
        assert read_marks(again.pictures / session) == SessionMarks(rounds={first.id: Mark(pick=1)})


@pytest.mark.parametrize("kind", NO_FILES)
def test_marks_that_are_no_file_are_left_out(tmp_path: Path, kind: str) -> None:
    put_no_file(tmp_path / FILE, kind)
    assert read_marks(tmp_path) == SessionMarks()


def test_marks_that_cannot_be_written_stop_nothing(library: Library, fill: Fill) -> None:
    session, (first, *_) = fill(library)
    (library.pictures / session / FILE).mkdir()
    library.star(first.id, 0)
    assert library.load_session(session).rounds[first.id].starred == {0}


def test_a_folder_that_was_copied_brings_its_marks(library: Library, fill: Fill, tmp_path: Path) -> None:
    session, (first, *_) = fill(library)
    library.star(first.id, 1)
    shutil.copytree(library.pictures / session, tmp_path / "copy")
    with Library(tmp_path / "other") as other:
        other.rebuild(tmp_path / "copy")
        (summary,) = other.sessions()
        assert other.load_session(summary.id).rounds[first.id].starred == {1}


BAD = ["'{'", "x'ff00'", "'null'", "'{}'", "cast(x'ff' AS TEXT)", "7", "1e300", "''", "'[' || hex(zeroblob(9000))"]


@pytest.mark.parametrize("value", [*BAD[:2], *(pytest.param(value, marks=pytest.mark.slow) for value in BAD[2:])])
@pytest.mark.parametrize(
    "column",
    [
        "sessions.created", "sessions.current", "rounds.status", "rounds.owner", "rounds.created", "rounds.deleted",
        "rounds.pick", "rounds.words", "rounds.body", "images.path", "images.sha256", "images.starred", "records.body",
        "rounds.id", "images.place", "rounds.seconds", "images.deleted",
    ],
)  # fmt: skip
def test_one_row_that_cannot_be_read_is_in_nobodys_way(library: Library, fill: Fill, column: str, value: str) -> None:
    bad, (first, *others) = fill(library)
    good, rounds = fill(library)
    table, name = column.split(".")
    where = {
        "sessions": f"id = '{bad}'", "rounds": f"id = '{first.id}'",
        "images": f"round = (SELECT number FROM rounds WHERE id = '{first.id}') AND place = 0",
        "records": f"round = (SELECT number FROM rounds WHERE id = '{first.id}') AND place = 0",
    }  # fmt: skip
    with contextlib.closing(sqlite3.connect(library.root / "library.db")) as db:
        db.execute(f"UPDATE {table} SET {name} = {value} WHERE {where[table]}")
        db.commit()

    assert {s.id for s in library.sessions()} == {bad, good}
    assert len(library.load_session(good).images) == 6
    assert next(f.round_id for f in library.search("cat 2")) == rounds[2].id
    loaded = library.load_session(bad)
    assert {r.id for r in loaded.lineage.rounds} >= {r.id for r in others}
    assert len(loaded.images) >= 4
    library.rebuild()
    library.set_pick(rounds[0].id, 1)
    library.delete_rounds(first.id)
    library.undelete_rounds(first.id)
    if column in ("rounds.body", "records.body"):
        assert library.load_session(bad).rounds[first.id].round.prompt == "cat 0"
        assert library.record(first.id, 0).prompt == "cat 0"


@pytest.mark.parametrize("damaged", ["sessions SET id = x'ff00'", "sessions SET id = 7", "rounds SET deleted = 'x'"])
def test_rounds_whose_session_or_deletion_is_damaged_are_listed(library: Library, fill: Fill, damaged: str) -> None:
    session, rounds = fill(library)
    library.close()
    with contextlib.closing(sqlite3.connect(library.root / "library.db")) as connection, connection:
        connection.execute(f"UPDATE {damaged}")
    with Library(library.root, library.pictures) as again:
        (found,) = again.sessions()
        assert (found.id, found.rounds, found.images) == (session, len(rounds), 2 * len(rounds))
        assert len(again.load_session(session).rounds) == len(rounds)


def test_a_round_of_which_images_are_gone_has_a_place_for_them(library: Library, record_of, picture) -> None:
    session = library.new_session()
    round_ = explore("cat", range(4, 8), RECIPE)
    library.add_round(session, round_)
    paths = [library.add_image(session, record_of(round_, i, picture(i)), picture(i)) for i in range(4)]
    paths[0].unlink()
    paths[2].unlink()
    library.close()
    damage(library.root, "gone")
    with Library(library.root) as again:
        found = again.load_session(session)
        assert found.rounds[round_.id].on_disk == {1, 3}
        assert [(s.index, s.seed) for s in found.lineage.rounds[0].shots] == [(0, 4), (1, 5), (2, 6), (3, 7)]


REBUILD = (
    "import sys; from pathlib import Path; from seedtui.library.library import Library; Library(Path(sys.argv[1]))"
)


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_a_kill_in_a_rebuild_loses_nothing(library: Library, fill: Fill, kills: int) -> None:
    session, rounds = fill(library, 60)
    library.star(rounds[7].id, 1)
    library.close()
    chance = random.Random(kills)
    for number in range(kills):
        with contextlib.suppress(sqlite3.OperationalError):  # what a kill has left may lack what is to be damaged
            damage(library.root, KINDS[number % len(KINDS)] if (library.root / "library.db").exists() else "none")
        process = subprocess.Popen([sys.executable, "-c", REBUILD, library.root])
        until = time.monotonic() + 20
        while (
            not list(library.root.glob("library-rebuilding*")) and process.poll() is None and time.monotonic() < until
        ):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Library(library.root) as again:
        found = again.load_session(session)
        assert len(found.images) == 120
        assert found.rounds[rounds[7].id].starred == {1}
        assert not list(library.root.glob("library-rebuilding*"))


def test_many_start_at_once_on_a_damaged_database(library: Library, fill: Fill) -> None:
    session, _ = fill(library, 60)
    library.close()
    damage(library.root, "no database")
    children = [subprocess.Popen([sys.executable, "-c", REBUILD, library.root]) for _ in range(4)]
    assert [child.wait() for child in children] == [0] * 4
    assert len(list(library.root.glob("library-damaged-*"))) == 1
    with Library(library.root) as again:
        assert len(again.load_session(session).images) == 120


def test_a_database_that_another_app_replaces_meanwhile_is_written_again(library: Library, fill: Fill) -> None:
    session, (first, *_) = fill(library)
    damage(library.root, "gone")
    with Library(library.root) as other:
        library.star(first.id, 1)
        assert other.load_session(session).rounds[first.id].starred == {1}


def test_who_waits_for_a_rebuild_waits_as_long_as_it_gets_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "_PATIENCE", 0.5)
    holds, over = threading.Event(), threading.Event()

    def hold(moving: bool) -> None:
        with owner.one_at_a_time(tmp_path / "lock"):
            holds.set()
            for _ in range(200):
                if over.wait(0.01):
                    return
                if moving:
                    owner.get_further(tmp_path / "lock")

    threading.Thread(target=hold, args=(True,)).start()
    holds.wait()
    with owner.one_at_a_time(tmp_path / "lock"):  # two seconds later
        pass
    holds.clear()
    still = threading.Thread(target=hold, args=(False,))
    still.start()
    holds.wait()
    with pytest.raises(FileError, match="another seedtui"), owner.one_at_a_time(tmp_path / "lock"):
        pass
    over.set()
    still.join()
