"""Only what has stars is shown: in the tree, in find, in the list of sessions."""

from __future__ import annotations

from seedtui.engine.fake import FakeEngine
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.screens.sessions import SessionsScreen
from seedtui.ui.widgets.plain import PlainBox


def rows(d):
    tree = d.app.main.rounds
    return [tree.tree_rows.rows[row] for row in range(tree.count)]


async def rounds(d):
    """A round, one refined from it, with a star, and another."""
    await d.pilot.press("enter")
    await d.done(1)
    await d.pilot.press("r")
    await d.done(2)
    await d.pilot.press("asterisk", "n")
    await d.done(3)


async def test_the_tree_shows_rounds_with_stars_and_what_they_were_made_from(desk):
    async with desk() as d:
        await rounds(d)
        ids = [r.id for r in d.app.state.lineage.rounds]
        await d.pilot.press("escape", "F")
        tree = d.app.main.rounds
        assert rows(d) == ids[:2]
        assert "starred" in str(tree.border_title)
        assert d.app.main.is_on(tree)
        assert d.app.state.shown == ids[1]
        await d.pilot.press("up")
        assert d.app.state.shown == ids[0]
        await d.pilot.press("F")
        assert rows(d) == ids and "starred" not in str(tree.border_title)
        await d.pilot.press("F", "down", "escape", "asterisk")
        assert rows(d) == []
        await d.pilot.press("F", "F")
        assert str(tree.border_title) == "rounds · no stars"
        await d.pilot.press("escape", "asterisk")
        await d.until(lambda: rows(d) == ids[:2])
        assert tree.line(0, 40).plain and tree.line(1, 40).plain.endswith("★  now")


async def test_a_new_round_with_the_filter_on_and_marks_of_both_kinds(desk):
    async with desk() as d:
        await rounds(d)
        await d.pilot.press("escape", "F", "escape", "n")
        await d.done(4)
        ids = [r.id for r in d.app.state.lineage.rounds]
        assert rows(d) == ids[:2]
        await d.pilot.press("a", "asterisk")
        assert d.app.state.shown in rows(d)


async def test_find_shows_only_starred_rounds(desk):
    async with desk() as d:
        await rounds(d)
        await d.pilot.press("escape", "f")
        await d.until(lambda: isinstance(d.app.screen, FindScreen) and d.app.screen.rows.count == 3)
        await d.pilot.press("ctrl+t")
        await d.until(lambda: d.app.screen.rows.count == 1)
        assert str(d.app.screen.query_one(PlainBox).border_title) == "find · starred · 1 round"
        await d.pilot.press(*"nowhere")
        await d.until(lambda: d.app.screen.rows.count == 0)
        await d.pilot.press("ctrl+u", "ctrl+t")
        await d.until(lambda: d.app.screen.rows.count == 3)


async def listed(d, count: int) -> SessionsScreen:
    if not isinstance(d.app.screen, SessionsScreen):
        await d.pilot.press("T")
    await d.until(lambda: isinstance(d.app.screen, SessionsScreen) and d.app.screen.rows.count == count)
    return d.app.screen


async def test_sessions_are_named_filtered_deleted_and_restored(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("asterisk")
        first = d.app.controller.sessions.session
        await d.pilot.press("N", *"a dog", "enter")
        await d.done(1)
        second = d.app.controller.sessions.session
        screen = await listed(d, 2)
        await d.pilot.press("r", *"dogs q", "enter")
        await d.until(lambda: screen.rows.sessions[0].name == "dogs q")
        assert "dogs q" in screen.rows.line(0, 100).plain and not screen.naming
        await d.pilot.press("r", "x", "escape")
        assert not screen.naming and d.app.screen is screen
        await d.pilot.press("s")
        assert [one.id for one in screen.rows.sessions] == [first]
        assert "★1" in screen.rows.line(0, 100).plain
        await d.pilot.press("s", "down", "d")
        await d.until(lambda: screen.rows.count == 1)
        assert "U undo" in str(screen.rows.border_subtitle)
        await d.pilot.press("U")
        await d.until(lambda: screen.rows.count == 2)
        await d.pilot.press("escape")
        assert d.app.controller.sessions.session == second


async def test_the_open_session_is_deleted_and_a_new_one_opened_in_its_place(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        screen = await listed(d, 1)
        await d.pilot.press("d")
        await d.until(lambda: screen.rows.count == 0)
        assert d.app.state.round_view is None and d.app.controller.sessions.session == ""
        await d.pilot.press("U")
        await d.until(lambda: screen.rows.count == 1)
        await d.pilot.press("enter")
        await d.until(lambda: d.app.state.round_view)
        assert d.app.state.round_view.round.prompt == "a cat"  # type: ignore[attr-defined]


async def test_a_session_whose_rounds_run_is_not_deleted(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True), prompt="a cat") as d:
        await d.until(lambda: d.engines and d.engine.rounds)
        screen = await listed(d, 1)
        await d.pilot.press("d")
        assert "cancel them first" in str(screen.rows.border_subtitle)
        assert d.app.state.round_view
