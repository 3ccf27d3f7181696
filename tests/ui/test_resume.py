"""A session is reopened where it was left, and what was not finished is run again."""

from __future__ import annotations

from seedtui.engine.fake import FakeEngine
from seedtui.library.library import Library


async def test_a_session_is_reopened_where_it_was_left(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("l", "r")
        await d.done(2)
        await d.pilot.press("j", "left_square_bracket")
        before = d.app.state
        records = before.round_view.records
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and all(d.app.state.round_view.records))
        after = d.app.state
        assert after.lineage == before.lineage
        assert after.shown == before.shown
        assert [b.pick for b in after.round_views.values()] == [1, 2]
        assert after.round_view.records == records
        assert set(d.app.controller.pictures.cache.of(after.shown)) == {0, 1, 2, 3}
        await d.pilot.press("r")
        await d.done(3)
        assert d.engine.rounds[0].parent.round_id == before.shown
    with Library(tmp_path / "library") as library:
        assert len(library.load_session(session).lineage.rounds) == 3


async def test_the_prompt_line_goes_on_where_it_was_left_too(desk, tmp_path):
    async with desk(prompt="a cat on a blue background", images=2) as d:
        await d.done(1)
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(session=session) as d:
        bar = d.app.main.prompt_bar
        await d.until(lambda: d.app.state.round_view)
        await d.until(lambda: bar.seeds.value == "0-1", "the seeds in the line")  # a message later than the round
        assert (bar.prompt.text, bar.seeds.value) == ("a cat on a blue background", "0-1")


async def test_what_the_user_writes_meanwhile_stays(desk, tmp_path):
    async with desk(prompt="a cat") as d:
        await d.done(1)
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk() as d:
        d.app.main.prompt_bar.prompt.text = "a dog"
        d.app.controller.sessions.open(session)
        await d.until(lambda: d.app.state.round_view)
        assert d.app.main.prompt_bar.prompt.text == "a dog"


async def test_a_round_that_was_not_finished_is_run_again_with_one_key(desk, tmp_path):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        round_ = d.engine.rounds[0]
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view)
        assert d.app.state.round_view.status == "unfinished"
        await d.until(lambda: d.app.state.model)
        assert d.engine.rounds == []
        await d.pilot.press("ctrl+r")
        await d.done(1)
        assert d.engine.rounds == [round_]
