"""The lists of wildcards: which files a name means, and files of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seedtui.core.config.settings import Config
from seedtui.core.errors import FileError, InputError
from seedtui.library import wildcards as w
from seedtui.library.wildcards import WildcardFolder, wildcards_of

FILES = {
    "pet.txt": "# pets\ncat\n\n  dog  \ncat\n\\#1 pet\n",
    "animals/dog.txt": "poodle\n",
    "animals/wild/fox.txt": "red fox\n",
    "colours-cold.txt": "\ufeffblue\r\ngreen\r\n",
    "colours-warm.txt": "red",
    "empty.txt": "# nothing\n\n",
    ".hidden.txt": "no",
    "other.yaml": "no: [no]",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "lists" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    return tmp_path / "lists"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pet", ("cat", "dog", "#1 pet")),
        ("animals/dog", ("poodle",)),
        ("dog", ("poodle",)),
        ("animals/*", ("poodle", "red fox")),
        ("animals/**", ("poodle", "red fox")),
        ("colours*", ("blue", "green", "red")),
        ("colours-[cw]*", ("blue", "green", "red")),
    ],
)
def test_what_a_name_means(folder: Path, name: str, values: tuple[str, ...]) -> None:
    assert WildcardFolder(folder, "prompts").values(name) == values


@pytest.mark.parametrize("name", ["nope", "../secret", "/etc/passwd", ".hidden", "other", "Pet"])
def test_an_unknown_name_names_the_folder(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(InputError, match="no wildcard") as told:
        WildcardFolder(folder, "prompts").values(name)
    assert str(folder) in str(told.value) and f"\\__{name}__" in str(told.value)


def test_a_near_name_is_offered(folder: Path) -> None:
    with pytest.raises(InputError, match="Did you mean “__pet__”"):
        WildcardFolder(folder, "prompts").values("pets")


def test_a_list_without_values_and_no_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no values"):
        WildcardFolder(folder, "prompts").values("empty")
    with pytest.raises(InputError, match="no wildcard"):
        WildcardFolder(tmp_path / "not there", "prompts").values("pet")


def test_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "latin.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(FileError, match="UTF-8"):
        WildcardFolder(folder, "prompts").values("latin")
    os.mkfifo(folder / "pipe.txt")
    with pytest.raises(FileError, match="pipe"):
        WildcardFolder(folder, "prompts").values("pipe")
    (folder / "loop").symlink_to(folder)
    assert WildcardFolder(folder, "prompts").values("pet")
    monkeypatch.setattr(w, "MAX_VALUES", 2)
    with pytest.raises(InputError, match="The limit is 2"):
        WildcardFolder(folder, "prompts").values("pet")
    monkeypatch.setattr(w, "MAX_FILES", 3)
    with pytest.raises(InputError, match="more than 3"):
        WildcardFolder(folder, "prompts").values("pet")
    monkeypatch.setattr(w, "MAX_BYTES", 3)
    monkeypatch.setattr(w, "MAX_FILES", 99999)
    with pytest.raises(FileError, match="more than 3 bytes"):
        WildcardFolder(folder, "prompts").values("pet")


def test_where_they_are_resolved(folder: Path) -> None:
    lists = {use: WildcardFolder(folder, use) for use in ("off", "suffixes", "prompts")}
    assert [lists[use].suffixes(["__dog__"], 0) for use in lists] == [("__dog__",), ("poodle",), ("poodle",)]
    assert [lists[use].prompt("a __dog__", 0) for use in lists] == ["a __dog__", "a __dog__", "a poodle"]
    assert [lists[use].changes("a __dog__") for use in lists] == [False, False, True]


def test_the_settings_name_the_folder(folder: Path, home: Path) -> None:
    assert wildcards_of(Config()).folder == home / "config" / "wildcards"
    assert wildcards_of(Config(wildcard_folder=str(folder))).values("dog") == ("poodle",)
