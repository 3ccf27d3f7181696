"""Only ordinary files are read, within bounds, and whatever is in them, it is a value or one kind of error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import FileError
from seedtui.core.nesting import MAX_DEPTH, is_too_deep
from seedtui.files.json_files import parse_json, read_json
from seedtui.files.reading import read_bytes, read_text
from tests.support.no_files import NO_FILES, put_no_file

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_told_at_once(tmp_path: Path, kind: str) -> None:
    path = put_no_file(tmp_path / "x", kind)
    with pytest.raises(FileError, match="x: "):
        read_bytes(path, 100)


def test_a_file_may_have_so_many_bytes_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * 100)
    assert len(read_bytes(tmp_path / "x", 100)) == 100
    with pytest.raises(FileError, match="more than 99 bytes"):
        read_bytes(tmp_path / "x", 99)


def test_a_file_without_a_size_is_read_too() -> None:
    assert read_text(Path("/proc/self/comm"), 100)
    with pytest.raises(FileError, match="more than 1 bytes"):
        read_bytes(Path("/proc/self/comm"), 1)


def test_text_of_windows_and_text_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_text(tmp_path / "x", 100) == "a = 1"
    (tmp_path / "x").write_bytes(b"\xff\xfea")
    with pytest.raises(FileError, match="not UTF-8"):
        read_text(tmp_path / "x", 100)


@given(VALUES)
def test_json_comes_back(value: object) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_json(b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"9" * 5000, "thousands of digits"),
        (b"[" * 1_000_000, "too deep"),
        (b'{"a":' * 1_000_000, "too deep"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too deep"),
    ],
)
def test_what_is_no_json_is_one_kind_of_error(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(FileError, match=why):
        parse_json(data)
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(FileError, match=f"a.json: .*{why}"):
        read_json(tmp_path / "a.json", 10_000_000)


@given(st.binary() | st.text(alphabet='[]{}",:0\\ude').map(str.encode))
def test_whatever_the_bytes_it_is_a_value_or_that_error(data: bytes) -> None:
    try:
        value = parse_json(data)
    except FileError:
        return
    json.dumps(value, ensure_ascii=False).encode()  # text in it can be written


def test_half_a_character_becomes_a_mark() -> None:
    assert parse_json(rb'["\ud83d", {"\uDE00x": "\ud83d\ude00"}]') == ["�", {"�x": "😀"}]


@given(st.integers(1, 200))
def test_depth(depth: int) -> None:
    value: object = 1
    for _ in range(depth):
        value = [value, {}]
    assert is_too_deep(value, 100) == (depth >= 100)
