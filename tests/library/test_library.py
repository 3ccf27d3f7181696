"""A library keeps what it is given, and finds it again."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Pick, Round
from seedtui.library.images import png
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId

RECIPE = Recipe(width=8, height=8)


@pytest.fixture
def run(picture, record_of):
    """Runs a round in a library: all its images, or the first `count`."""

    def run(library: Library, session: SessionId, round_: Round, count: int = 99, status: str = "done") -> list[Path]:
        library.add_round(session, round_)
        saved = []
        for shot in round_.shots[:count]:
            shown = picture(shot.seed + 10 * shot.index)
            saved.append(library.add_image(session, record_of(round_, shot.index, shown), shown))
        if status != "running":
            library.finish_round(round_.id, status)
        return saved

    return run


@pytest.fixture
def first() -> Round:
    return explore("Labrador in the style of Vermeer", range(4), RECIPE)


@pytest.fixture
def second(first: Round) -> Round:
    return refine(first.prompt, 2, (", artsy", ", colorful"), RECIPE, Pick(first.id, 2))


def test_a_session_is_found_again_as_it_was_left(library: Library, run, picture, first: Round, second: Round) -> None:
    session = library.new_session()
    paths = run(library, session, first) + run(library, session, second)
    library.set_pick(first.id, 2)
    library.star(second.id, 1)
    library.set_current(first.id)
    library.close()

    with Library(library.root) as again:
        found = again.load_session(session)
        assert found.lineage.rounds == (first, second)
        assert found.lineage.children(first) == (second,)
        assert found.status == {first.id: "done", second.id: "done"}
        assert found.picks == {first.id: 2}
        assert found.current == first.id
        assert [image.path for image in found.images.values()] == paths
        assert [place for place, image in found.images.items() if image.starred] == [(second.id, 1)]
        assert again.picture(first.id, 3) == picture(33)
        assert again.record(second.id, 1) == png.read_record(paths[-1])
        assert paths[-1].name == "labrador-in-the-style-of-vermeer_seed-2_colorful.png"


def test_sessions_are_listed_newest_first(library: Library, run, first: Round, second: Round) -> None:
    older, newer, empty = (library.new_session() for _ in range(3))
    run(library, older, first)
    run(library, newer, second, count=1)
    listed = library.sessions()
    assert [s.id for s in listed] == [newer, older]
    assert [(s.rounds, s.images, s.unfinished) for s in listed] == [(1, 1, 0), (1, 4, 0)]
    assert listed[1].prompt == first.prompt
    assert library.load_session(empty).lineage.rounds == ()


def test_deleted_rounds_come_back(library: Library, run, first: Round, second: Round) -> None:
    session = library.new_session()
    run(library, session, first)
    run(library, session, second)
    library.delete_rounds(second.id)
    found = library.load_session(session)
    assert found.lineage.rounds == (first,)
    assert {round_id for round_id, _ in found.images} == {first.id}
    assert found.current == first.id
    assert library.search("artsy") == ()
    library.undelete_rounds(second.id)
    assert library.load_session(session).lineage.rounds == (first, second)


def test_search_reads_prompts_and_suffixes(library: Library, run, first: Round, second: Round) -> None:
    session = library.new_session()
    run(library, session, first, count=0)
    run(library, session, second, count=0)
    assert [f.round_id for f in library.search("VERMEER labrador")] == [second.id, first.id]
    assert [f.title for f in library.search("artsy")] == ["seed 2 · 2 suffixes"]
    assert library.search("labrador cat") == ()
    assert library.search("%") == ()


def test_a_round_that_runs_again_is_one_round(library: Library, run, first: Round) -> None:
    session = library.new_session()
    paths = run(library, session, first, count=2, status="cancelled")
    again = run(library, session, first)
    assert again[:2] == paths
    assert len(library.load_session(session).images) == 4
    assert len(list(library.pictures.rglob("*.png"))) == 4


def test_images_of_one_name_do_not_replace_each_other(library: Library, run, picture) -> None:
    session = library.new_session()
    rounds = [explore("cat", [7], RECIPE) for _ in range(3)]
    paths = [run(library, session, round_)[0] for round_ in rounds]
    assert [p.name for p in paths] == ["cat_seed-7.png", *(f"cat_seed-7_{r.id[:4]}.png" for r in rounds[1:])]
    assert [png.read_record(p).round_id for p in paths] == [r.id for r in rounds]


def test_an_edited_file_is_not_taken_for_the_image(library: Library, run, picture, record_of, first: Round) -> None:
    session = library.new_session()
    (path, *_) = run(library, session, first)
    path.write_bytes(png.encode_png(picture(99), png.read_record(path)))
    assert library.add_image(session, png.read_record(path), picture(0)) != path


def test_a_library_is_rebuilt_from_its_pictures(library: Library, run, first: Round, second: Round) -> None:
    session = library.new_session()
    run(library, session, first)
    run(library, session, second)
    (library.pictures / session / "broken.png").write_bytes(b"no")
    with Library(library.root / "other", library.pictures) as other:
        assert (found := other.rebuild()).images == 6
        assert found.skipped == 1
        assert other.rebuild() == found
        loaded, kept = other.load_session(session), library.load_session(session)
        assert loaded.images == kept.images
        assert loaded.status == kept.status
        assert [(r.id, r.shots, r.parent) for r in loaded.lineage.rounds] == [
            (r.id, r.shots, r.parent) for r in (first, second)
        ]


def test_a_foreign_folder_becomes_a_session(library: Library, run, first: Round, tmp_path: Path) -> None:
    session = library.new_session()
    for path in run(library, session, first):
        (tmp_path / "out").mkdir(exist_ok=True)
        shutil.move(path, tmp_path / "out")
    with Library(tmp_path / "other") as other:
        assert other.rebuild(tmp_path / "out").images == 4
        (summary,) = other.sessions()
        assert summary.id != session
        assert other.picture(first.id, 1) == png.read_picture(tmp_path / "out" / f"{_name(first)}_seed-1.png")


def _name(round_: Round) -> str:
    return round_.prompt.lower().replace(" ", "-")


def test_a_folder_that_is_not_there_can_not_be_read(library: Library, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such folder"):
        library.rebuild(tmp_path / "gone")


def test_a_known_image_stays_where_it_is(library: Library, run, first: Round, tmp_path: Path) -> None:
    session = library.new_session()
    paths = run(library, session, first)
    shutil.copytree(library.pictures, tmp_path / "copy")
    library.rebuild(tmp_path / "copy")
    assert [i.path for i in library.load_session(session).images.values()] == paths


def test_a_moved_library_is_whole(library: Library, run, picture, first: Round, tmp_path: Path) -> None:
    session = library.new_session()
    run(library, session, first)
    library.close()
    library.root.rename(tmp_path / "moved")
    with Library(tmp_path / "moved") as moved:
        assert moved.picture(first.id, 1) == picture(11)
    library.root.mkdir()


def test_threads_take_turns(library: Library, picture, record_of) -> None:
    session = library.new_session()
    round_ = explore("cat", range(40), RECIPE)
    library.add_round(session, round_)

    def add(index: int) -> Path:
        return library.add_image(session, record_of(round_, index, picture(index)), picture(index))

    with ThreadPoolExecutor(4) as threads:
        paths = list(threads.map(add, range(40)))
    assert [i.path for _, i in sorted(library.load_session(session).images.items())] == paths


@pytest.mark.parametrize("damage", ["text", "header", "middle", "short"])
def test_a_damaged_database_is_set_aside_and_rebuilt(library: Library, run, first: Round, damage: str) -> None:
    session = library.new_session()
    run(library, session, first)
    library.close()
    file = library.root / "library.db"
    data = bytearray(file.read_bytes())
    if damage == "text":
        data = bytearray(b"this is no database " * 1000)
    elif damage == "header":
        data[:100] = bytes(100)
    elif damage == "middle":
        data[4096:] = b"\xff" * (len(data) - 4096)
    else:
        del data[5000:]
    file.write_bytes(data)
    with Library(library.root) as again:
        found = again.load_session(session)
        assert len(found.images) == 4
        assert again.notice.isprintable()
        assert "has been moved to" in again.notice
        assert again.add_image(session, again.record(first.id, 0), again.picture(first.id, 0)).exists()
    assert list(library.root.glob("library-damaged-*.db"))


def test_a_database_that_is_taken_away_while_it_is_open(library: Library, run, first: Round, second: Round) -> None:
    session = library.new_session()
    run(library, session, first)
    for file in library.root.glob("library.db*"):
        file.unlink()
    run(library, session, second)
    assert [r.id for r in library.load_session(session).lineage.rounds] == [first.id, second.id]
    assert len(library.load_session(session).images) == 6
    assert library.rebuild().images == 6


def test_a_library_of_a_later_version(library: Library) -> None:
    library.close()
    with sqlite3.connect(library.root / "library.db") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(FileError, match="newer seedtui"):
        Library(library.root)
    assert (library.root / "library.db").exists()


def test_a_locked_database_is_told(library: Library, first: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    library._db._connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(library.root / "library.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(FileError, match="locked by another program"):
        library.add_round(library.new_session(), first)
    other.close()
    library.add_round(library.new_session(), first)


@pytest.mark.parametrize("name", ["../x", "", "x", "2026-11-23_15-10-42_3f2a/..", "/etc"])
def test_a_session_is_no_path(library: Library, first: Round, name: str) -> None:
    for call in (lambda: library.add_round(SessionId(name), first), lambda: library.load_session(SessionId(name))):
        with pytest.raises(FileError, match="is not a session"):
            call()


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="is a file, not a folder"):
        Library(tmp_path / "file")
    (tmp_path / "library" / "library.db").mkdir(parents=True)
    with pytest.raises(FileError):
        Library(tmp_path / "library")


def test_an_image_that_is_not_there(library: Library, run, first: Round) -> None:
    with pytest.raises(FileError, match="not in the library"):
        library.picture(first.id, 0)
    (path, *_) = run(library, library.new_session(), first)
    path.unlink()
    with pytest.raises(FileError, match="no such file"):
        library.picture(first.id, 0)
