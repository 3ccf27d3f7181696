"""The mouse: a click picks, two zoom, the wheel scrolls, and the footer and the tree can be clicked."""

from textual.events import MouseScrollDown
from textual.widgets._footer import FooterKey

from seedtui.ui.widgets.bars.title_bar import TitleBar
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.rounds_tree import RoundsTree


async def test_a_click_picks_and_two_zoom_and_lead_back(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        cells = list(d.app.main.query(Cell))
        await d.pilot.click(cells[3])
        await d.until(lambda: d.app.state.round_view.pick == 3 and not d.app.main.grid.zoomed)
        await d.pilot.click(cells[2], times=2)
        await d.until(lambda: d.app.state.round_view.pick == 2 and d.app.main.grid.zoomed)
        await d.pilot.click(cells[2], offset=(3, 3), times=2)
        await d.until(lambda: not d.app.main.grid.zoomed)


async def test_a_click_on_the_footer_does_what_its_key_does(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        await d.pilot.press("escape")
        zoom = lambda: [key for key in d.app.main.query(FooterKey) if key.description == "zoom"]  # noqa: E731
        await d.until(zoom)
        await d.pilot.pause(0.1)
        await d.pilot.click(zoom()[0])
        await d.until(lambda: d.app.main.grid.zoomed)


async def test_a_click_on_a_row_of_the_tree_shows_its_round(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        await d.pilot.press("r")
        await d.done(2)
        first, second = (r.id for r in d.app.state.lineage.rounds)
        tree = d.app.main.query_one(RoundsTree)
        await d.pilot.press("t")
        await d.pilot.click(tree, offset=(4, 1))
        await d.until(lambda: d.app.state.shown == first)
        await d.pilot.click(tree, offset=(4, 2))
        await d.until(lambda: d.app.state.shown == second)


async def test_the_wheel_scrolls_the_tree_and_leaves_the_shown_round(desk):
    async with desk(prompt="an owl", size=(120, 16)) as d:
        await d.done(1)
        for n in range(2, 22):
            await d.pilot.press("n")
            await d.done(n)
        tree, shown = d.app.main.query_one(RoundsTree), d.app.state.shown
        tree.scroll_to(y=0, animate=False, immediate=True)
        await d.pilot.pause()
        tree.post_message(MouseScrollDown(tree, 3, 3, 0, 1, 0, False, False, False))
        await d.until(lambda: tree.scroll_offset.y > 0)
        assert d.app.state.shown == shown


async def test_what_may_be_cut_is_in_a_tooltip(desk):
    async with desk(prompt="an owl in the snow " * 12) as d:
        await d.done(1)
        assert str(d.app.main.query_one(TitleBar).tooltip) == "an owl in the snow " * 12
        tree = d.app.main.query_one(RoundsTree)
        await d.pilot.hover(tree, offset=(4, 1))
        await d.until(lambda: "an owl in the snow an owl" in str(tree.tooltip))
        await d.pilot.hover(tree, offset=(4, 9))
        await d.until(lambda: tree.tooltip is None)
