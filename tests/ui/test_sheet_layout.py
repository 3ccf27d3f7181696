"""Where tiles are: on the screen, under the mouse, and where the pick goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seedtui.ui.widgets.sheet.sheet_layout import (
    SheetLayout,
    TileSize,
    fitting_width,
    tile_size,
    usual_width,
    width_for_all,
)

SIZES = st.tuples(st.integers(20, 250), st.integers(6, 80))


@st.composite
def layouts(draw):
    width, height = draw(SIZES)
    tile = TileSize(draw(st.integers(6, 20)), draw(st.integers(2, 12)))
    heads = draw(st.sampled_from([(0, 0), (8, 1)]))
    fits = max(1, (width - heads[0] - 1) // (tile.width + 1))
    across = draw(st.integers(1, 30)) if heads != (0, 0) else fits
    layout = SheetLayout(draw(st.integers(1, 3000)), across, tile, width, height, heads=heads)
    left, top = layout.corner(draw(st.integers(0, 40)), draw(st.integers(0, 400)))
    return SheetLayout(layout.count, across, tile, width, height, left, top, heads)


def on_screen(layout):
    return [position for row in layout.rows_shown for position in layout.positions(row)]


@given(layouts())
def test_each_tile_on_the_screen_is_found_under_the_mouse(layout):
    for position in on_screen(layout):
        box = layout.box(position)
        assert box is not None and layout.at(box.x, box.y) == position
        assert layout.at(box.x + box.width - 1, box.y + box.height - 1) in (position, None)
        assert layout.at(box.x - 1, box.y) != position and layout.at(box.x + box.width, box.y) != position


@given(layouts())
def test_tiles_and_frames_do_not_overlap_and_stay_inside(layout):
    taken = set()
    for position in on_screen(layout):
        box = layout.box(position)
        cells = {(x, y) for x in range(box.x, box.x + box.width) for y in range(box.y, box.y + box.height)}
        frame = {(x, y) for f in layout.frame(position) for x in range(f.x, f.x + f.width)
                 for y in range(f.y, f.y + f.height)}  # fmt: skip
        assert not cells & taken and not cells & frame
        taken |= cells
        assert layout.heads[0] <= box.x - 1 and box.y - 1 >= layout.heads[1]
        if layout.room_across * (layout.tile.width + 1) + 1 + layout.heads[0] <= layout.width:
            assert box.x + box.width < layout.width


@given(layouts(), st.data())
def test_the_pick_comes_into_sight_and_no_farther_than_needed(layout, data):
    position = data.draw(st.integers(0, layout.count - 1))
    left, top = layout.corner_for(position)
    there = SheetLayout(layout.count, layout.across, layout.tile, layout.width, layout.height, left, top, layout.heads)
    assert position // layout.across in there.whole_rows
    assert there.box(position) is not None
    assert there.corner_for(position) == (left, top)
    if position // layout.across in layout.whole_rows and layout.box(position):
        assert (left, top) == (layout.left, layout.top)


@given(layouts(), st.data())
def test_moves_stay_on_the_sheet_and_come_back(layout, data):
    position = data.draw(st.integers(0, layout.count - 1))
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1), (0, layout.page), (0, -layout.page)):
        moved = layout.moved(position, across, down)
        assert 0 <= moved < layout.count
        row, column = divmod(position, layout.across)
        if layout.heads == (0, 0) and across:
            assert moved == min(max(position + across, 0), layout.count - 1)
        if abs(down) == 1 and 0 <= row + down < layout.rows and (row + down) * layout.across + column < layout.count:
            assert moved == position + down * layout.across and layout.moved(moved, 0, -down) == position


@given(SIZES, st.tuples(st.integers(64, 2048), st.integers(64, 2048)), st.integers(-4, 4))
def test_tiles_fit_the_screen_and_keep_the_shape_of_the_pictures(room, picture, step):
    width = fitting_width(usual_width(room) + step, room[0])
    tile = tile_size(width, picture, (8, 17))
    assert 1 <= tile.width <= max(room[0] - 2, 6) and tile.height >= 1
    shape = (tile.width * 8) / (tile.height * 17) * picture[1] / picture[0]
    assert tile.height == 1 or tile.width <= 3 or 0.6 < shape < 1.6


@given(SIZES, st.integers(1, 20), st.integers(1, 20), st.tuples(st.integers(64, 2048), st.integers(64, 2048)))
def test_a_grid_that_fits_is_shown_whole(room, across, down, picture):
    if width := width_for_all(room, across, down, picture, (8, 17)):
        layout = SheetLayout(across * down, across, tile_size(width, picture, (8, 17)), *room)
        assert layout.columns_shown == across and list(layout.whole_rows) == list(range(down))
