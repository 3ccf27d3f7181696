"""Grids over two axes, with the keys of the app."""

from __future__ import annotations

from seedtui.core.prompts.prompt import EXAMPLE
from seedtui.core.rounds.grid import recipe_of
from seedtui.ui.screens.grid import GridScreen


async def ask(d, **fields: str) -> GridScreen:
    """Open the dialog and fill these fields in."""
    await d.pilot.press("escape", "G")
    await d.until(lambda: isinstance(d.app.screen, GridScreen) and d.app.screen.is_mounted)
    screen = d.app.screen
    for name, value in fields.items():
        screen.query_one(f"#{name}").value = value
    await d.pilot.pause()
    return screen


def told(screen: GridScreen) -> str:
    return str(screen.comes_to.render())


async def test_a_grid_is_made_one_recipe_after_the_other_and_a_setting_of_it_taken(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        screen = await ask(d, across="guidance=3,5", down="seed=7-8")
        assert told(screen) == "2 × 2 = 4 images: guidance across, seed down"
        await d.pilot.press("enter")
        await d.done(2)
        round_ = d.app.state.round_view.round
        assert (round_.kind, round_.prompt, [shot.seed for shot in round_.shots]) == ("grid", EXAMPLE, [7, 7, 8, 8])
        assert [(part.recipe.guidance, len(part.shots)) for part in d.engine.rounds[1:]] == [(3, 2), (5, 2)]
        assert all(d.app.state.round_view.records)
        d.app.controller.pictures.pick(1)
        await d.pilot.press("equals_sign")
        assert d.app.state.recipe == recipe_of(round_, 1) and d.app.state.recipe.guidance == 5
        assert d.app.state.said.words == "next rounds: guidance 5"


async def test_the_suffix_of_a_column_is_taken_into_the_prompt(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await ask(d, across="suffix=|, artsy", down="seed=0-1")
        await d.pilot.press("enter")
        await d.done(2)
        d.app.controller.pictures.pick(3)
        await d.pilot.press("equals_sign")
        assert d.app.main.prompt_bar.words == f"{EXAMPLE}, artsy"


async def test_wrong_fields_are_told_and_make_nothing(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        for across, down, words in (
            ("guidance=hot", "seed=0-3", "not a number"), ("speed=1", "seed=0-3", "invalid axis"),
            ("seed=0-3", "seed=0-3", "both axes are seed"), ("lora=0,1", "seed=0-3", "no LoRA"),
            ("model=starter,nope", "seed=0-3", "there is no model “nope”"),
            ("hold=0%,20%", "seed=0-3", "a hold needs a suffix"), ("seed=0-999", "suffix=a|b|c|d|e", "more than 4,096"),
        ):  # fmt: skip
            screen = await ask(d, across=across, down=down)
            assert words in told(screen)
            await d.pilot.press("enter")
            await d.pilot.pause()
            assert d.app.screen is screen
            await d.pilot.press("escape")
        assert len(d.engine.rounds) == 1


async def test_a_key_offers_one_setting_after_the_other_and_never_that_of_the_other_axis(desk):
    async with desk() as d:
        screen = await ask(d)
        assert screen.fields["across"].startswith("suffix=|,") and screen.fields["down"] == "seed=0-3"
        seen = []
        for _ in range(20):
            await d.pilot.press("f3")
            seen.append(screen.fields["across"].partition("=")[0])
        assert {"guidance", "steps", "scheduler", "size", "spread", "variation", "suffix"} <= set(seen)
        assert "seed" not in seen and "lora" not in seen
        await d.pilot.press("escape")
        await ask(d)
        assert d.app.screen.fields["across"] == screen.fields["across"], "what was entered is kept"


async def test_a_grid_has_heads_its_rows_sort_by_drift_and_a_filter_leaves_its_columns(desk):
    async with desk() as d:
        await ask(d, across="guidance=3,5,7", down="seed=0-5")
        await d.pilot.press("enter")
        await d.done(1)
        sheet = d.app.main.sheet_pane.sheet
        arranged = sheet.arrangement
        assert arranged.column_heads == ("guidance 3", "guidance 5", "guidance 7")
        assert arranged.row_heads == tuple(f"seed {seed}" for seed in range(6)) and arranged.across == 3
        await d.pilot.press("down", "right")
        assert d.app.state.round_view.pick == 4
        await d.pilot.press("L")
        await d.until(lambda: sheet.arrangement.row_heads != arranged.row_heads)
        assert sorted(sheet.arrangement.row_heads) == sorted(arranged.row_heads)
        first = int(sheet.arrangement.row_heads[0].split()[1])
        assert sheet.arrangement.order[:3] == tuple(range(first * 3, first * 3 + 3))
        assert d.app.state.round_view.pick == 4
        await d.pilot.press("L", "space", "K")
        await d.until(lambda: sheet.arrangement.row_heads == ("seed 1",))
        assert sheet.arrangement.order == (-1, 4, -1)
        assert sheet.arrangement.column_heads == arranged.column_heads
        await d.pilot.press("right", "left", "down")
        assert d.app.state.round_view.pick == 4
        await d.pilot.press("space")  # none is kept any more
        await d.pilot.press("K", "K", "K", "K")
        await d.until(lambda: not sheet.arrangement.order)
        lines = [sheet.render_line(y).text for y in range(sheet.size.height)]
        assert "no picture · kept only" in "".join(lines) and not any("━" in line or "┃" in line for line in lines)
