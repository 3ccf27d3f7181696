"""The suffix pane: sets taken and kept, lines off, combined, alternatives."""

from __future__ import annotations

import tomllib

import pytest
from textual.widgets import Input, Label

from seedtui.core.config.settings import Config
from seedtui.core.prompts.ideas import IDEA_SETS
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.library.paths import config_file
from seedtui.ui.screens.suffix_sets import SuffixSetsScreen

CONFIG = Config(suffix_sets={"portrait": (", studio light", "#, oil", ", {dawn|dusk}")})


async def refined(d, rounds: int) -> list[str]:
    await d.pilot.press("ctrl+r")
    await d.done(rounds)
    return [shot.suffix for shot in d.engine.rounds[-1].shots]


async def opened(d) -> None:
    await d.done(1)
    await d.pilot.press("enter")
    await d.until(lambda: d.app.main.is_on(d.app.main.suffix_pane))


async def test_a_set_is_taken_and_its_lines_make_images(desk):
    async with desk(prompt="a cat", config=CONFIG) as d:
        await opened(d)
        await d.pilot.press("ctrl+o")
        await d.until(lambda: isinstance(d.app.screen, SuffixSetsScreen))
        assert d.app.screen.names.highlighted == 1, "the user's own come first"
        await d.pilot.press("up", "enter")
        await d.pilot.pause()
        pane = d.app.main.suffix_pane
        assert "portrait" in str(pane.heading.content) and "*" not in str(pane.heading.content)
        makes = str(pane.prompts.content)
        assert "a cat, dusk" in makes and "oil" not in makes and "{" not in makes
        assert await refined(d, 2) == [", studio light", ", dawn", ", dusk"]


async def test_lines_are_switched_off_and_on_and_combined(desk):
    async with desk(prompt="a cat") as d:
        await opened(d)
        pane = d.app.main.suffix_pane
        await d.pilot.press("ctrl+t")
        assert pane.suffixes == SUFFIXES[:3] and pane.editor.text.splitlines()[3] == "#" + SUFFIXES[3]
        assert "*" in str(pane.heading.content)
        await d.pilot.press("ctrl+g")
        a, b, c = SUFFIXES[:3]
        assert pane.suffixes == (a + b, a + c, b + c) and "in pairs" in str(pane.heading.content)
        await d.pilot.press("ctrl+g")
        assert await refined(d, 2) == [a + b + c]
        await d.pilot.press("enter")
        await d.pilot.press("ctrl+g", "ctrl+t")
        assert pane.suffixes == SUFFIXES and "*" not in str(pane.heading.content)


async def test_the_lines_are_kept_under_a_name(desk):
    async with desk(prompt="a cat") as d:
        await opened(d)
        await d.pilot.press("ctrl+t", "ctrl+o")
        await d.until(lambda: isinstance(d.app.screen, SuffixSetsScreen))
        await d.pilot.press("tab", *"mine", "enter")
        await d.until(lambda: config_file().exists())
        assert tomllib.loads(config_file().read_text()) == {"suffix_sets": {"mine": [*SUFFIXES[:3], "#" + SUFFIXES[3]]}}
        await d.until(lambda: "mine" in str(d.app.main.suffix_pane.heading.content))
        await d.pilot.press("ctrl+o")
        await d.until(lambda: isinstance(d.app.screen, SuffixSetsScreen))
        assert d.app.screen.names.option_count == 2 + len(IDEA_SETS)


async def test_a_name_that_can_not_be_is_told_at_once(desk):
    async with desk(prompt="a cat") as d:
        await opened(d)
        await d.pilot.press("ctrl+o")
        await d.until(lambda: isinstance(d.app.screen, SuffixSetsScreen))
        screen = d.app.screen
        await d.pilot.press("tab")
        screen.query_one(Input).value = "x" * 50
        await d.pilot.press("enter")
        await d.until(lambda: screen.query_one("#wrong", Label).display)
        await d.pilot.press("escape")
        await d.until(lambda: not isinstance(d.app.screen, SuffixSetsScreen))
        assert not config_file().exists()


async def test_too_many_are_told_in_the_pane_and_refused(desk):
    async with desk(prompt="a cat") as d:
        await opened(d)
        d.app.main.suffix_pane.editor.text = ", {a|b|c}{a|b|c}{a|b|c}"
        await d.pilot.pause()
        assert "at most 16" in str(d.app.main.suffix_pane.prompts.content)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: d.app.state.problem)
        assert "at most 16" in d.app.state.problem.hint and len(d.engine.rounds) == 1


@pytest.mark.parametrize("prompt", ["a {red|blue} cat", "{", "# a __cat__"])
async def test_a_prompt_is_never_expanded(desk, prompt: str):
    async with desk(prompt=prompt) as d:
        await opened(d)
        await refined(d, 2)
        assert {round_.prompt for round_ in d.engine.rounds} == {prompt}


async def open_sets(d) -> SuffixSetsScreen:
    await d.pilot.press("ctrl+o")
    await d.until(lambda: isinstance(d.app.screen, SuffixSetsScreen))
    return d.app.screen


async def test_a_set_with_other_lines_is_replaced_only_if_asked_twice(desk):
    async with desk(prompt="a cat", config=CONFIG) as d:
        await opened(d)
        screen = await open_sets(d)
        await d.pilot.press("tab", *"portrait", "enter")
        await d.until(lambda: screen.wrong.display)
        assert "enter again" in str(screen.wrong.content) and not config_file().exists()
        await d.pilot.press("x", "backspace")
        assert not screen.wrong.display
        await d.pilot.press("escape")
        screen = await open_sets(d)
        assert screen.name_input.value == "portrait", "the typed name is kept"
        await d.pilot.press("tab", "enter", "enter")
        await d.until(lambda: config_file().exists())
        assert tomllib.loads(config_file().read_text()) == {"suffix_sets": {"portrait": [*SUFFIXES]}}


async def test_ideas_are_marked_loaded_and_not_overwritten(desk):
    async with desk(prompt="a cat", config=CONFIG) as d:
        await opened(d)
        screen = await open_sets(d)
        rows = [str(screen.names.get_option_at_index(n).prompt) for n in range(screen.names.option_count)]
        assert [row.split()[0] for row in rows] == ["portrait", "guide", *IDEA_SETS]
        assert "Vermeer ·" in rows[2] and "candlelight°" in rows[2] and "°" not in rows[0] + rows[1]
        await d.pilot.press("down", "enter")
        pane = d.app.main.suffix_pane
        await d.until(lambda: "light" in str(pane.heading.content))
        assert pane.suffixes == IDEA_SETS["light"]
        await d.pilot.press("ctrl+t")
        screen = await open_sets(d)
        assert screen.names.highlighted == 2 and not screen.name_input.value
        await d.pilot.press("tab", *"light", "enter", "enter")
        await d.until(lambda: screen.wrong.display)
        assert "comes with seedtui" in str(screen.wrong.content) and not config_file().exists()


async def test_undo_brings_back_the_lines_that_a_set_replaced(desk):
    async with desk(prompt="a cat", config=CONFIG) as d:
        await opened(d)
        pane = d.app.main.suffix_pane
        await d.pilot.press(*", mine")
        before = pane.editor.text
        await open_sets(d)
        await d.pilot.press("up", "enter")
        await d.until(lambda: "portrait" in str(pane.heading.content))
        assert pane.editor.text != before and "ctrl+z" in str(d.app.state.said)
        await d.pilot.press("ctrl+z")
        assert pane.editor.text == before


async def test_an_edited_prompt_is_there_again_for_the_same_pick(desk):
    async with desk(prompt="a cat") as d:
        await opened(d)
        pane = d.app.main.suffix_pane
        await d.pilot.press("ctrl+r")
        await d.done(2)
        await d.pilot.press("enter", "shift+tab", "end", "s", "escape", "l", "enter")
        assert pane.prompt == "a cat, artsy"
        await d.pilot.press("escape", "h", "enter")
        assert pane.prompt == "a cat, highly realistics"
        await d.pilot.press("ctrl+r")
        await d.done(3)
        assert d.engine.rounds[-1].prompt == "a cat, highly realistics"
        await d.pilot.press("u", "enter")
        assert pane.prompt == "a cat, highly realistic", "it was run"
