from hypothesis import given
from hypothesis import strategies as st

from seedtui.terminal.renderers.fit import fit

sides = st.integers(1, 4096)
cells = st.integers(1, 300)
lengths = st.integers(4, 40)


@given(sides, sides, cells, cells, lengths, lengths)
def test_a_picture_is_never_stretched(width, height, columns, rows, cell_width, cell_height):
    box = fit((width, height), (columns, rows), (cell_width, cell_height))
    wide, high = box.width * cell_width / width, box.height * cell_height / height
    scale = min(columns * cell_width / width, rows * cell_height / height)
    assert abs(wide - scale) * width <= max(cell_width, 0.51 * cell_width)
    assert abs(high - scale) * height <= max(cell_height, 0.51 * cell_height)


@given(sides, sides, cells, cells)
def test_it_lies_within_the_tile_and_in_its_middle(width, height, columns, rows):
    box = fit((width, height), (columns, rows), (1, 2))
    assert 0 <= box.left <= columns - box.width - box.left <= box.left + 1
    assert 0 <= box.top <= rows - box.height - box.top <= box.top + 1


@given(sides, cells)
def test_it_touches_two_opposite_sides(side, columns):
    box = fit((side, side), (columns, columns), (1, 2))
    assert box.width == columns or box.height == columns


def test_a_square_is_twice_as_many_columns_as_rows():
    assert fit((512, 512), (60, 20), (8, 16))[2:] == (40, 20)
