"""The sheet is the one that Diffusers makes."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.library.images.sheet import make_grid


def pictures(count: int, width: int, height: int) -> list[Picture]:
    return [Picture(width, height, random.Random(i).randbytes(width * height * 3)) for i in range(count)]


def image(picture: Picture) -> Image.Image:
    return Image.frombytes("RGB", picture[:2], picture.pixels)


@pytest.mark.parametrize(("columns", "rows"), [(2, 2), (1, 1), (3, 2), (1, 4)])
def test_each_picture_is_in_its_cell(columns: int, rows: int) -> None:
    cells = pictures(columns * rows, 5, 3)
    grid = image(make_grid(cells, columns, rows))
    assert grid.size == (columns * 5, rows * 3)
    for i, cell in enumerate(cells):
        left, top = i % columns * 5, i // columns * 3
        assert grid.crop((left, top, left + 5, top + 3)).tobytes() == cell.pixels


@pytest.mark.slow
def test_it_equals_that_of_diffusers() -> None:
    make_image_grid = pytest.importorskip("diffusers.utils").make_image_grid
    for columns, rows in ((2, 2), (4, 1), (3, 2)):
        cells = pictures(columns * rows, 8, 6)
        theirs = make_image_grid([image(c) for c in cells], rows=rows, cols=columns)
        assert make_grid(cells, columns, rows) == (*theirs.size, theirs.tobytes())


def test_a_sheet_is_full() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        make_grid(pictures(3, 2, 2), 2, 2)
