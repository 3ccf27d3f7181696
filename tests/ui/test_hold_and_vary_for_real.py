"""The control of a held and varied pick equals it, with the real worker and the starter."""

from __future__ import annotations

import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.client.connection import Worker
from tests.ui.test_hold_and_vary import cells, vary

pytestmark = pytest.mark.slow


async def until(d, true):
    """As `RunningApp.until`, for what a real worker takes its time for."""
    for _ in range(12_000):
        await d.pilot.pause(0.02)
        if true():
            return
    raise AssertionError(f"never happened: {cells(d)}, {d.app.state.shown_problem}")


async def test_controls_of_held_and_varied_picks_equal_them(desk, tmp_path):
    async with desk(make=lambda n: Worker(tmp_path / "worker.log"), recipe=Recipe(steps=5)) as d:
        done = lambda n: [v.status for v in d.app.state.round_views.values()].count("done") == n  # noqa: E731
        d.app.main.prompt_bar.seeds.value = "0-1"
        await d.pilot.press("enter")
        await until(d, lambda: done(1))
        await d.pilot.press("right")
        await vary(d, "0% 30%", "7")
        await until(d, lambda: done(2))
        await until(d, lambda: cells(d)[0] == ("control", "✓ equals the pick"))
        await d.pilot.press("right", "enter", "f2", "f2", "f2", "ctrl+n", "ctrl+r")
        await until(d, lambda: done(3))
        await until(d, lambda: cells(d)[-1] == ("control", "✓ equals the pick"))
        await d.pilot.press("r")
        await until(d, lambda: done(4))
        await until(d, lambda: cells(d)[-1] == ("control", "✓ equals the pick"))
        await vary(d, "0% 100%", "9")
        await until(d, lambda: done(5))
        await until(d, lambda: cells(d)[0] == ("control", "✓ equals the pick"))
        records = d.app.state.round_view.records
        assert records[0].holds and len(records[0].variations) == 2 and records[0].version == 2
