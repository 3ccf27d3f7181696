"""The details of the pick, and what the header says of the shown round."""

from __future__ import annotations

import pytest
from rich.text import Text

from seedtui.app.facts import Fact, Facts
from seedtui.core.config.settings import Config
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.fake import FakeEngine
from seedtui.library.config_file import read_config
from seedtui.library.library import Library
from seedtui.ui.widgets.bars.title_bar import TitleBar, with_room
from seedtui.ui.widgets.details_pane import FactTable


def told(d) -> str:
    """What the visible details say."""
    pane = d.app.main.details
    assert pane is not None and pane.region.width > 0
    console = d.app.console
    with console.capture() as captured:
        console.print(pane.query_one(FactTable).render(), width=pane.size.width)
    return Text.from_ansi(captured.get()).plain


async def made(d):
    await d.pilot.press("enter")
    await d.done(1)


async def test_a_wide_screen_has_them_beside_the_pictures_and_they_follow_the_pick(desk, tmp_path):
    async with desk(size=(160, 40)) as d:
        assert d.app.main.beside.region.width == 0
        await made(d)
        await d.until(lambda: "file" in told(d))
        assert "seed         0" in told(d) and str(tmp_path)[:20] in told(d)
        await d.pilot.press("right")
        await d.until(lambda: "seed         1" in told(d) and "file" in told(d))
        assert d.app.main.beside.region.x > d.app.main.grid.region.x
        assert d.app.main.rounds.region.width == 40


async def test_i_hides_them_on_a_wide_screen_and_that_is_remembered(desk):
    async with desk(size=(160, 40)) as d:
        await made(d)
        await d.pilot.press("i")
        assert d.app.main.details is None and d.app.main.beside.region.width == 0
        await d.until(lambda: not read_config({}).details)
        await d.pilot.press("i")
        await d.until(lambda: read_config({}).details)
        assert "seed         0" in told(d)
    async with desk(size=(160, 40), config=Config(details=False)) as d:
        await made(d)
        assert d.app.main.details is None


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
@pytest.mark.parametrize("key", ["i", "escape"])
async def test_i_opens_them_in_place_of_the_tree_on_a_narrower_screen(desk, size, key):
    async with desk(size=size) as d:
        await made(d)
        assert d.app.main.details is None
        await d.pilot.press("i")
        assert "seed         0" in told(d) and d.app.main.is_on(d.app.main.grid)
        await d.pilot.press("right")
        assert "seed         1" in told(d)
        await d.pilot.press(key)
        assert d.app.main.details is None and d.app.main.side.current == "rounds"
        assert read_config({}).details, "a glance is not remembered"


async def test_they_say_how_long_a_round_took_in_later_runs_too(desk, tmp_path):
    async with desk(size=(160, 40), make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        assert "took" not in told(d)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        took = next(line.strip() for line in told(d).split("\n") if "took" in line)
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(size=(160, 40), session=session) as d:
        await d.until(lambda: d.app.state.round_view)
        await d.until(lambda: took in told(d))


async def test_they_scroll_and_start_again_with_the_next_picture(desk):
    async with desk(size=(80, 16)) as d:
        await made(d)
        await d.pilot.press("i", "pagedown")
        await d.until(lambda: d.app.main.details.scroll_y > 0)
        await d.pilot.press("right")
        await d.until(lambda: d.app.main.details.scroll_y == 0)


async def test_they_stay_while_a_refinement_begins(desk):
    async with desk(size=(120, 40)) as d:
        await made(d)
        await d.pilot.press("i", "t", "enter")
        assert d.app.main.details is None, "the tree took their place"
        await d.pilot.press("i", "r")
        await d.done(2)


async def test_before_it_is_there_it_says_what_it_will_be_made_with(desk):
    async with desk(size=(160, 40), make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        assert d.app.main.beside.border_title == "details · not made yet" and "steps        4" in told(d)
        d.engine.finish(d.engine.rounds[0])
        await d.until(lambda: d.app.main.beside.border_title == "details")


async def test_the_header_names_what_differs_and_the_seed_of_a_refine_round(desk):
    async with desk(size=(140, 40), recipe=Recipe(steps=12, guidance=5.0)) as d:
        await made(d)
        header = d.app.main.query_one(TitleBar)
        assert "starter · fp32 · cpu · 12 steps · cfg 5 " in str(header.render())
        await d.pilot.press("right", "r")
        await d.done(2)
        assert "cfg 5 · seed 1 " in str(header.render())


def test_what_differs_makes_room_for_the_prompt():
    parts = ["starter", "fp32", "cpu"]
    whole = with_room(parts, ("12 steps", "cfg 5"), "seed 1", 80)
    assert whole == " · 12 steps · cfg 5 · seed 1"
    assert with_room(parts, ("12 steps", "cfg 5"), "seed 1", 54) == " · 12 steps · seed 1"
    assert with_room(parts, ("12 steps", "cfg 5"), "seed 1", 5) == " · seed 1"
    assert with_room(parts, (), "", 5) == ""


async def test_no_name_of_a_fact_is_cut(desk):
    async with desk() as d:
        await made(d)
        await d.pilot.press("i")
        d.app.main.details.facts = Facts("a cat", "", (Fact("transformers", "5.2"),), made=True)
        assert "transformers 5.2" in told(d)
