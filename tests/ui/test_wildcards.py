"""Wildcards in the app: what the pane shows is what the round has, and a wrong name runs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.app.facts import facts_of
from seedtui.core.config.settings import Config
from seedtui.library.library import Library
from seedtui.ui.widgets.bars.title_bar import TitleBar
from seedtui.ui.widgets.grid.cell import Cell


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "pet.txt").write_text("cat\ndog\nred fox\nowl\n\x1b[31mhare\n")
    return tmp_path / "lists"


def config(lists: Path, use: str = "prompts") -> Config:
    suffixes = {"mine": (", __pet__", ", __pet__", r", \__pet__")}
    return Config(wildcards=use, wildcard_folder=str(lists), suffixes="mine", suffix_sets=suffixes)


async def test_each_image_has_its_own_prompt_after_a_restart_too(desk, lists, tmp_path):
    async with desk(config=config(lists), prompt="a __pet__, oil") as d:
        await d.done(1)
        (round_,) = d.engine.rounds
        prompts = [round_.full_prompt(shot) for shot in round_.shots]
        assert len(set(prompts)) > 1 and not any("__" in prompt for prompt in prompts)
        labels = [cell.label for cell in d.app.query(Cell)]
        assert all(label.startswith(f"seed {i} · ") for i, label in enumerate(labels))
        assert ("template", "a __pet__, oil") in facts_of(d.app.state).rows
        await d.pilot.press("l")
        await d.until(lambda: d.app.main.query_one(TitleBar).prompt == prompts[1])
        await d.pilot.press("enter")
        assert d.app.main.suffix_pane.prompt == prompts[1]
        session = d.app.controller.sessions.session
    (lists / "pet.txt").unlink()
    async with desk(config=config(lists), session=session) as d:
        await d.until(lambda: d.app.state.round_view)
        again = d.app.state.round_view.round
        assert [again.full_prompt(shot) for shot in again.shots] == prompts
    with Library(tmp_path / "library") as library:
        assert [found.round_id for found in library.search("red fox") or library.search("dog")] == [round_.id]
        (library.root / "library.db").unlink()
    with Library(tmp_path / "library") as library:
        found = library.load_session(session).lineage.rounds[0]
    assert (found.prompt, [found.full_prompt(shot) for shot in found.shots]) == ("a __pet__, oil", prompts)


async def test_the_pane_shows_the_suffixes_that_the_round_gets(desk, lists):
    async with desk(config=config(lists, "suffixes")) as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("l", "enter")
        shown = str(d.app.main.suffix_pane.prompts.render())
        await d.pilot.press("ctrl+r")
        await d.done(2)
        suffixes = [shot.suffix for shot in d.engine.rounds[1].shots]
        assert suffixes[0] != suffixes[1] and suffixes[2] == ", __pet__"
        assert all(suffix.replace("\x1b", "␛") in shown for suffix in suffixes) and "\x1b" not in shown
        await d.pilot.press("h", "r")
        await d.done(3)
        assert d.engine.rounds[2].prompt == d.engine.rounds[1].full_prompt(d.engine.rounds[1].shots[0])


async def test_an_unknown_name_runs_nothing(desk, lists):
    async with desk(config=config(lists), prompt="a __pets__") as d:
        await d.until(lambda: d.app.state.problem)
        assert "Did you mean “__pet__”" in str(d.app.state.problem)
        assert not d.app.state.lineage.rounds


async def test_a_list_that_cannot_be_read_is_forgotten_with_the_next_round(desk, lists):
    (lists / "odd.txt").write_bytes(b"\xff\xfe")
    async with desk(config=config(lists)) as d:
        await d.pilot.press(*"a __odd__", "enter")
        await d.until(lambda: d.app.state.shown_problem)
        assert "not UTF-8" in d.app.state.shown_problem.message and not d.app.state.round_views
        d.app.main.prompt_bar.prompt.put("a cat")
        await d.pilot.press("enter")
        await d.done(1)
        assert d.app.state.shown_problem is None
