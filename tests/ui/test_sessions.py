"""Sessions in the app: rounds deleted, put back, starred, found; another session opened in place; export, copy."""

from __future__ import annotations

import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.fake import FakeEngine
from seedtui.library.export.export import CONTACT
from seedtui.library.library import Library
from seedtui.ui.screens.copy import CopyScreen
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.screens.sessions import SessionsScreen
from seedtui.ui.widgets.grid.cell import Cell


def rows(d):
    tree = d.app.main.rounds
    return [tree.line(row, 40).plain.rstrip() for row in range(tree.count)]


def ids(d):
    return [r.id for r in d.app.state.lineage.rounds]


async def three_rounds(d):
    """A round, one refined from its second image, and one refined from that."""
    await d.pilot.press("enter")
    await d.done(1)
    await d.pilot.press("l", "r")
    await d.done(2)
    await d.pilot.press("j", "r")
    await d.done(3)


async def test_a_round_is_deleted_with_what_was_made_from_it_and_comes_back(desk, tmp_path):
    async with desk() as d:
        await three_rounds(d)
        await d.pilot.press("n")
        await d.done(4)
        before, tree = ids(d), rows(d)
        await d.pilot.press("left_square_bracket", "left_square_bracket")
        assert d.app.state.shown == before[1]
        assert not d.app.check_action("act", ("rounds.undo",))
        await d.pilot.press("d")
        assert ids(d) == [before[0], before[3]]
        assert d.app.state.shown == before[0]
        assert d.app.state.said.words == "deleted 2 rounds · U undo"
        await d.pilot.press("n")
        await d.done(3)
        await d.pilot.press("U")
        assert ids(d)[:4] == before
        assert d.app.state.shown == before[1]
        assert rows(d)[1][1:] == tree[1][1:]
        await d.pilot.press("U")  # nothing is left to undo
        await d.pilot.press("u", "d")
        assert len(ids(d)) == 2
        left = ids(d)
    with Library(tmp_path / "library") as library:
        assert [r.id for r in library.load_session(library.sessions()[0].id).lineage.rounds] == left
    assert len(list((tmp_path / "library").rglob("*.png"))) == 19  # no file is touched


async def test_all_rounds_are_deleted_and_come_back(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("escape", "d")
        assert d.app.state.round_view is None
        assert d.app.main.query_one("#welcome").display
        await d.pilot.press("U")
        assert len(ids(d)) == 1
        assert d.app.main.grid.display and d.app.main.is_on(d.app.main.grid)
        await d.pilot.press("d", "g")
        await d.done(1)
        await d.pilot.press("U")
        assert len(ids(d)) == 2


async def test_a_round_that_runs_is_not_deleted(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engines and d.engine.rounds)
        await d.pilot.press("d")
        assert "with x" in d.app.state.problem.hint
        assert len(ids(d)) == 1


async def test_a_star_is_on_the_cell_in_the_tree_and_in_the_library(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("l", "asterisk")
        assert [c.label for c in d.app.query(Cell)][:2] == ["seed 0", "★ seed 1"]
        assert rows(d)[0].endswith("▸1 ★  now")
        await d.pilot.press("j", "asterisk", "asterisk")
        session = d.app.controller.sessions.session
    with Library(tmp_path / "library") as library:
        loaded = library.load_session(session)
        assert [at.starred for at in loaded.rounds.values()] == [{1}]
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and all(d.app.state.round_view.records))
        assert d.app.query(Cell)[1].label == "★ seed 1"


async def test_another_session_is_opened_in_place(desk, tmp_path):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        first = d.app.controller.sessions.session
        await d.pilot.press("N")
        assert d.app.state.round_view is None
        assert d.app.focused is d.app.main.prompt_bar.prompt
        await d.pilot.press("ctrl+a", "a", " ", "d", "o", "g", "enter")
        await d.done(1)
        second = d.app.controller.sessions.session
        assert first != second
        await d.pilot.press("T")
        await d.until(lambda: isinstance(d.app.screen, SessionsScreen) and d.app.screen.rows.count == 2)
        listed = d.app.screen.rows
        assert [s.id for s in listed.sessions] == [second, first]
        assert [s.images for s in listed.sessions] == [4, 4]
        assert listed.line(0, 100).plain.startswith("› ")
        await d.pilot.press("down", "enter")
        await d.until(lambda: d.app.controller.sessions.session == first)
        await d.until(lambda: d.app.state.round_view and all(d.app.state.round_view.records))
        assert d.app.state.round_view.round.prompt == "a cat"  # type: ignore[attr-defined]
        await d.pilot.press("r")
        await d.done(2)
    with Library(tmp_path / "library") as library:
        assert [len(library.load_session(s).lineage.rounds) for s in (first, second)] == [2, 1]


async def test_a_round_goes_on_while_another_session_is_open(desk, tmp_path):
    async with desk(make=lambda n: FakeEngine(by_hand=True), prompt="a cat") as d:
        await d.until(lambda: d.engines and d.engine.rounds)
        await d.until(lambda: d.app.controller.sessions.session)
        first, round_ = d.app.controller.sessions.session, d.engine.rounds[0]
        await d.pilot.press("escape", "N")
        assert d.app.state.running == round_
        assert rows(d) == []
        d.engine.finish(round_)
        await d.until(lambda: not d.app.state.open_rounds)
        await d.pilot.press("escape", "g")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.finish(d.engine.rounds[1])
        await d.until(lambda: [b.status for b in d.app.state.round_views.values()] == ["done", "done"])
        second = d.app.controller.sessions.session
    with Library(tmp_path / "library") as library:
        assert library.load_session(first).status == {round_.id: "done"}
        assert len(library.load_session(first).images) == 4
        assert list(library.load_session(second).status.values()) == ["done"]


async def test_search_finds_rounds_of_all_sessions_and_shows_them(desk, tmp_path):
    with Library(tmp_path / "library") as library:
        old = library.new_session()
        for number in range(3):
            round_ = explore(f"a green Boat {number}", [0], Recipe())
            library.add_round(old, round_)
            library.finish_round(round_.id, "done")
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("l", "r")
        await d.done(2)
        await d.pilot.press("escape", "f")
        await d.until(lambda: isinstance(d.app.screen, FindScreen) and d.app.screen.rows.count == 5, "the newest first")
        await d.pilot.press(*"boat")
        await d.until(lambda: d.app.screen.rows.count == 3)
        assert "a green Boat 2" in d.app.screen.rows.line(0, 80).plain
        await d.pilot.press(*" nowhere")
        await d.until(lambda: d.app.screen.rows.count == 0)
        await d.pilot.press("enter", "escape", "f", *"artsy")
        await d.until(lambda: d.app.screen.rows.count == 1)
        assert "a cat, artsy" in d.app.screen.rows.line(0, 80).plain
        await d.pilot.press("escape", "left_square_bracket", "f", *"boat")
        await d.until(lambda: d.app.screen.rows.count == 3)
        await d.pilot.press("down", "enter")
        await d.until(lambda: d.app.controller.sessions.session == old)
        assert d.app.state.round_view.round.prompt == "a green Boat 1"
        assert len(ids(d)) == 3


async def test_the_session_is_exported(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("E")
        await d.until(lambda: list((tmp_path / "saved").glob(f"seedtui_*/{CONTACT}")))
        d.app.sessions.export(True)
        await d.until(lambda: list((tmp_path / "saved").glob("seedtui_*.zip")))
        await d.until(lambda: d.app.state.said.number == 2)


@pytest.mark.parametrize("key", ["p", "s", "f"])
async def test_the_picks_words_are_copied(desk, tmp_path, key):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("l", "r")
        await d.done(2)
        await d.pilot.press("l", "y")
        assert isinstance(d.app.screen, CopyScreen)
        await d.pilot.press(key)
        await d.until(lambda: d.app.clipboard)
        file = next((tmp_path / "library").rglob("*artsy.png"))
        assert d.app.clipboard == {"p": "a cat, artsy", "s": "1", "f": str(file)}[key]


async def test_a_file_that_is_gone_is_told_and_made_again(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        session = d.app.controller.sessions.session
    gone = next((tmp_path / "library").rglob("*seed-2.png"))
    before = gone.read_bytes()
    gone.unlink()
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.problem)
        await d.until(lambda: d.app.state.round_view.words(2) == "its file is gone")
        assert [bool(r) for r in d.app.state.round_view.records] == [True, True, False, True]
        await d.until(lambda: d.app.state.model)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: all(d.app.state.round_view.records) and gone.exists())
        assert gone.read_bytes() == before
