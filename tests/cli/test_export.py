"""``seedtui export`` of sessions: by name, the latest, into a folder or a zip; and what it refuses."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from seedtui.cli.main import run
from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[SessionId]:
    """Two sessions of one picture each, the newer one last."""
    monkeypatch.chdir(tmp_path)
    made = []
    with Library.default() as library:
        for number, prompt in enumerate(("a cat", "a dog")):
            made.append(library.new_session())
            round_ = explore(prompt, [0], Recipe(width=8, height=8))
            picture = Picture(8, 8, bytes([number]) * 192)
            record = ImageRecord(
                kind="explore", prompt=prompt, suffix="", seed=0, slot=0, recipe=round_.recipe,
                environment=Environment(), sha256=pixel_hash(picture.pixels), round_id=round_.id, index=0,
            )  # fmt: skip
            library.add_round(made[-1], round_)
            library.add_image(made[-1], record, picture)
            library.finish_round(round_.id, "done")
    return made


def test_the_latest_goes_into_a_folder_of_its_name(sessions, capsys):
    assert run(["export", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["session"], told["rounds"], told["images"], told["missing"]) == (sessions[1], 1, 1, 0)
    assert Path(told["path"]).name == f"seedtui_{sessions[1]}"
    assert "a dog" in (Path(told["path"]) / "contact-sheet.md").read_text()


def test_any_goes_into_a_zip(sessions, tmp_path, capsys):
    assert run(["export", sessions[0], "--out", str(tmp_path / "cat.zip")]) == 0
    assert "1 round, 1 picture" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "cat.zip") as archive:
        assert b"a cat" in archive.read("cat/contact-sheet.md")


def test_what_can_not_be_is_one_line(sessions, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    for words in (["nonsense"], ["latest", "--out", str(tmp_path / "full")], [sessions[0], "--out", "/proc/x"]):
        assert run(["export", *words]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_picture_that_is_gone_is_told(sessions, capsys):
    with Library.default() as library:
        next((library.pictures / sessions[1]).glob("*.png")).unlink()
    assert run(["export"]) == 1
    assert "1 picture is missing" in capsys.readouterr().err
