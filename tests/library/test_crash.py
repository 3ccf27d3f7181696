"""Killed at any moment, two at once, or on a full disk: what was said to be done is there, and whole."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.library.images.png import encode_png, pixels_intact, read_png
from seedtui.library.library import Library
from tests.support.programs import program


@contextlib.contextmanager
def child(library: Library, session: str, rounds: int) -> Iterator[subprocess.Popen[str]]:
    """A process that runs `rounds` in `session`; killed at the end if it is still there."""
    process = subprocess.Popen(
        [*program("library_writer"), str(library.root), session, str(rounds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


def said(lines: list[str]) -> tuple[list[str], list[tuple[str, int, str]]]:
    """The rounds and the images that a child said were there."""
    words = [line.split() for line in lines if line.endswith("\n")]
    return [w[1] for w in words if w[0] == "round"], [(w[1], int(w[2]), w[3]) for w in words if w[0] == "image"]


def assert_whole(library: Library, session: str, images: list[tuple[str, int, str]]) -> None:
    """`images` are in the library, and all files that are named as pictures are whole."""
    found = library.load_session(session)
    for round_id, index, sha256 in images:
        assert found.images[round_id, index].sha256 == sha256
    for image in found.images.values():
        assert pixels_intact(*read_png(image.path))
    for path in library.pictures.rglob("*.png"):
        if not path.name.startswith("."):
            read_png(path)
    with contextlib.closing(sqlite3.connect(library.root / "library.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("kills", [10, pytest.param(30, marks=pytest.mark.slow)])
def test_a_kill_loses_nothing_that_was_done(library: Library, kills: int) -> None:
    session = library.new_session()
    images = []
    chance = random.Random(kills)
    for _ in range(kills):
        with child(library, session, 1000) as process:
            lines = [process.stdout.readline() for _ in range(chance.randint(1, 9))]
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            rounds, done = said(lines + process.stdout.readlines())
        images += done
        assert_whole(library, session, images)
        status = library.load_session(session).status
        assert [status[r] for r in rounds[:-1]] == ["done"] * (len(rounds) - 1)
        assert status[rounds[-1]] in ("unfinished", "done")
        assert "running" not in status.values()
    assert len(images) >= kills


def test_an_unfinished_round_runs_again_to_the_same_files(library: Library, picture, record_of) -> None:
    session = library.new_session()
    round_ = explore("cat", range(2), Recipe(width=8, height=8))
    with Library(library.root) as killed:
        killed.add_round(session, round_)
        path = killed.add_image(session, record_of(round_, 0, picture(0)), picture(0))
    assert library.load_session(session).status == {round_.id: "unfinished"}
    assert library.sessions()[0].unfinished == 1
    library.add_round(session, library.load_session(session).lineage.rounds[0])
    assert library.load_session(session).status == {round_.id: "running"}
    assert library.add_image(session, record_of(round_, 0, picture(0)), picture(0)) == path


def test_a_file_that_a_kill_left_unrecorded_is_used(library: Library, picture, record_of) -> None:
    session = library.new_session()
    round_ = explore("cat", range(2), Recipe(width=8, height=8))
    library.add_round(session, round_)
    record = record_of(round_, 0, picture())
    (library.pictures / session).mkdir(parents=True)
    path = library.pictures / session / "cat_seed-0.png"
    path.write_bytes(encode_png(picture(), record))
    assert library.add_image(session, record, picture()) == path
    assert len(library.load_session(session).images) == 1


def test_two_apps_at_once(library: Library) -> None:
    session = library.new_session()
    with child(library, session, 6) as one, child(library, session, 6) as two:
        lines = one.communicate()[0].splitlines(True) + two.communicate()[0].splitlines(True)
    assert (one.returncode, two.returncode) == (0, 0)
    rounds, images = said(lines)
    assert (len(rounds), len(images)) == (12, 48)
    assert_whole(library, session, images)
    found = library.load_session(session)
    assert set(found.status.values()) == {"done"}
    assert len({image.path for image in found.images.values()}) == 48


def test_a_round_that_runs_elsewhere_is_left_alone(library: Library) -> None:
    session = library.new_session()
    with child(library, session, 0) as process:
        round_id = process.stdout.readline().split()[1]
        with Library(library.root) as third:
            assert third.load_session(session).status == {round_id: "running"}
        assert library.load_session(session).status == {round_id: "running"}
        process.kill()
        process.wait()
        assert library.load_session(session).status == {round_id: "unfinished"}
    assert len(list((library.root / "open").iterdir())) == 1


def test_many_open_a_new_library_at_once(tmp_path: Path) -> None:
    command = "from pathlib import Path; from seedtui.library.library import Library; Library(Path('new'))"
    children = [subprocess.Popen([sys.executable, "-c", command], cwd=tmp_path) for _ in range(4)]
    assert [c.wait() for c in children] == [0] * 4


@pytest.mark.parametrize("pictures_elsewhere", [False, True])
def test_a_full_disk_loses_nothing(small_disk: Path, tmp_path: Path, record_of, pictures_elsewhere: bool) -> None:
    """Where pictures, or the journal alone, find no room, the call fails in one line, and works once there is."""
    pictures = tmp_path / "pictures" if pictures_elsewhere else None
    with Library(small_disk / "library", pictures) as library:
        session = library.new_session()
        round_ = explore("noise", range(200), Recipe(width=64, height=64))
        library.add_round(session, round_)
        spare = small_disk / "spare"
        spare.write_bytes(bytes(300_000))
        saved = []

        def add(count: int = 1) -> None:
            for index in range(len(saved), len(saved) + count):
                noise = Picture(64, 64, random.Random(index).randbytes(64 * 64 * 3))
                saved.append(library.add_image(session, record_of(round_, index, noise), noise))

        if pictures_elsewhere:
            with contextlib.suppress(OSError), open(small_disk / "filler", "wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        with pytest.raises(FileError, match="the disk is full"):
            add(150)
        with pytest.raises(FileError, match="the disk is full"):
            add()
        found = library.load_session(session)
        assert len(found.images) == len(saved)
        spare.unlink()
        add()
        found = library.load_session(session)
        assert [image.path for image in found.images.values()] == saved
        assert all(pixels_intact(*read_png(path)) for path in saved)
        assert len(list(library.pictures.rglob("*.p*"))) == len(saved)


def test_a_library_on_a_full_disk_opens_once_there_is_room(small_disk: Path) -> None:
    Library(small_disk / "library").close()
    with contextlib.suppress(OSError):
        (small_disk / "filler").write_bytes(bytes(2**21))
    with pytest.raises(FileError, match="the disk is full"):
        Library(small_disk / "library")
    (small_disk / "filler").unlink()
    with Library(small_disk / "library") as library:
        assert library.sessions() == ()


def test_a_read_only_file_system_is_told(small_disk: Path) -> None:
    Library(small_disk / "library").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for root in (small_disk / "library", small_disk / "new"):
        with pytest.raises(FileError, match="read-only"):
            Library(root)
