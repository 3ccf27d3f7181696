"""``seedtui open`` without a terminal: what it says of an image."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.app.launch import Launch
from seedtui.cli import launch
from tests.support import foreign_files as f
from tests.support import image_files as i

from .conftest import Command


def test_what_an_image_says(bare: Command, tmp_path: Path):
    path = f.files(tmp_path)["a1111"]
    (line,) = bare("open", path, "--json", "--model", "sd15").lines
    assert (line["program"], line["seed"], line["exact"]) == ("AUTOMATIC1111", 1234567890, False)
    assert line["recipe"]["model"] == "sd15" and line["recipe"]["steps"] == 20


def test_info_reads_what_open_reads(bare: Command, tmp_path: Path):
    for path in f.files(tmp_path).values():
        (told,) = bare("info", path, "--json").lines
        assert told == bare("open", path, "--json").lines[0]
    words = bare("info", f.files(tmp_path)["a1111"]).out
    for word in ("AUTOMATIC1111", "a photo of a cat", "1234567890", "512x768", "v1-5-pruned-emaonly", "Clip skip"):
        assert word in words


def test_info_reads_jpeg_and_webp_files_too(bare: Command, tmp_path: Path):
    exif = i.tiff({i.USER_COMMENT: b"ASCII\0\0\0" + f.A1111.encode()})
    for path in (i.jpeg(tmp_path / "a.jpg", exif), i.webp(tmp_path / "a.webp", exif)):
        (told,) = bare("info", path, "--json").lines
        assert (told["program"], told["seed"]) == ("AUTOMATIC1111", 1234567890)
        assert told == bare("open", path, "--json").lines[0]


def test_ours_and_no_image(bare: Command, seedtui: Command, pictures: list[Path], tmp_path: Path):
    (line,) = bare("open", pictures[2], "--json").lines
    assert (line["program"], line["seed"], line["exact"], line["prompt"]) == ("seedtui", 2, True, "a cat")
    text = tmp_path / "a.png"
    text.write_text("no picture")
    for path in (text, tmp_path / "none.png", tmp_path):
        result = bare("open", path)
        assert result.code == 2 and result.err.count("\n") == 1
    assert "needs a terminal" in bare("open", pictures[0]).err


def test_what_the_app_is_started_with(
    bare: Command, pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    started: list[Launch] = []
    monkeypatch.setattr(launch, "_check_terminal", lambda: None)
    monkeypatch.setattr("seedtui.ui.run.run_app", lambda launch: started.append(launch) or 0)
    assert bare("open", pictures[2]).code == bare("open", f.files(tmp_path)["a1111"], "--device", "cpu").code == 0
    ours, other = started
    assert (ours.prompt, ours.filled_prompt, ours.filled_seeds) == (None, "a cat", "2-5")
    assert ours.session and not ours.notices
    assert (other.session, other.filled_seeds, other.recipe.device) == (None, "1234567890-1234567893", "cpu")
    assert other.prompt and "AUTOMATIC1111" in other.notices[0]
