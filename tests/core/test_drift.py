"""Rows of a grid by how far they drift."""

from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.images.drift import rows_by_drift

BLACK, GREY, WHITE = (bytes([value] * 12) for value in (0, 90, 255))


def test_the_row_that_differs_most_from_the_picked_column_comes_first() -> None:
    rows = [(GREY, GREY, GREY), (BLACK, WHITE, WHITE), (BLACK, GREY, GREY)]
    sketches = {row * 3 + column: one for row, images in enumerate(rows) for column, one in enumerate(images)}
    assert rows_by_drift(sketches, 3, 3, 0) == (1, 2, 0)


def test_rows_without_images_come_last_in_their_order() -> None:
    assert rows_by_drift({0: BLACK, 2: BLACK, 3: GREY}, 2, 4, 0) == (1, 0, 2, 3)


@given(st.dictionaries(st.integers(0, 19), st.binary(min_size=12, max_size=12)), st.integers(0, 4))
def test_it_is_an_order_of_all_rows(sketches: dict[int, bytes], column: int) -> None:
    assert sorted(rows_by_drift(sketches, 5, 4, column)) == [0, 1, 2, 3]
