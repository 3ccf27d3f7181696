"""Seeds that look alike: the app says so once, and the recipe form has the cure."""

from __future__ import annotations

import msgspec
from textual.widgets import Input

from seedtui.core.recipes.differing import differing
from seedtui.core.recipes.recipe import Fallback, Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.engine.fake import FakeEngine, image
from seedtui.engine.wire import protocol as p
from seedtui.ui.screens.recipe import RecipeScreen


class Distilled(FakeEngine):
    """Draws nearly the same picture for every seed, unless there is a spread."""

    def finish(self, round_: Round, fallback: Fallback | None = None) -> None:
        for shot in round_.shots:
            made = image(round_, shot.index)
            if not round_.recipe.spread:
                made = msgspec.structs.replace(made, pixels=bytes([100 + shot.index] * len(made.pixels)))
            self._events.put(made)
        self._events.put(p.RoundDone(round_.id, 0.5))


async def explored(d, rounds: int = 1) -> None:
    await d.pilot.press("enter" if rounds == 1 else "n")
    await d.done(rounds)


async def measured(d) -> None:
    """Wait until the thread that compares has nothing left to do."""
    done = []
    d.app.controller._comparer._thread.submit(lambda: done.append(True))
    await d.until(lambda: done)
    await d.pilot.pause()


async def test_it_is_told_once_with_the_cure_which_works(desk):
    async with desk(make=lambda n: Distilled()) as d:
        await explored(d)
        await d.until(lambda: d.app.state.notices)
        notice = d.app.state.notices[0]
        assert "seeds 0-3 look nearly alike" in notice.message and "spread" in notice.hint and "(o)" in notice.hint
        await d.pilot.press("escape")
        await explored(d, 2)
        await measured(d)
        assert not d.app.state.notices, "once for each model and spread"
        await d.pilot.press("o")
        await d.until(lambda: isinstance(d.app.screen, RecipeScreen))
        d.app.screen.query_one("#spread", Input).value = "40%"
        await d.pilot.pause()
        await d.pilot.press("ctrl+r")
        await explored(d, 3)
        assert d.engine.rounds[2].recipe.spread == 0.4
        await measured(d)
        assert not d.app.state.notices


async def test_other_rounds_and_unlike_pictures_say_nothing(desk):
    async with desk() as d:
        await explored(d)
        await measured(d)
        assert not d.app.state.notices
    async with desk(make=lambda n: Distilled(), images=1) as d:
        await explored(d)
        await d.pilot.press("r")
        await d.done(2)
        await measured(d)
        assert not d.app.state.notices, "one picture cannot be like another, and refined ones are meant to be"


def test_a_row_tells_the_spread():
    assert differing(Recipe(spread=0.4), Recipe()) == ("spread 40%",)
    assert differing(Recipe(), Recipe(spread=0.4)) == ("no spread",)
