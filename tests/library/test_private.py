"""What is not a picture is its user's alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedtui.library.library import Library
from seedtui.library.paths import worker_log
from seedtui.library.private import open_private


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_the_library_is_its_users_alone(tmp_path: Path) -> None:
    with Library(tmp_path / "data", tmp_path / "pictures") as library:
        library.sessions()
        assert _open_to_others(tmp_path / "data") == []
        assert (tmp_path / "data" / "library.db-wal").exists()


def test_a_library_of_an_older_version_is_closed_to_others(tmp_path: Path) -> None:
    with Library(tmp_path / "data") as library:
        library.sessions()
        os.link(tmp_path / "data" / "library.db", tmp_path / "data" / "library-damaged-2026.db")
        for path in (tmp_path / "data", *(tmp_path / "data").rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        with Library(tmp_path / "data"):
            names = {path.name for path in _open_to_others(tmp_path / "data")}
            assert not {name for name in names if name == "data" or name.startswith("library")}


def test_logs_are_their_users_alone(home: Path) -> None:
    folder = home / "log"
    folder.mkdir(parents=True)
    (folder / "seedtui.log").write_text("of an older version")
    worker_log()
    with open_private(folder / "bugs.log", "a") as log:
        log.write("\udc80\x1b")
    assert _open_to_others(folder) == []


def test_pictures_follow_the_umask(tmp_path: Path) -> None:
    from seedtui.library.files import make_folder, write_file

    write_file(make_folder(tmp_path / "pictures" / "cats") / "cat.png", b"a cat")
    assert len(_open_to_others(tmp_path / "pictures")) == 3


def _open_to_others(folder: Path) -> list[Path]:
    return [p for p in (folder, *folder.rglob("*")) if stat.S_IMODE(p.stat().st_mode) & 0o077]
