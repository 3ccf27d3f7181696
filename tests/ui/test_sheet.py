"""Large rounds on a sheet: it grows, its keys, its order, and what it sends to the terminal."""

from __future__ import annotations

import re

import pytest
from textual.widgets._footer import FooterKey

from seedtui.engine.fake import FakeEngine, image
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.bars.status_bar import StatusBar


def by_hand(_: int) -> FakeEngine:
    return FakeEngine(by_hand=True)


def sheet(d):
    return d.app.main.sheet_pane.sheet


def lines(d):
    return [sheet(d).render_line(y).text for y in range(sheet(d).size.height)]


def status(d):
    return str(d.app.main.query_one(StatusBar).render())


def footer(d):
    return [key.description for key in d.app.screen.query_one(KeyFooter).query(FooterKey)]


def view(d):
    return d.app.state.round_view


def order(d):
    return sheet(d).arrangement.order


async def explored(d, count=1):
    await d.pilot.press("enter")
    await d.done(count)
    await d.until(lambda: whole(d), "drawn")


def whole(d):
    """Whether all pictures on the screen are drawn."""
    return "·" not in "".join(lines(d))


async def test_a_large_round_is_on_a_sheet_and_a_small_one_on_the_grid(desk):
    async with desk(images=60) as d:
        await explored(d)
        assert d.app.main.pictures is d.app.main.sheet_pane and not d.app.main.grid.display
        assert d.app.main.is_on(d.app.main.sheet_pane)
        assert re.findall(r"\d+", " ".join(lines(d)))[:6] == ["0", "1", "2", "3", "4", "5"]
        assert "1 of 60 · by seed" in status(d)
        await d.pilot.press("r")
        await d.done(2)
        assert d.app.main.pictures is d.app.main.grid and d.app.main.grid.display and not d.app.main.sheet_pane.display
        assert d.app.main.is_on(d.app.main.grid)
        await d.pilot.press("l", "u", "l")
        assert d.app.main.is_on(d.app.main.sheet_pane) and view(d).pick == 1


async def test_the_pick_moves_in_reading_order_and_by_pages(desk):
    async with desk(images=60, size=(80, 24)) as d:
        await explored(d)
        across = sheet(d)._tiles.across
        await d.pilot.press("l", "l", "j")
        assert view(d).pick == across + 2 and "┏" in "".join(lines(d))
        await d.pilot.press("end")
        assert view(d).pick == 59 and "59" in "".join(lines(d))
        await d.pilot.press("l", "j")
        assert view(d).pick == 59
        await d.pilot.press("pageup")
        assert 0 < view(d).pick < 59 - across
        await d.pilot.press("home")
        assert view(d).pick == 0
        await d.pilot.press(*["l"] * across)
        assert view(d).pick == across


async def test_kept_and_rejected_are_shown_filtered_and_there_after_a_restart(desk):
    async with desk(images=40) as d:
        await explored(d)
        await d.pilot.press("l", "space", "l", "backspace", "backspace", "l", "space")
        assert view(d).starred == {1, 5} and view(d).rejected == {2, 3} and view(d).pick == 5
        assert "6 of 40 · 2 kept · by seed" in status(d)
        assert "1 ★" in "".join(lines(d)) and "5 ★" in "".join(lines(d))
        await d.pilot.press("K")
        assert order(d) == (1, 5) and view(d).pick == 5 and "2 of 2 · 2 kept · by seed · kept only" in status(d)
        await d.pilot.press("space")
        assert order(d) == (1, 5), "nothing moves by itself"
        await d.pilot.press("space", "K", "K")
        assert set(range(40)) - set(order(d)) == {2, 3}
        await d.pilot.press("K", "home", "l", "l", "l", "backspace")
        assert view(d).rejected == {2} and view(d).pick == 3
        await d.pilot.press("k")
        session = d.app.controller.sessions.session
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and whole(d))
        assert view(d).starred == {1, 5} and view(d).rejected == {2}
        assert d.app.main.sheet_pane.display and view(d).pick == 3


async def test_what_was_on_the_screen_for_a_moment_has_been_seen(desk):
    async with desk(images=60, size=(80, 24)) as d:
        await explored(d)
        await d.until(lambda: len(view(d).seen) > 10)  # on a slow machine some may be seen a moment earlier
        seen = view(d).seen
        assert len(seen) < 60 and seen == frozenset(range(len(seen)))
        await d.pilot.press("K", "K")
        assert order(d) == tuple(range(len(seen), 60)) and view(d).pick == len(seen)


async def test_sorted_the_pick_stays_on_its_image(desk):
    async with desk(images=50) as d:
        await explored(d)
        await d.pilot.press("l", "l", "l")
        for words in ("most different first", "nearest to the pick", "by colour", "by seed"):
            before = order(d)
            await d.pilot.press("L")
            await d.until(lambda words=words: words in status(d))
            assert order(d) != before and sorted(order(d)) == list(range(50)) and view(d).pick == 3
            assert f"{order(d).index(3) + 1} of 50" in status(d)
            if words.startswith("nearest"):
                assert order(d)[0] == 3


async def test_a_sorted_round_is_still_sorted_after_another(desk):
    async with desk(images=50) as d:
        await explored(d)
        await d.pilot.press("L")
        await d.until(lambda: "most different" in status(d))
        before = order(d)
        await d.pilot.press("n")
        await d.done(2)
        assert "by seed" in status(d)
        await d.pilot.press("left_square_bracket")
        assert order(d) == before and "most different" in status(d)


async def test_only_the_row_that_grows_is_drawn(desk):
    async with desk(images=60, make=by_hand) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engines and d.engine.rounds and d.app.state.job)
        await d.until(lambda: sheet(d).drawn)  # the previews
        await d.pilot.pause(0.2)
        drawn_before = sheet(d).drawn
        d.engine._events.put(image(d.engine.rounds[0], 0))
        await d.until(lambda: view(d).records[0])
        await d.until(lambda: sheet(d).drawn > drawn_before)
        await d.pilot.pause(0.2)
        assert sheet(d).drawn == drawn_before + 1


async def test_the_mouse_picks_zooms_and_scrolls(desk):
    async with desk(images=60, size=(80, 24)) as d:
        await explored(d)
        box = sheet(d)._tiles.box(5)
        await d.pilot.click(sheet(d), offset=(box.x + 1, box.y + 1))
        assert view(d).pick == 5 and not d.app.main.pictures.zoomed
        await d.pilot.click(sheet(d), offset=(box.x + 1, box.y + 1), times=2)
        await d.until(lambda: d.app.main.pictures.zoomed)
        await d.pilot.press("z")
        sheet(d).scroll_rows(3)
        assert sheet(d)._tiles.top == 3 and view(d).pick == 5
        await d.pilot.press("h")
        assert view(d).pick == 4 and sheet(d)._tiles.top == 0


async def test_zoomed_the_arrows_go_on(desk):
    async with desk(images=30) as d:
        await explored(d)
        await d.pilot.press("z", "l", "j", "space")
        assert view(d).pick == 2 and view(d).starred == {2}
        cell = d.app.main.sheet_pane.cell
        await d.until(lambda: cell.view._drawing)
        assert cell.label == "seed 2" and cell.display
        await d.pilot.press("escape")
        assert not d.app.main.pictures.zoomed and sheet(d).display


@pytest.mark.parametrize(
    ("size", "mode"), [((80, 24), "quad"), ((60, 20), "ascii"), ((120, 40), "off"), ((200, 60), "half")]
)
async def test_it_fits_every_screen(desk, size, mode):
    async with desk(images=40, size=size, mode=mode) as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.pause()
        tiles = sheet(d)._tiles
        assert tiles.page >= 2 and tiles.columns_shown >= 4
        for line in lines(d):
            assert len(line) == sheet(d).size.width
        before = tiles.columns_shown
        await d.pilot.press("plus")
        assert sheet(d)._tiles.columns_shown < before
        await d.pilot.press("minus")
        assert sheet(d)._tiles.columns_shown == before
        await d.pilot.press("minus")
        assert sheet(d)._tiles.columns_shown > before


async def test_the_footer_has_the_keys_of_the_sheet_there_alone(desk):
    async with desk(images=30) as d:
        await explored(d)
        await d.until(lambda: "keep" in footer(d))
        assert {"keep", "reject", "filter", "sort"} <= set(footer(d)) and "finish kept" not in footer(d)
        await d.pilot.press("r")
        await d.done(2)
        await d.until(lambda: "keep" not in footer(d))


async def test_the_whole_sheet_is_saved_also_in_a_later_run(desk, tmp_path):
    async with desk(images=30) as d:
        await explored(d)
        session = d.app.controller.sessions.session
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and whole(d))
        await d.pilot.press("escape", "S")
        await d.until(lambda: list((tmp_path / "saved").glob("*.png")))


async def test_a_verified_one_says_so(desk):
    async with desk(images=30) as d:
        await explored(d)
        await d.pilot.press("l", "v")
        await d.until(lambda: "1 ✓ exact" in "".join(lines(d)))


async def test_one_mark_more_is_made_with_its_own_key(desk):
    async with desk(images=30) as d:
        await explored(d)
        await d.pilot.press("M", "l", "M")
        assert d.app.state.marks == ((view(d).round.id, 0), (view(d).round.id, 1))
        assert "[2] 1" in "".join(lines(d))
        await d.pilot.press("c")
        await d.until(lambda: type(d.app.screen).__name__ == "CompareScreen")
