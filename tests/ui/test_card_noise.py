"""A card that draws noise of its own: told once, marked in the header, cured by one key."""

from __future__ import annotations

import msgspec
from textual.widgets import Select

from seedtui.core.config.settings import Config
from seedtui.core.images.environment import Environment
from seedtui.core.noise.latents import LatentShape
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.fake import MODEL, FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.ui.screens.recipe import RecipeScreen
from seedtui.ui.widgets.bars.title_bar import TitleBar

T4 = Environment(gpu="Tesla T4", multiprocessors=40, threads_per_multiprocessor=1024)


class OnCard(FakeEngine):
    """SDXL on a T4, as far as its noise is concerned."""

    def send(self, request: p.Request) -> None:
        if not isinstance(request, p.Load):
            super().send(request)
            return
        self.requests.append(request)
        shape = LatentShape(4)
        model = msgspec.structs.replace(
            MODEL, name=request.name, device="cuda", environment=T4, width=1024, height=1024, latents=shape
        )
        self._events.put(p.Loaded(model))


def header(d) -> str:
    return str(d.app.query_one(TitleBar).render())


def told(d) -> list[str]:
    return [str(n) for n in d.app.state.notices if "Tesla T4" in n.message]


async def test_it_is_told_once_marked_and_cured_by_a_key(desk):
    async with desk(make=lambda n: OnCard()) as d:
        await d.until(lambda: d.app.state.model)
        await d.until(lambda: "this card's noise" in header(d))
        assert len(told(d)) == 1 and "o, then ctrl+g" in told(d)[0]
        await d.pilot.press("escape", "o")
        await d.until(lambda: d.app.screen.query("#steps"))
        screen = d.app.screen
        assert isinstance(screen, RecipeScreen)
        assert "ctrl+g" in str(screen.query_one("#note-generator_device").render())
        assert "different pictures from these seeds" in str(screen.says.render())
        await d.pilot.press("ctrl+g")
        await d.pilot.pause()
        assert screen.query_one("#generator_device", Select).value == "cpu"
        assert "different pictures from these seeds" not in str(screen.says.render())
        await d.pilot.press("ctrl+r")
        await d.until(lambda: d.app.state.recipe.generator_device == "cpu")
        await d.until(lambda: "this card's noise" not in header(d))
        d.app.controller.use(Recipe())
        await d.until(lambda: "this card's noise" in header(d))
        assert told(d) == []  # it was closed, and is not told again


async def test_the_setting_cures_it_for_good(desk):
    recipe = Recipe(generator_device="cpu")
    async with desk(make=lambda n: OnCard(), recipe=recipe, config=Config(recipe=recipe)) as d:
        await d.until(lambda: d.app.state.model)
        await d.pilot.pause()
        assert "this card's noise" not in header(d) and not told(d)


async def test_nothing_is_told_on_a_cpu(desk):
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        await d.pilot.pause()
        assert "this card's noise" not in header(d)
