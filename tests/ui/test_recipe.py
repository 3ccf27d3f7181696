"""The recipe pane: fields that are checked as one types, and rounds that are made with what it says."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Select

from seedtui.core.recipes.form import FIELDS, OTHER, effects, from_fields, to_fields
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire import protocol as p
from seedtui.ui.screens.recipe import RecipeScreen


async def open_pane(d) -> RecipeScreen:
    await d.until(lambda: d.app.state.model)
    await d.pilot.press("escape", "o")
    assert isinstance(d.app.screen, RecipeScreen)
    await d.until(lambda: d.app.screen.query("#steps"))
    return d.app.screen


def note(screen: RecipeScreen, name: str) -> str:
    return str(screen.query_one(f"#note-{name}").render())


async def test_the_next_round_is_made_with_what_the_pane_says(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        screen = await open_pane(d)
        assert screen.query_one("#steps", Input).placeholder == "4"
        await d.pilot.press("1", "2")
        screen.query_one("#size", Input).value = "32x24"
        screen.query_one("#scheduler", Select).value = "euler-a"
        await d.pilot.pause()
        assert OTHER in note(screen, "size")
        assert "similar pictures" in note(screen, "scheduler")
        await d.pilot.press("ctrl+r", "g")
        await d.done(2)
        made = d.engine.rounds[-1].recipe
        assert (made.steps, made.width, made.height, made.scheduler) == (12, 32, 24, "euler-a")
        assert d.engine.rounds[0].recipe == Recipe()
        assert len([r for r in d.engine.requests if isinstance(r, p.Load)]) == 1


async def test_another_dtype_loads_the_model_again(desk):
    async with desk() as d:
        screen = await open_pane(d)
        screen.query_one("#dtype", Select).value = "bfloat16"
        await d.pilot.pause()
        assert "loaded again" in str(screen.says.render())
        await d.pilot.press("ctrl+r")
        await d.until(lambda: [r.dtype for r in d.engine.requests if isinstance(r, p.Load)] == [None, "bfloat16"])


async def test_a_model_whose_prompts_cannot_be_weighted_says_so(desk):
    async with desk() as d:
        screen = await open_pane(d)
        screen.query_one("#prompt_encoding", Select).value = "weighted"
        await d.pilot.pause()
        assert "only encodes prompts as plain" in note(screen, "prompt_encoding")
        screen.query_one("#prompt_encoding", Select).value = "plain"
        await d.pilot.pause()
        assert not note(screen, "prompt_encoding")


async def test_fast_and_float8_exclude_each_other(desk):
    async with desk() as d:
        screen = await open_pane(d)
        screen.query_one("#weights", Select).value = "float8"
        await d.pilot.pause()
        assert "similar pictures" in note(screen, "weights") and "loaded again" in str(screen.says.render())
        screen.query_one("#profile", Select).value = "fast"
        await d.pilot.pause()
        assert "cannot be combined with weights float8" in note(screen, "profile")
        screen.query_one("#weights", Select).value = "full"
        await d.pilot.pause()
        assert "repeatable" in note(screen, "profile")


async def test_a_gguf_transformer_is_checked_and_loads_the_model_again(desk, tmp_path):
    file = tmp_path / "net.gguf"
    async with desk(prompt="a cat") as d:
        await d.done(1)
        screen = await open_pane(d)
        screen.query_one("#transformer", Input).value = str(file)
        await d.pilot.pause()
        assert "there is no transformer" in note(screen, "transformer")
        file.write_bytes(b"GGUF")
        screen.query_one("#draft", Select).value = "cache"
        await d.pilot.pause()
        assert "cannot be combined with draft cache" in note(screen, "profile")
        screen.query_one("#draft", Select).value = "none"
        await d.pilot.pause()
        assert "similar pictures" in note(screen, "transformer") and "loaded again" in str(screen.says.render())
        await d.pilot.press("ctrl+r", "g")
        await d.done(2)
        assert d.engine.rounds[-1].recipe.transformer == str(file)


async def test_wrong_fields_are_told_and_not_applied(desk):
    async with desk(size=(80, 24)) as d:
        screen = await open_pane(d)
        await d.pilot.press("x")
        assert "not a whole number" in note(screen, "steps")
        await d.pilot.press("enter", "backspace", "8")
        assert isinstance(d.app.screen, RecipeScreen)
        screen.query_one("#size", Input).value = "100x100"
        await d.pilot.press("ctrl+r")
        assert d.app.focused is screen.query_one("#size", Input)
        assert "96x96" in str(screen.says.render()) or "104x104" in str(screen.says.render())
        await d.pilot.press("escape")
        assert d.app.screen is d.app.main
        assert d.app.controller.state.recipe == Recipe()


async def test_every_field_is_on_a_small_screen(desk):
    async with desk(size=(80, 24)) as d:
        screen = await open_pane(d)
        rows = [screen.query_one(f"#{name}") for name in FIELDS]
        assert all(0 <= row.region.y < 23 and row.region.right <= 80 for row in rows)


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "1e9", "x", "9" * 30, "٣"])
def test_no_text_in_a_field_breaks_it(value):
    for name in FIELDS:
        recipe, wrong = from_fields(Recipe(), {**to_fields(Recipe()), name: value})
        recipe.check()
        assert name in wrong or to_fields(recipe)[name] is not None


def test_fields_are_the_recipe_and_back():
    recipe = Recipe(steps=9, guidance=3.5, width=64, height=96, negative="blurry", batch_size=2, generator_device="cpu")
    assert from_fields(recipe, to_fields(recipe)) == (recipe, {})
    assert from_fields(recipe, {})[0] == Recipe()
    assert effects(recipe, recipe) == {}
    assert set(effects(recipe, Recipe())) == {"steps", "guidance", "size", "negative", "batch_size", "generator_device"}


async def test_edits_that_were_not_applied_are_kept_until_they_are_taken_back(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await open_pane(d)
        await d.pilot.press("1", "2", "escape")
        assert d.app.state.recipe == Recipe()
        assert "1 recipe edit kept, not applied" in str(d.app.state.said)
        screen = await open_pane(d)
        assert screen.query_one("#steps", Input).value == "12" and "not applied yet" in str(screen.says.render())
        await d.pilot.press("ctrl+z")
        await d.pilot.pause()
        assert screen.query_one("#steps", Input).value == "" and "not applied" not in str(screen.says.render())
        await d.pilot.press("7", "escape")
        screen = await open_pane(d)
        await d.pilot.press("ctrl+r")
        assert d.app.state.recipe.steps == 7
        screen = await open_pane(d)
        assert "not applied" not in str(screen.says.render())
