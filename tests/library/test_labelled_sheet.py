"""Many pictures as one, with labels."""

from __future__ import annotations

import pytest

from seedtui.core.images.picture import Picture
from seedtui.library.export.labelled_sheet import Heads, labelled_sheet

RED = Picture(8, 8, b"\xff\x00\x00" * 64)


def pixel(picture: Picture, x: int, y: int) -> bytes:
    start = 3 * (picture.width * y + x)
    return picture.pixels[start : start + 3]


def test_every_picture_is_in_its_place_and_missing_ones_are_grey() -> None:
    sheet = labelled_sheet([RED, None], 2, 1, (8, 8), Heads())
    assert pixel(sheet, sheet.width // 4, sheet.height // 2) == b"\xff\x00\x00"
    assert pixel(sheet, 3 * sheet.width // 4, sheet.height // 2) == b"\xe0\xe0\xe0"


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (16, 8), (64, 64), (1, 300), (300, 4)])
def test_it_is_never_too_large_to_be_read_again(columns: int, rows: int) -> None:
    heads = Heads(["a long head of a column"] * columns, ["a long head of a row " * 9] * rows)
    sheet = labelled_sheet([RED] * 3, columns, rows, (1024, 768), heads)
    assert sheet.width * sheet.height <= 4096 * 4096


def test_hostile_labels_are_drawn() -> None:
    words = ["\x1b[2J\u202e", "", "日本語 🦊"]
    sheet = labelled_sheet([RED] * 3, 3, 1, (8, 8), Heads(words, words[:1], words))
    assert sheet.width > 3 * 8
