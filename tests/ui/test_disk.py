"""Disks that are full, read-only or broken under a running app: told in one line, nothing lost, keys still work."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.library import Library


def fill(folder: Path) -> Path:
    """A file that takes all the room there is."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(512))
    return filler


def whole(root: Path, pictures: Path | None = None) -> list[tuple[str, str, int]]:
    """Prompt, status and images of each round of the newest session, whose files are all whole."""
    with Library(root, pictures) as library:
        found = library.load_session(library.sessions()[0].id)
        for image in found.images.values():
            assert pixels_intact(*read_png(image.path))
        kept = [round_id for round_id, _ in found.images]
        return [(r.prompt, found.status[r.id], kept.count(r.id)) for r in found.lineage.rounds]


async def generate(d, prompt: str) -> None:
    """A round of that prompt, typed as a user does."""
    await d.pilot.press("p")
    d.app.main.prompt_bar.prompt.text = prompt
    await d.pilot.press("enter")


async def test_a_disk_that_fills_up_and_is_cleared(desk, small_disk):
    async with desk(library=lambda: Library(small_disk / "library")) as d:
        await generate(d, "first")
        await d.done(1)
        filler = fill(small_disk)
        await generate(d, "second")
        await d.done(2)
        await d.until(lambda: d.app.state.problem)
        assert "the disk is full" in d.app.state.problem.message
        assert "4 pictures wait in memory" in d.app.state.problem.hint
        await d.pilot.press("l", "r")  # the app goes on, from pictures that are in memory alone
        await d.done(3)
        assert "8 pictures" in d.app.state.problem.hint
        await d.pilot.press("left_square_bracket")
        assert len(d.app.controller.pictures.cache.of(d.app.state.shown)) == 4
        await d.pilot.press("ctrl+r")  # too early
        await d.until(lambda: d.app.state.problem)
        filler.unlink()
        await d.pilot.press("ctrl+r")
        await d.until(lambda: not d.app.controller.sessions.pictures_in_memory)
        assert d.app.state.problem is None
    assert whole(small_disk / "library") == [("first", "done", 4), ("second", "done", 4), ("second", "done", 4)]


async def test_a_disk_that_is_full_from_the_start(desk, small_disk):
    filler = fill(small_disk)
    async with desk(library=lambda: Library(small_disk / "library")) as d:
        await generate(d, "first")
        await d.done(1)
        await d.until(lambda: d.app.state.problem)
        assert "4 pictures wait in memory" in d.app.state.problem.hint
        filler.unlink()
        await d.pilot.press("ctrl+r")
        await d.until(lambda: not d.app.controller.sessions.pictures_in_memory)
    assert whole(small_disk / "library") == [("first", "done", 4)]


async def test_a_disk_that_turns_read_only_and_back(desk, small_disk, tmp_path):
    async with desk(library=lambda: Library(tmp_path / "library", small_disk / "pictures")) as d:
        await generate(d, "first")
        await d.done(1)
        await d.until(lambda: not d.app.controller.sessions.unwritten)
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        await generate(d, "second")
        await d.done(2)
        await d.until(lambda: d.app.state.problem)
        assert "read-only" in d.app.state.problem.message
        await d.pilot.press("l", "asterisk")
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: not d.app.controller.sessions.unwritten)
    assert whole(tmp_path / "library", small_disk / "pictures") == [("first", "done", 4), ("second", "done", 4)]


async def test_leaving_with_pictures_in_memory_asks_for_a_second_key(desk, small_disk):
    async with desk(library=lambda: Library(small_disk / "library")) as d:
        await generate(d, "first")
        await d.done(1)
        filler = fill(small_disk)
        await generate(d, "second")
        await d.done(2)
        await d.until(lambda: d.app.controller.sessions.pictures_in_memory == 4)
        await d.pilot.press("q")
        await d.until(lambda: "q again" in d.app.state.problem.hint)
        assert d.app.is_running
        filler.unlink()
        await d.pilot.press("q")
        await d.pilot.pause()
        assert not d.app.is_running
    assert whole(small_disk / "library") == [("first", "done", 4), ("second", "done", 4)]  # written on the way out


async def test_a_library_that_another_program_locks(desk, tmp_path, monkeypatch):
    monkeypatch.setattr("seedtui.library.journal.database._BUSY_MS", 100)
    async with desk() as d:
        await generate(d, "first")
        await d.done(1)
        await d.until(lambda: not d.app.controller.sessions.unwritten)
        with contextlib.closing(sqlite3.connect(tmp_path / "library" / "library.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await generate(d, "second")
            await d.done(2)
            await d.until(lambda: d.app.state.problem)
            assert "locked" in d.app.state.problem.message
            await d.pilot.press("l", "h", "l")
        await d.pilot.press("ctrl+r")
        await d.until(lambda: not d.app.controller.sessions.unwritten)
        assert d.app.state.problem is None
    assert whole(tmp_path / "library") == [("first", "done", 4), ("second", "done", 4)]


async def test_a_library_that_is_destroyed_while_it_is_open(desk, tmp_path):
    async with desk() as d:
        await generate(d, "first")
        await d.done(1)
        await d.until(lambda: not d.app.controller.sessions.unwritten)
        for tail in ("-wal", "-shm"):  # or SQLite mends it by itself
            (tmp_path / "library" / f"library.db{tail}").unlink()
        (tmp_path / "broken").write_bytes(b"no database" * 1000)
        (tmp_path / "broken").replace(tmp_path / "library" / "library.db")
        await generate(d, "second")
        await d.done(2)
        await d.until(lambda: not d.app.controller.sessions.unwritten)
        await d.until(lambda: d.app.state.notices)
        assert "moved to" in d.app.state.notices[0].message
        await d.pilot.press("T")
        await d.until(lambda: d.app.screen.rows.count == 1)
    assert [(prompt, images) for prompt, _, images in whole(tmp_path / "library")] == [("first", 4), ("second", 4)]


async def test_one_file_that_can_never_be_written_stops_no_other(desk, tmp_path):
    mended = []

    class Disk(Library):
        def add_image(self, session, record, picture):
            if record.seed == 1 and not mended:
                raise FileError("that one cannot be written")
            return super().add_image(session, record, picture)

    async with desk(library=lambda: Disk(tmp_path / "library")) as d:
        await generate(d, "first")
        await d.done(1)
        await generate(d, "second")
        await d.done(2)
        await d.until(lambda: d.app.controller.sessions.pictures_in_memory == 2)
        assert len(list((tmp_path / "library").rglob("*.png"))) == 6
        assert "2 pictures wait" in d.app.state.problem.hint
        mended.append(True)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: not d.app.controller.sessions.unwritten)
    assert whole(tmp_path / "library") == [("first", "done", 4), ("second", "done", 4)]
