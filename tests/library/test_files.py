"""Files are written whole or not at all, under names that are free, and what fails is told in one line."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import unicodedata
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedtui.core.errors import FileError
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.seeds import MAX_SEED
from seedtui.core.text.display import visible
from seedtui.library import paths
from seedtui.library.files import check_writable, unique_path, write_file, write_new_file
from seedtui.library.images.names import image_name
from seedtui.library.library import Library
from seedtui.library.parts import part_file, part_folder, sweep_parts


def test_all_paths_are_in_seedtui_home(home: Path) -> None:
    for place in (paths.data_dir, paths.pictures_dir, paths.config_file, paths.log_file):
        assert place().is_relative_to(home)


def test_without_seedtui_home_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SEEDTUI_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert paths.data_dir().name == "seedtui"


def test_write_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    for data in (b"old", b"new"):
        write_file(tmp_path / "a", data)
        assert (tmp_path / "a").read_bytes() == data
    assert os.listdir(tmp_path) == ["a"]


def test_a_new_file_replaces_nothing(tmp_path: Path) -> None:
    assert write_new_file(tmp_path / "a", b"first")
    assert not write_new_file(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["a"]


def test_a_new_file_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    test_a_new_file_replaces_nothing(tmp_path)


def test_unique_paths(tmp_path: Path) -> None:
    names = []
    for _ in range(4):
        path = unique_path(tmp_path, "cat", ".png", tag="3f2a")
        path.touch()
        names.append(path.name)
    assert names == ["cat.png", "cat_3f2a.png", "cat_3f2a-2.png", "cat_3f2a-3.png"]


def test_what_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for folder, reason in ((tmp_path / "file", "is a file, not a folder"),
                           (tmp_path / "file" / "a", "is a file, not a folder"),
                           (tmp_path / ("x" * 300), "name is too long"), (Path("/proc/none"), "no such file"),
                           (tmp_path / "a\0b", "characters")):  # fmt: skip
        with pytest.raises(FileError, match=reason):
            check_writable(folder)
        with pytest.raises(FileError):
            write_file(folder / "a.png", b"")
    with pytest.raises(FileError, match="it is a folder"):
        write_file(tmp_path / "folder", b"")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_read_only_folder(tmp_path: Path, modes_hold: None) -> None:
    tmp_path.chmod(0o500)
    for call in (lambda: check_writable(tmp_path), lambda: check_writable(tmp_path / "a"), lambda: Library(tmp_path)):
        with pytest.raises(FileError, match="permission denied"):
            call()
    tmp_path.chmod(0o700)


def test_a_folder_that_can_be_written_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert check_writable(folder) == folder
    assert os.listdir(folder) == []


FULL = """
import sys
import unicodedata
from pathlib import Path
from seedtui.core.errors import FileError
from seedtui.library.files import write_file
try:
    write_file(Path(sys.argv[1]), b"new" * 1000_000)
except FileError as error:
    print(error)
"""


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"old")
    out = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "a"], capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    ).stdout  # fmt: skip
    assert "exceed the size limit" in out
    assert (tmp_path / "a").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


@given(
    prompt=st.text(min_size=1, max_size=300), suffix=st.text(max_size=300), seed=st.integers(0, MAX_SEED),
    kind=st.sampled_from(["explore", "refine"]),
)  # fmt: skip
@settings(deadline=None)
def test_names_are_safe(template: ImageRecord, prompt: str, suffix: str, seed: int, kind: str) -> None:
    record = msgspec.structs.replace(template, prompt=prompt, suffix=suffix, seed=seed, kind=kind)
    name = image_name(record)
    assert len(name.encode()) <= 230
    assert name.endswith(".png")
    assert not name.startswith(("-", "."))
    assert all(c.isalnum() or unicodedata.category(c)[0] == "M" or c in "-_" for c in name.removesuffix(".png"))
    assert visible(name) == name
    assert f"_seed-{seed}" in name


@pytest.fixture(scope="module")
def template() -> ImageRecord:
    text = b"""{"kind": "refine", "prompt": "a", "suffix": "", "seed": 2, "slot": 0, "recipe": {}, "environment": {},
               "sha256": "", "round_id": "0123456789ab", "index": 0}"""
    return msgspec.json.decode(text, type=ImageRecord)


def test_the_name_of_the_guides_picture(record: ImageRecord) -> None:
    assert image_name(record) == "labrador-in-the-style-of-vermeer_seed-2_artsy.png"
    control = msgspec.structs.replace(record, suffix="")
    assert image_name(control) == "labrador-in-the-style-of-vermeer_seed-2_as-picked.png"


KILLED = """
import os, signal, sys
from pathlib import Path
from seedtui.library.parts import part_file, part_folder
with part_file(Path(sys.argv[1])) as (_, file), part_folder(Path(sys.argv[1])) as folder:
    (folder / "a.png").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("Été à Zürich", "été-à-zürich"),
        ("E\u0301te\u0301", "été"),
        ("हिन्दी में बिल्ली", "हिन्दी-में-बिल्ली"),
        ("แมวน่ารัก", "แมวน่ารัก"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("مُحَمَّد، قطة", "مُحَمَّد-قطة"),
        ("தமிழ் பூனை", "தமிழ்-பூனை"),
        ("강아지", "강아지"),
        ("می‌خواهم", "میخواهم"),
        ("\u0301 ◌\u0301", "image"),
        ("a\u3164b\u034fc\ufe0f\u115fd", "a-b-c-d"),
    ],
)
def test_names_keep_letters_and_marks_of_every_script(template: ImageRecord, prompt: str, stem: str) -> None:
    record = msgspec.structs.replace(template, prompt=prompt, kind="explore")
    assert image_name(record) == unicodedata.normalize("NFC", f"{stem}_seed-2.png")


@pytest.mark.parametrize("letter", ["q\u0303", "हि", "न्दी", "ก็", "นำ", "தி", "שָׁ", "강", "e\u0323\u0302", "猫", "𝒜"])
def test_a_long_name_ends_with_a_whole_letter(template: ImageRecord, letter: str) -> None:
    whole = unicodedata.normalize("NFC", letter.lower())
    for count in range(1, 100):
        name = image_name(msgspec.structs.replace(template, prompt=letter * count, suffix=letter * count))
        assert len(name.encode()) <= 230
        prompt, suffix = name.removesuffix(".png").split("_seed-2_")
        assert prompt == whole * (len(prompt) // len(whole)) != ""
        assert suffix == whole * (len(suffix) // len(whole)) != ""
    assert len(prompt) > 30


def test_what_a_killed_writer_left_is_swept_at_once(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, tmp_path])
    assert len(os.listdir(tmp_path)) == 2
    write_file(tmp_path / "b", b"")
    assert os.listdir(tmp_path) == ["b"]


def test_what_is_being_written_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    others = [".seedtui-1.part", "mine.part", ".seedtui-0123456789abcdef.part.txt"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".seedtui-0123456789abcdef.part").symlink_to("mine.part")
    with part_file(tmp_path) as (path, _), part_folder(tmp_path) as folder:
        sweep_parts(tmp_path)
        assert path.exists()
        assert folder.is_dir()
    assert sorted(os.listdir(tmp_path)) == sorted([*others, ".seedtui-0123456789abcdef.part"])
