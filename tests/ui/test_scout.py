"""Scouting in the app: asked for, looked through, finished, and there again later."""

from __future__ import annotations

from textual.widgets import Input
from textual.widgets._footer import FooterKey

from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.ui.screens.scout import ScoutScreen
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.bars.status_bar import StatusBar
from tests.ui.test_sheet import order, view, whole


def footer(d):
    return [key.description for key in d.app.screen.query_one(KeyFooter).query(FooterKey)]


def status(d):
    return str(d.app.main.query_one(StatusBar).render())


async def ask(d):
    """Open the form."""
    await d.until(lambda: d.app.state.model)
    await d.pilot.press("escape", "H")
    await d.until(lambda: isinstance(d.app.screen, ScoutScreen))
    return d.app.screen


async def scouted(d, seeds="0-29"):
    screen = await ask(d)
    screen.query_one("#seeds", Input).value = seeds
    await d.pilot.press("enter")
    await d.done(1)
    await d.until(lambda: whole(d))


async def test_the_form_says_what_it_costs_and_what_is_wrong(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        screen = await ask(d)
        assert screen.query_one("#seeds", Input).value == "0-255"
        assert "256 images, 1 of 4 steps each: about as long as 64 whole images" in str(screen.comes_to.render())
        screen.query_one("#stop", Input).value = "0%"
        await d.pilot.pause()
        assert screen.comes_to.has_class("wrong")
        await d.pilot.press("enter")
        assert d.app.screen is screen and len(d.app.state.lineage.rounds) == 1
        await d.pilot.press("escape")
        assert d.app.screen is d.app.main


async def test_kept_ones_are_finished_as_a_round_below(desk):
    async with desk() as d:
        await scouted(d)
        round_ = d.engine.rounds[0]
        assert round_.kind == "scout" and len(round_.shots) == 30 and round_.stop.share == 0.3
        assert "finish 0" not in footer(d) and "refine" not in footer(d)
        await d.pilot.press("l", "space", "j", "space")
        await d.until(lambda: "finish 2" in footer(d))
        kept = sorted(view(d).starred)
        await d.pilot.press("V", "b")
        assert len(d.app.state.lineage.rounds) == 1 and d.app.screen is d.app.main, "there is no whole image yet"
        await d.pilot.press("B")
        await d.done(2)
        finished = d.engine.rounds[1]
        assert finished.kind == "explore" and [shot.seed for shot in finished.shots] == kept
        assert finished.parent.round_id == round_.id and d.app.state.shown == finished.id
        assert d.app.main.pictures is d.app.main.grid
        rows = [str(d.app.main.rounds.line(row, 46)) for row in range(2)]
        assert "scout 30% · 0-29 · Lab" in rows[0] and "… · 2 kept" in rows[0]
        assert "└" in rows[1] and "2 finished · " in rows[1]
        await d.pilot.press("u", "B")
        assert "finished already" in d.app.state.problem.message
        await d.pilot.press("r")
        await d.done(3)
        refined = d.engine.rounds[2]
        assert refined.kind == "refine" and {shot.seed for shot in refined.shots} == {kept[1]}


async def test_the_next_scout_goes_on_with_the_next_seeds(desk):
    async with desk() as d:
        await scouted(d)
        screen = await ask(d)
        assert screen.query_one("#seeds", Input).value == "30-285"


async def test_zoomed_the_pick_is_decoded_once(desk):
    async with desk() as d:
        await scouted(d)
        await d.pilot.press("enter")
        asked = lambda: [r for r in d.engine.requests if isinstance(r, p.Decode)]  # noqa: E731
        await d.until(asked)
        await d.pilot.press("l", "h")
        await d.until(lambda: len(asked()) == 2)
        await d.pilot.press("enter")
        assert not d.app.main.pictures.zoomed


async def test_culling_goes_on_in_a_later_run(desk):
    async with desk() as d:
        await scouted(d)
        await d.pilot.press("space", "l", "backspace", "l", "space")
        session = d.app.controller.sessions.session
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and whole(d))
        assert view(d).starred == {0, 3} and view(d).rejected == {1} and view(d).pick == 3
        await d.until(lambda: d.app.state.model)
        await d.pilot.press("escape", "L")
        await d.until(lambda: "most different" in status(d))
        assert sorted(order(d)) == list(range(30))
        await d.pilot.press("B")
        await d.done(2)
        assert [shot.seed for shot in d.engine.rounds[0].shots] == [0, 3]


async def test_it_is_cancelled_and_goes_on(desk):
    async with desk(make=lambda _: FakeEngine(by_hand=True)) as d:
        screen = await ask(d)
        screen.query_one("#seeds", Input).value = "0-29"
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds and d.app.state.job)
        assert d.app.main.sheet_pane.display
        await d.pilot.press("x")
        await d.until(lambda: view(d).status == "cancelled")
        await d.pilot.press("ctrl+r")
        await d.until(lambda: len(d.engine.rounds) == 2)
        assert d.engine.rounds[1].id == d.engine.rounds[0].id
