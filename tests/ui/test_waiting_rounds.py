"""Rounds that wait: the view stays where it is, and a picture can be refined before it is there."""

from __future__ import annotations

import pytest

from seedtui.core.text.formatting import nth
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from seedtui.ui.widgets.bars.status_bar import StatusBar


def by_hand(n: int) -> FakeEngine:
    return FakeEngine(by_hand=True)


async def begin(d):
    """A round that runs."""
    await d.pilot.press("enter")
    await d.until(lambda: d.engines and d.engine.rounds and d.app.state.job)


def test_places():
    assert [nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 1_002)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "1,002nd"]
    )  # fmt: skip


async def test_a_round_that_must_wait_leaves_the_view_and_says_its_place(desk, tmp_path):
    async with desk(make=by_hand) as d:
        await begin(d)
        shown = d.app.state.shown
        assert d.app.main.is_on(d.app.main.grid)
        await d.pilot.press("z", "n")
        assert d.app.state.said.words == "waiting, 1st in the queue · w shows it"
        await d.pilot.press("n")
        assert d.app.state.said.words == "waiting, 2nd in the queue · w shows it"
        assert d.app.state.shown == shown and d.app.main.grid.zoomed and d.app.main.is_on(d.app.main.grid)
        d.engine.finish(d.engine.rounds[0])
        await d.until(lambda: len(d.engine.rounds) == 2)
        await d.done(1)
        assert d.app.state.shown == shown, "the view stays when the next round begins"
        await d.until(lambda: d.app.state.activity.total)
        assert "seeds 4-7: denoising" in str(d.app.main.query_one(StatusBar)._left(100)) or d.app.state.said.words
        session = d.app.controller.sessions.session
    with Library(tmp_path / "library") as library:
        assert library.load_session(session).current == shown


async def test_with_nothing_running_the_new_round_is_shown(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("n")
        await d.done(2)
        assert d.app.state.shown == d.engine.rounds[1].id and not d.app.state.said.words


async def test_a_picture_is_refined_before_it_is_there(desk):
    async with desk(make=by_hand) as d:
        await begin(d)
        await d.pilot.press("right", "r")
        first = d.engine.rounds[0]
        assert d.app.state.said.words == "waiting for its picture, 1st in the queue · w shows it"
        assert d.app.state.shown == first.id and len(d.app.state.awaiting) == 1
        await d.pilot.press("n")
        d.app.controller.rounds.move_in_queue(d.app.state.queue.ids[0], 1)
        d.engine.finish(first, "halves")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.finish(d.engine.rounds[1])
        await d.until(lambda: len(d.engine.rounds) == 3)
        refined, record = d.engine.rounds[2], d.app.state.round_views[first.id].records[1]
        assert (refined.parent, refined.pick_batch) == (record.pick, record.whole_batch)
        assert refined.parent.sha256 and refined.recipe.fallback == "halves"
        assert {shot.seed for shot in refined.shots} == {1}
        d.engine.finish(refined)
        await d.done(3)
        assert not d.app.state.awaiting


async def test_it_waits_even_where_it_was_moved_before_its_picture(desk):
    async with desk(make=by_hand) as d:
        await begin(d)
        await d.pilot.press("n")
        await d.pilot.press("right_square_bracket", "r")
        waits = d.app.state.queue.ids[1]
        d.app.controller.rounds.move_in_queue(waits, -1)
        for count in (1, 2, 3):
            d.engine.finish(d.engine.rounds[-1])
            await d.done(count)
            await d.until(lambda count=count: len(d.engine.rounds) > count or count == 3)
        assert [r.kind for r in d.engine.rounds] == ["explore", "explore", "refine"]


@pytest.mark.parametrize("how", ["cancel", "fail"])
async def test_a_picture_that_is_not_made_is_told_and_the_round_can_be_run_later(desk, how):
    async with desk(make=by_hand) as d:
        await begin(d)
        await d.pilot.press("r")
        first, waits = d.engine.rounds[0], d.app.state.queue.ids[0]
        if how == "cancel":
            await d.pilot.press("x")
        else:
            d.engine.fail(first)
        await d.until(lambda: d.app.state.round_views[waits].status == "failed")
        assert "failed: the picture it starts from was not made" in d.app.state.said.words
        assert not d.app.state.awaiting and not d.app.state.queue.ids
        await d.pilot.press("right_square_bracket")
        assert d.app.state.shown_problem and "ctrl+r" in d.app.state.shown_problem.hint
        await d.pilot.press("u", "ctrl+r")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.finish(d.engine.rounds[1])
        await d.done(1)
        await d.pilot.press("right_square_bracket", "ctrl+r")
        await d.until(lambda: len(d.engine.rounds) == 3)
        assert d.engine.rounds[2].parent.sha256
        d.engine.finish(d.engine.rounds[2])
        await d.done(2)


async def test_a_kept_picture_of_a_cancelled_round_is_refined(desk):
    async with desk(make=by_hand) as d:
        await begin(d)
        await d.pilot.press("r")
        first = d.engine.rounds[0]
        from seedtui.engine.fake import image

        d.engine._events.put(image(first, 0))
        d.engine._events.put(p.RoundCancelled(first.id, 2))
        await d.until(lambda: len(d.engine.rounds) == 2)
        assert d.engine.rounds[1].parent.sha256


async def test_a_round_that_waited_for_its_picture_is_completed_after_a_restart(desk, tmp_path):
    async with desk(make=by_hand) as d:
        await begin(d)
        await d.pilot.press("r")
        await d.until(lambda: not d.app.controller.sessions.unwritten)
        d.engine.finish(d.engine.rounds[0])
        await d.until(lambda: len(d.engine.rounds) == 2)
        session = d.app.controller.sessions.session
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view)
        d.app.controller.pictures.show(d.app.state.lineage.rounds[1])
        assert d.app.state.round_view.stopped
        await d.pilot.press("ctrl+r")
        await d.done(2)


async def test_a_picture_that_was_not_made_is_not_refined(desk):
    async with desk(make=by_hand) as d:
        await begin(d)
        await d.pilot.press("x")
        await d.until(lambda: d.app.state.round_view.stopped)
        await d.pilot.press("r")
        assert d.app.state.problem.message == "the picked image was not made"
        assert len(d.app.state.lineage.rounds) == 1
