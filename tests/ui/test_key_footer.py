"""The footer is made anew when other keys work, and not before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets._footer import FooterKey

from seedtui.ui.keys.table import ACTIONS
from seedtui.ui.widgets.bars.key_footer import Item, arranged


async def test_moving_the_pick_leaves_the_footer_as_it_is(desk):
    async with desk(prompt="an owl") as at:
        await at.done(1)
        await at.pilot.pause(0.1)
        shown = list(at.app.main.query(FooterKey))
        await at.pilot.press("right", "down", "left")
        await at.pilot.pause(0.1)
        assert list(at.app.main.query(FooterKey)) == shown


async def test_other_keys_are_shown_when_they_work(desk):
    async with desk(prompt="an owl") as at:
        await at.done(1)
        await at.pilot.pause(0.1)
        words = lambda: {key.description for key in at.app.main.query(FooterKey)}  # noqa: E731
        on_pictures = words()
        assert {"refine", "zoom"} <= on_pictures
        await at.pilot.press("p")
        await at.until(lambda: "zoom" not in words() and "pictures" in words())
        await at.pilot.press("escape")
        await at.until(lambda: words() == on_pictures)


async def test_no_key_is_cut_at_the_edge(desk):
    async with desk(prompt="an owl", size=(80, 24)) as at:
        await at.done(1)
        shown = lambda: [key for key in at.app.main.query(FooterKey) if key.visible]  # noqa: E731
        for width in (80, 50, 120):
            await at.pilot.resize_terminal(width, 24)
            fits = lambda: all(key.region.right <= width for key in shown())  # noqa: B023, E731
            await at.until(lambda: fits() and (width < 120 or len(shown()) > 8))  # noqa: B023
            assert shown()


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
async def test_help_and_quit_are_always_there(desk, width):
    async with desk(size=(width, 20)) as at:
        words = lambda: {(key.key, key.description) for key in at.app.main.query(FooterKey)}  # noqa: E731
        await at.until(lambda: {("f1", "help"), ("ctrl+c", "quit")} <= words())
        await at.pilot.press("escape")
        await at.until(lambda: {("question_mark", "help"), ("q", "quit")} <= words())


async def test_a_wide_screen_shows_more_and_the_important_ones_last_longest(desk):
    async with desk(prompt="an owl", size=(60, 20)) as at:
        await at.done(1)
        shown = lambda: [key.description for key in at.app.main.query(FooterKey)]  # noqa: E731
        counts = []
        for width in (60, 120, 240):
            await at.pilot.resize_terminal(width, 20)
            await at.until(lambda: shown()[:2] == ["pick", "refine"] and len(shown()) > max(counts, default=2))
            counts.append(len(shown()))
        assert "star" in shown()


@given(st.integers(0, 300), st.integers(1, 2))
def test_nothing_is_cut_and_less_room_only_drops_from_the_end(width, gap):
    items = [Item(a.id, "x", "x", a.label, a.run, "") for a in ACTIONS.values() if a.in_footer and a.where == "main"]
    left, right = arranged(items, width, gap)
    assert [item.id for item in right] == ["help", "quit"]
    total = sum(item.width + gap for item in (*left, *right))
    assert total <= width or not left
    more, _ = arranged(items, width + 1, gap)
    assert more[: len(left)] == left
