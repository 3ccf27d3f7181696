"""The app with a fake engine, block art, and a library in a folder of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.pilot import Pilot

from seedtui.app.launch import Launch
from seedtui.core.config.settings import Config
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.fake import FakeEngine
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId
from seedtui.terminal import Mode, Terminal, make_renderer
from seedtui.ui.app import SeedtuiApp


class RunningApp(NamedTuple):
    """A running app, the keys to press, and the engines it started."""

    app: SeedtuiApp
    pilot: Pilot[None]
    engines: list[FakeEngine]

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait for something that the app does in its own time; fails after many turns."""
        for _ in range(400):
            await self.pilot.pause(0.01)
            if true():
                return
        raise AssertionError(f"never happened: {what or true}")

    async def done(self, rounds: int) -> None:
        """Wait until that many rounds are finished."""
        round_views = lambda: [b.status for b in self.app.state.round_views.values()]  # noqa: E731
        await self.until(lambda: round_views().count("done") == rounds, f"{rounds} done, not {round_views()}")


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Any]:
    @asynccontextmanager
    async def start(
        *, size: tuple[int, int] = (120, 40), prompt: str | None = None, library: Callable[[], Library] | None = None,
        make: Callable[[int], FakeEngine] = lambda n: FakeEngine(), images: int = 4, session: SessionId | None = None,
        config: Config | None = None, mode: Mode = "quad", recipe: Recipe | None = None,
    ) -> AsyncIterator[RunningApp]:  # fmt: skip
        engines: list[FakeEngine] = []

        def start_engine() -> FakeEngine:
            engines.append(make(len(engines)))
            return engines[-1]

        renderer = make_renderer(Terminal(mode=mode, reason="a test"))
        app = SeedtuiApp(
            start_engine, library or (lambda: Library(tmp_path / "library")), renderer,
            Launch(recipe or Recipe(), config or Config(), prompt, images, session), save_to=tmp_path / "saved",
        )  # fmt: skip
        async with app.run_test(size=size) as pilot:
            yield RunningApp(app, pilot, engines)

    return start
