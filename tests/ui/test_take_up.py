"""An earlier round is taken up again, and a round that exists is not made twice by accident."""

from __future__ import annotations

from seedtui.core.prompts.prompt import EXAMPLE, SUFFIXES
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.fake import FakeEngine


def bar(d):
    return d.app.main.prompt_bar


async def generate(d, prompt: str, seeds: str) -> None:
    d.app.main.set_focus(bar(d).prompt)
    bar(d).prompt.put(prompt)
    bar(d).seeds.value = seeds
    await d.pilot.press("enter")


async def test_prompt_seeds_and_recipe_come_back_and_the_draft_too(desk):
    async with desk(recipe=Recipe(steps=9)) as d:
        await generate(d, "a red boat", "3-5")
        await d.done(1)
        d.app.controller.use(Recipe(steps=2))
        await generate(d, "a cat", "8")
        await d.done(2)
        await d.pilot.press("p", "end", *" at night", "escape", "left_square_bracket", "e")
        assert (bar(d).prompt.text, bar(d).seeds.value, d.app.state.recipe.steps) == ("a red boat", "3-5", 9)
        assert d.app.focused is bar(d).prompt
        assert d.app.state.said.words == "reused: prompt, seeds 3-5, recipe · ctrl+z brings back what you wrote"
        await d.pilot.press("ctrl+z")
        assert bar(d).prompt.text == "a cat at night"
        await d.pilot.press("ctrl+y", "ctrl+u", "up")
        assert bar(d).prompt.text == "a cat at night"


async def test_nothing_is_said_of_undo_where_nothing_was_replaced(desk):
    async with desk() as d:
        await generate(d, "a red boat", "0-3")
        await d.done(1)
        await d.pilot.press("e")
        await d.until(lambda: d.app.state.said)
        assert d.app.state.said.words == "reused: prompt, seeds 0-3"


async def test_the_pick_of_a_refine_round_is_taken_up_with_its_whole_prompt_and_its_seed(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("right", "r")
        await d.done(2)
        await d.pilot.press("right", "e", "enter")
        await d.done(3)
        assert (d.engine.rounds[2].prompt, [s.seed for s in d.engine.rounds[2].shots]) == (EXAMPLE + SUFFIXES[1], [1])


async def test_refining_leaves_the_prompt_line_as_it_is(desk):
    async with desk() as d:
        await generate(d, "a red boat", "0-3")
        await d.done(1)
        await d.pilot.press("r")
        await d.done(2)
        await d.pilot.press("right", "r")
        await d.done(3)
        assert d.app.state.round_view.round.prompt == "a red boat, artsy" and bar(d).prompt.text == "a red boat"
        await d.pilot.press("left_square_bracket", "right_square_bracket")
        assert bar(d).words == "a red boat, artsy"


async def test_a_round_that_exists_is_shown_and_made_again_only_when_asked_twice(desk):
    async with desk() as d:
        await generate(d, "a red boat", "0-3")
        await d.done(1)
        await generate(d, "a cat", "0-3")
        await d.done(2)
        first = d.engine.rounds[0].id
        await generate(d, "a red boat", "0-3")
        assert (len(d.engine.rounds), d.app.state.shown) == (2, first)
        assert d.app.state.said.words == "already made: seeds 0-3 · g again repeats it"
        await d.pilot.press("g")
        await d.done(3)
        assert d.engine.rounds[2].prompt == "a red boat"


async def test_who_went_elsewhere_is_told_again(desk):
    async with desk() as d:
        await generate(d, "a red boat", "0-3")
        await d.done(1)
        await generate(d, "a cat", "0-3")
        await d.done(2)
        await d.pilot.press("g", "left_square_bracket", "e", "enter")
        assert len(d.engine.rounds) == 2


async def test_other_seeds_or_another_recipe_make_another_round(desk):
    async with desk() as d:
        await generate(d, "a red boat", "0-3")
        await d.done(1)
        await generate(d, "a red boat", "0-2")
        await d.done(2)
        d.app.controller.use(Recipe(steps=7))
        await d.pilot.press("g")
        await d.done(3)


async def test_a_stopped_round_is_run_again(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        await d.pilot.press("x")
        await d.until(lambda: d.app.state.round_view.status == "cancelled")
        await d.pilot.press("g")
        await d.until(lambda: len(d.engine.rounds) == 2)
        assert d.engine.rounds[0] == d.engine.rounds[1]


async def test_more_seeds_skip_those_that_were_made(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("n")
        await d.done(2)
        await d.pilot.press("left_square_bracket", "e", "escape", "n")
        await d.done(3)
        assert [s.seed for s in d.engine.rounds[2].shots] == [8, 9, 10, 11]


async def test_a_suffix_at_the_end_of_the_prompt_is_not_offered_again(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("r")
        await d.done(2)
        await d.pilot.press("right", "enter")
        pane = d.app.main.suffix_pane
        assert "○ , artsy: already in the prompt" in str(pane.prompts.render())
        await d.pilot.press("ctrl+r")
        await d.done(3)
        assert [s.suffix for s in d.engine.rounds[2].shots] == [s for s in SUFFIXES if s != ", artsy"]


async def test_if_no_suffix_is_left_it_is_said(desk):
    async with desk() as d:
        await generate(d, "a cat, artsy", "0")
        await d.done(1)
        d.app.main.suffix_pane.editor.text = ", artsy"
        await d.pilot.press("r")
        assert d.app.state.problem.message == "the prompt already ends with every suffix"
        assert len(d.engine.rounds) == 1
