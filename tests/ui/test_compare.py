"""Two pictures side by side, in place of each other, and their difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widgets import Static

from seedtui.app.pictures.compared_images import Side, sibling
from seedtui.core.images.picture import Picture
from seedtui.engine.fake import SIDE
from seedtui.library.library import Library
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.viewport import MOST, Viewport
from seedtui.ui.widgets.compare_pane import ComparePane
from seedtui.ui.widgets.grid.cell import Cell


async def refined(d):
    """The guide's two rounds, and the second picture of the second one picked."""
    await d.pilot.press("enter")
    await d.done(1)
    await d.pilot.press("l", "r")
    await d.done(2)
    await d.pilot.press("l")


async def compared(d) -> CompareScreen:
    """Press c, and wait for the first figures."""
    await d.pilot.press("c")
    await d.until(lambda: isinstance(d.app.screen, CompareScreen) and d.app.screen.comparison.differences.get("ab"))
    await d.pilot.pause()
    return d.app.screen


def footer(screen):
    return [one.binding.description for one in screen.active_bindings.values()]


def labels(screen):
    return [pane.label for pane in screen.query(ComparePane) if pane.region.width]


async def test_the_pick_is_compared_with_its_parent(desk):
    async with desk() as d:
        await refined(d)
        screen = await compared(d)
        assert labels(screen) == ["A · seed 1", "B · seed 1 · artsy"]
        figures = str(screen.query_one("#figures", Static).render())
        assert "dB PSNR · 100 % of pixels differ" in figures
        assert ", artsy" in str(screen.query_one("#title", Static).render())
        await d.pilot.press("escape")
        assert d.app.screen is d.app.main
        assert d.app.state.round_view.pick == 1


async def test_marked_pictures_are_compared(desk):
    async with desk() as d:
        await refined(d)
        await d.pilot.press("j", "space", "h", "space")
        marked = [cell.label for cell in d.app.query(Cell) if cell.label.startswith("[")]
        assert marked == ["[2] trending", "[1] colorful"]
        await d.pilot.press("u")
        screen = await compared(d)
        assert labels(screen) == ["A · seed 1 · colorful", "B · seed 1 · trending"]
        await d.pilot.press("q")
        await d.pilot.press("right_square_bracket", "A", "j", "l", "space", "u")
        screen = await compared(d)
        assert labels(screen) == ["A · seed 1 · colorful", "B · seed 1"]


async def test_without_a_parent_and_a_mark_it_says_what_to_do(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("c")
        assert d.app.screen is d.app.main
        assert "space" in d.app.state.problem.hint
        await d.pilot.press("space", "l")
        assert labels(await compared(d)) == ["A · seed 0", "B · seed 1"]


async def test_a_parent_in_a_round_that_is_not_in_memory_is_read(desk, tmp_path):
    async with desk() as d:
        await refined(d)
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and all(d.app.state.round_view.records))
        first = d.app.state.lineage.rounds[0]
        assert not d.app.controller.pictures.cache.of(first.id)
        await compared(d)
        await d.pilot.press("escape", "u")
        await d.until(
            lambda: all(d.app.state.round_view.records), "the other three are still read when they are looked at"
        )
        assert len(d.app.controller.pictures.cache.of(first.id)) == 4


async def test_blinking_sends_each_picture_once_and_leaving_frees_them(desk):
    async with desk(mode="kitty") as d:
        await refined(d)
        written = []
        write = d.app.output.write
        d.app.output.write = lambda sequences: written.append(sequences) or write(sequences)
        screen = await compared(d)
        sent = lambda: sum("_Ga=T" in sequences for sequences in written)  # noqa: E731
        await d.until(lambda: sent() == 2, "both beside each other")
        await d.pilot.press("b")
        await d.until(lambda: sent() == 3, "one alone, as large as the screen")
        await d.pilot.press("b")
        await d.until(lambda: sent() == 4)
        shown = []
        for _ in range(4):
            await d.pilot.press("b")
            await d.pilot.pause(0.05)
            shown += labels(screen)
        assert shown == ["A · seed 1", "B · seed 1 · artsy"] * 2
        await d.pilot.press("d", "d", "b", "b")
        await d.pilot.pause(0.05)
        assert sent() == 5
        await d.pilot.press("c")
        await d.until(lambda: sum(s.count("a=d,d=I") for s in written) >= 15, "freed: ten ids, and one as each came")


async def test_the_difference_zoom_and_back(desk):
    async with desk() as d:
        await refined(d)
        screen = await compared(d)
        await d.pilot.press("d")
        assert labels(screen) == [f"difference · brightest {screen.comparison.differences['ab'].largest}/255"]
        await d.pilot.press("d", "z")
        assert labels(screen) == ["A · seed 1"]
        await d.pilot.press("z", "z")
        assert screen.viewport.zoom == 4
        await d.pilot.press("left", "left", "left", "left", "left", "left", "left", "k")
        assert (screen.viewport.x, screen.viewport.y) == (0.125, 0.4375)
        await d.pilot.press("s")
        assert screen.viewport == Viewport()
        await d.pilot.press("z", "z", "escape")
        assert d.app.screen is d.app.main
        await d.pilot.press("c", "c")
        assert d.app.screen is d.app.main


async def test_up_to_four_are_compared_blinked_and_measured_against_the_first(desk):
    async with desk() as d:
        await refined(d)
        await d.pilot.press("a")
        screen = await compared(d)
        names = ["seed 1 · artsy", "seed 1 · colorful", "seed 1 · highly realistic", "seed 1 · trending"]
        assert sorted(label[4:] for label in labels(screen)) == sorted(names)
        assert [label[0] for label in labels(screen)] == ["A", "B", "C", "D"]
        assert len({(pane.region.width, pane.region.height) for pane in screen.query(ComparePane) if pane.region}) == 1
        figures = screen.query_one("#figures", Static)
        await d.until(lambda: str(figures.render()).count("dB PSNR") == 3)
        seen = []
        for _ in range(5):
            await d.pilot.press("b")
            await d.pilot.pause()
            seen += [label[0] for label in labels(screen)]
        assert seen == ["A", "B", "C", "D", "A"]
        seen = []
        for _ in range(4):
            await d.pilot.press("d")
            await d.pilot.pause()
            seen.append(labels(screen)[0].partition(" ·")[0])
        assert seen == ["difference of A and B", "difference of A and C", "difference of A and D", "A"]


async def test_of_more_than_four_marked_the_first_four_are_compared_and_it_says_so(desk):
    async with desk() as d:
        await refined(d)
        await d.pilot.press("a", "u", "space")
        screen = await compared(d)
        assert str(screen.query_one("#figures", Static).render()).endswith("the first 4 of 5 marked")
        await d.pilot.press("escape", "A", "j", "C")
        await d.until(lambda: isinstance(d.app.screen, CompareScreen) and d.app.screen.is_mounted)
        await d.pilot.pause()
        assert labels(d.app.screen) == ["A · seed 0", "B · seed 1", "C · seed 2", "D · seed 3"]


async def test_arrows_step_through_the_round_of_the_last_picture_and_pan_when_zoomed_in(desk):
    async with desk() as d:
        await refined(d)
        screen = await compared(d)
        shots = d.app.state.lineage.rounds[1].shots
        assert "other picture" in footer(screen)
        await d.pilot.press("right")
        await d.until(lambda: screen.comparison.differences.get("ab"))
        assert labels(screen) == ["A · seed 1", f"B · {d.app.state.lineage.rounds[1].label(shots[2])}"]
        await d.pilot.press("left", "left", "left")
        await d.until(lambda: screen.comparison.differences.get("ab"))
        assert labels(screen) == ["A · seed 1", f"B · {d.app.state.lineage.rounds[1].label(shots[3])}"]
        await d.pilot.press("b", "right")
        await d.until(lambda: screen.comparison.differences.get("ab"))
        assert labels(screen) == ["A · seed 2"], "the one that is alone"
        await d.pilot.press("z")
        assert screen.viewport.zoom == 2
        await d.pilot.press("right")
        assert screen.viewport.x > 0.5 and "pan" in footer(screen)
        assert d.app.state.round_view.pick == 1, "the pick stays"


async def test_an_image_made_again_has_no_siblings(desk):
    async with desk(images=1) as d:
        await d.pilot.press("enter")
        await d.done(1)
        state = d.app.state
        image = (state.shown, 0)
        assert sibling(state, Side(image, "", "", True), 1, []) is None
        assert sibling(state, Side(("verify-1", 0), "", "", True), 1, []) is None


async def test_the_wheel_zooms(desk):
    async with desk() as d:
        await refined(d)
        screen = await compared(d)
        screen.post_message(MouseScrollUp(screen, 9, 9, 0, -1, 0, False, False, False))
        await d.until(lambda: screen.viewport.zoom == 2)
        screen.post_message(MouseScrollDown(screen, 9, 9, 0, 1, 0, False, False, False))
        await d.until(lambda: screen.viewport.zoom == 1)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_nothing_overflows(desk, size):
    async with desk(size=size) as d:
        await refined(d)
        screen = await compared(d)
        for keys in ([], ["b"], ["d"], ["z", "z"]):
            await d.pilot.press(*keys)
            await d.pilot.pause()
            for pane in screen.query(ComparePane):
                assert pane.region.right <= size[0] and pane.region.bottom <= size[1] - 2


steps = st.lists(st.sampled_from(["blink", "heat", "full", "nearer", "farther", "all", "left", "up", "right"]))


@given(st.integers(2, 4), steps, st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_whatever_is_pressed_a_part_of_the_picture_is_seen(count, keys, width, height, columns, rows):
    look = Viewport(count)
    pans = {"left": (-1, 0), "up": (0, -1), "right": (1, 0)}
    for key in keys:
        look = look.pan(*pans[key]) if key in pans else getattr(look, key)()
        assert look.layer in (*look.pictures, *look.differences) and look.stepped in look.pictures
        assert 1 <= look.zoom <= MOST
    picture = Picture(width, height, bytes(width * height * 3))
    part = look.part(picture, columns, rows)
    assert len(part.pixels) == part.width * part.height * 3
    assert part.width <= width and part.height <= height
    if look.zoom == 1:
        assert part is picture


def test_nearer_shows_less_and_panning_moves_it():
    values = bytes(v for y in range(SIDE) for x in range(SIDE) for v in (x, y, 0))
    picture = Picture(SIDE, SIDE, values)
    look = Viewport().nearer().nearer()
    square = look.part(picture, 20, 10)
    assert (square.width, square.height) == (4, 4)
    assert square.pixels[:2] == bytes([6, 6])
    corner = look.pan(-9, 9).part(picture, 20, 10)
    assert corner.pixels[:2] == bytes([0, 12])
    wide = look.part(picture, 40, 10)
    assert (wide.width, wide.height) == (8, 4)
