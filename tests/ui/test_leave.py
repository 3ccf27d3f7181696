"""Leaving: what is asked while rounds run, and what is said; running and clearing what did not finish."""

import pytest

from seedtui.engine.fake import FakeEngine
from seedtui.ui.screens.leave import LeaveScreen


def by_hand(n):
    return FakeEngine(by_hand=True)


async def asked(d):
    await d.until(lambda: d.app.state.job)
    await d.pilot.press("escape", "q")
    await d.until(lambda: isinstance(d.app.screen, LeaveScreen))


async def test_q_leaves_at_once_while_nothing_runs(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        await d.pilot.press("q")
        await d.until(lambda: d.app._exit)


@pytest.mark.parametrize("key", ["escape", "q", "n"])
async def test_one_can_stay(desk, key):
    async with desk(make=by_hand, prompt="an owl") as d:
        await asked(d)
        await d.pilot.press(key)
        await d.until(lambda: d.app.screen is d.app.main)
        d.engine.finish(d.app.state.running)
        await d.done(1)
        assert not d.app._exit


async def test_one_can_leave_anyway_and_ctrl_c_does_not_ask(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        await asked(d)
        await d.pilot.press("l")
        await d.until(lambda: d.app._exit)
    async with desk(make=by_hand, prompt="an owl") as d:
        await d.until(lambda: d.app.state.job)
        await d.pilot.press("ctrl+c")
        await d.until(lambda: d.app._exit)


async def test_one_can_leave_when_all_rounds_are_on_disk_and_think_again(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        await asked(d)
        await d.pilot.press("w")
        await d.until(lambda: "quits when done" in str(d.app.main.query_one("StatusBar").render()))
        await d.pilot.press("q")
        await d.until(lambda: isinstance(d.app.screen, LeaveScreen))
        await d.pilot.press("escape")
        await d.until(lambda: "quits when done" not in str(d.app.main.query_one("StatusBar").render()))
        await d.pilot.press("q", "w")
        await d.until(lambda: d.app.screen is d.app.main)
        d.engine.finish(d.app.state.running)
        await d.until(lambda: d.app._exit)
        assert not d.app.controller.sessions.unwritten


async def test_it_says_what_was_kept_and_how_to_come_back(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        await d.pilot.press("r")
        await d.done(2)
        goodbye = d.app.controller.sessions.goodbye
        assert goodbye == "2 rounds, 8 images kept. Continue with: seedtui --resume"
        session = d.app.controller.sessions.session
    async with desk(session=session) as d:
        await d.until(lambda: len(d.app.state.lineage.rounds) == 2)
        assert d.app.controller.sessions.goodbye.endswith(f"Continue with: seedtui --session {session}")
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        assert d.app.controller.sessions.goodbye == ""


async def test_one_key_runs_all_unfinished_rounds(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        await d.until(lambda: d.app.state.job)
        await d.pilot.press("escape", "n", "n")
        await d.until(lambda: len(d.app.state.open_rounds) == 3)
        await d.pilot.press("x", "x", "x")
        await d.until(lambda: len(d.app.state.unfinished) == 3)
        d.engine._by_hand = False
        await d.pilot.press("R")
        await d.done(3)
        assert not d.app.state.has_unfinished


async def test_one_key_clears_cancelled_rounds_without_images_and_one_brings_them_back(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        await d.until(lambda: d.app.state.job)
        await d.pilot.press("escape", "n", "n")
        await d.until(lambda: len(d.app.state.open_rounds) == 3)
        ids = [r.id for r in d.app.state.lineage.rounds]
        await d.pilot.press("x")
        await d.until(lambda: len(d.app.state.empty_cancelled) == 1 and d.app.state.running)
        d.engine.finish(d.app.state.running)
        await d.done(1)
        await d.until(lambda: d.app.state.running)
        await d.pilot.press("x")
        await d.until(lambda: len(d.app.state.empty_cancelled) == 2)
        await d.pilot.press("D")
        await d.until(lambda: [r.id for r in d.app.state.lineage.rounds] == [ids[1]])
        await d.pilot.press("U")
        await d.until(lambda: [r.id for r in d.app.state.lineage.rounds] == ids)
