"""The pick is made again in the app, and what is found is said and stays on it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import Fallback
from seedtui.core.rounds.rounds import Round
from seedtui.engine.fake import MODEL, FakeEngine, image
from seedtui.engine.wire import protocol as p
from seedtui.library.images.png import encode_png, read_png
from seedtui.library.library import Library
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.widgets.bars.verification_bar import VerificationBar
from seedtui.ui.widgets.compare_pane import ComparePane
from seedtui.ui.widgets.grid.cell import Cell


class Loader(FakeEngine):
    """Loads what it is told to, as the real one does, `torch` being its version; `drift` moves what it makes."""

    def __init__(self, *, torch: str = "", drift: bool = False, **options: bool) -> None:
        super().__init__(**options)
        self.torch, self.drift = torch, drift
        self.held: list[p.Load] | None = None

    def send(self, request: p.Request) -> None:
        if not isinstance(request, p.Load):
            super().send(request)
            return
        self.requests.append(request)
        if self.held is not None:
            self.held.append(request)
            return
        self.load(request)

    def load(self, request: p.Load) -> None:
        environment = Environment(torch=self.torch, threads=request.threads or 1)
        model = msgspec.structs.replace(
            MODEL, name=request.name, dtype=request.dtype or "float32", environment=environment
        )
        self._events.put(p.Loaded(model))

    def finish(self, round_: Round, fallback: Fallback | None = None) -> None:
        for shot in round_.shots:
            made = image(round_, shot.index)
            if self.drift:
                made = msgspec.structs.replace(made, pixels=bytes([made.pixels[0] ^ 1, *made.pixels[1:]]))
            self._events.put(made)
        self._events.put(p.RoundDone(round_.id, 0.5))

    @property
    def loads(self) -> list[p.Load]:
        return [request for request in self.requests if isinstance(request, p.Load)]


def below(d) -> list[str]:
    return [cell.said for cell in d.app.query(Cell)]


def bar(d) -> str:
    widget = d.app.query_one(VerificationBar)
    return str(widget.render()) if widget.display else ""


async def verified(d) -> None:
    await d.until(lambda: not d.app.state.verifying and d.app.state.verification.report, "verified")
    await d.pilot.pause()


def change_file(folder: Path, **values: object) -> None:
    """Write other values into the first image's record, or with none of them change one of its pixels by one."""
    file = next(f for f in folder.rglob("*.png") if read_png(f)[1].index == 0)
    picture, record = read_png(file)
    pixels = picture.pixels if values else bytes([picture.pixels[0] ^ 1, *picture.pixels[1:]])
    file.write_bytes(
        encode_png(Picture(picture.width, picture.height, pixels), msgspec.structs.replace(record, **values))
    )


async def test_v_makes_the_pick_again_and_the_tick_stays(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        files = sorted(tmp_path.rglob("*.png"))
        await d.pilot.press("l", "v")
        await verified(d)
        assert below(d) == ["", "✓ exact", "", ""]
        assert "exact" in d.app.state.activity.words
        assert bar(d) == ""
        again = d.engine.rounds[1]
        assert [shot.seed for shot in again.shots] == [0, 1, 2, 3]  # the whole call
        assert len(again.shots) == 4
        await d.pilot.press("n")
        await d.done(2)
        assert below(d) == [""] * 4
        await d.pilot.press("left_square_bracket")
        assert below(d) == ["", "✓ exact", "", ""]
        assert len(d.app.state.lineage.rounds) == 2
        assert len(sorted(tmp_path.rglob("*.png"))) == len(files) + 4
    with Library(tmp_path / "library") as library:
        assert library.sessions()[0].rounds == 2


async def test_a_changed_pixel_is_seen_and_compared(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        change_file(tmp_path)
        await d.pilot.press("v")
        await verified(d)
        assert below(d)[0] == "✕ changed on disk: 1/255 in 1 px"
        assert "changed after it was written" in bar(d) and "c compare" in bar(d)
        await d.pilot.press("c")
        await d.until(lambda: isinstance(d.app.screen, CompareScreen) and d.app.screen.comparison.differences.get("ab"))
        await d.pilot.pause()
        assert d.app.screen.comparison.differences.get("ab").pixels == 1
        assert d.app.screen.query(ComparePane).first().label == "A · seed 0"
        assert d.app.screen.query(ComparePane)[1].label == "B · seed 0 · made again"
        await d.pilot.press("escape", "escape")
        assert bar(d) == ""
        assert below(d)[0].startswith("✕")


async def test_a_changed_prompt_in_the_file_is_seen(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        change_file(tmp_path, prompt="another prompt")
        await d.pilot.press("v")
        await verified(d)
        assert below(d)[0].startswith("✕ differs: ")


async def test_it_goes_behind_the_rounds_that_wait_and_x_stops_it(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("n")
        await d.until(lambda: len(d.engine.rounds) == 2)
        await d.pilot.press("n", "left_square_bracket", "left_square_bracket", "v")
        await d.pilot.pause(0.1)
        assert below(d)[0] == "to be verified"
        d.engine.finish(d.engine.rounds[1])
        await d.until(lambda: len(d.engine.rounds) == 3)
        assert d.engine.rounds[2].id in d.app.state.round_views
        d.engine.finish(d.engine.rounds[2])
        await d.until(lambda: len(d.engine.rounds) == 4)
        assert d.engine.rounds[3].id not in d.app.state.round_views
        assert below(d)[0] == "verifying…"
        await d.done(3)
        await d.until(lambda: d.app.state.activity.total)
        assert d.app.state.activity.words == "verifying seed 0"
        await d.pilot.press("x")
        await d.until(lambda: not d.app.state.verifying)
        assert below(d)[0] == ""
        assert "cancelled" in d.app.state.activity.words
        await d.pilot.press("v", "n")
        await d.until(lambda: len(d.engine.rounds) == 5)
        d.engine.finish(d.engine.rounds[4])
        await d.until(lambda: len(d.engine.rounds) == 6, "the round that was asked for meanwhile")


async def test_a_check_that_waits_is_taken_back(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        d.engine.die()
        await d.until(lambda: d.app.state.problem)
        d.app.controller.verification.begin()
        await d.until(lambda: d.app.state.verifying)
        await d.pilot.press("x")
        assert not d.app.state.verifying


async def test_a_worker_that_dies_verifying_is_told_and_the_next_one_verifies(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("v")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.die()
        await d.until(lambda: d.app.state.problem)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: len(d.engines) == 2 and d.engine.rounds)
        assert d.engine.rounds[0].id not in d.app.state.round_views
        d.engine.finish(d.engine.rounds[0])
        await verified(d)
        d.engine.die()
        await d.until(lambda: d.app.state.problem)
        await d.pilot.press("v")
        await d.until(lambda: len(d.engines) == 3 and d.engine.rounds, "v starts a worker")
        d.engine.finish(d.engine.rounds[0])
        await verified(d)
        assert below(d)[0] == "✓ exact"
        assert d.app.state.problem is None


async def test_what_differs_here_is_told_before_and_after(desk, tmp_path):
    async with desk(make=lambda n: Loader(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(session=session, make=lambda n: Loader(torch="9.9", drift=True, by_hand=True)) as d:
        await d.until(lambda: d.app.state.round_view and all(d.app.state.round_view.records) and d.app.state.model)
        await d.pilot.press("v")
        await d.until(lambda: d.engine.rounds)
        assert "torch: none then, 9.9 here" in bar(d)
        assert "Verifying seed 0" in bar(d)
        d.engine.finish(d.engine.rounds[0])
        await verified(d)
        assert "1 of 256 pixels, by at most 1 of 255" in bar(d)
        assert "torch: none then, 9.9 here" in bar(d)
        assert below(d)[0] == "✕ differs: 1/255 in 1 px"


async def test_an_image_of_another_setup_is_made_in_its_own_and_the_apps_comes_back(desk, tmp_path):
    async with desk(make=lambda n: Loader(by_hand=n < 0)) as d:
        await d.pilot.press("enter")
        await d.done(1)
        file = next(f for f in tmp_path.rglob("*.png") if read_png(f)[1].index == 0)
        record = read_png(file)[1]
        change_file(tmp_path, recipe=record.recipe.with_changes(dtype="bfloat16"))
        await d.pilot.press("v")
        await verified(d)
        await d.until(lambda: d.app.state.model)
        assert [load.dtype for load in d.engine.loads] == [None, "bfloat16", None]
        assert d.app.state.activity.words == "seed 0 is exact: made again, bit for bit"
        assert below(d)[0] == "✓ exact"
        await d.pilot.press("n")
        await d.done(2)


async def test_cancelled_while_another_setup_loads_the_apps_comes_back(desk, tmp_path):
    async with desk(make=lambda n: Loader()) as d:
        await d.pilot.press("enter")
        await d.done(1)
        file = next(f for f in tmp_path.rglob("*.png") if read_png(f)[1].index == 0)
        change_file(tmp_path, recipe=read_png(file)[1].recipe.with_changes(dtype="bfloat16"))
        d.engine.held = []
        await d.pilot.press("v")
        await d.until(lambda: d.engine.held)
        assert "to verify" in d.app.state.activity.words
        await d.pilot.press("x", "n")
        assert not d.app.state.verifying
        await d.until(lambda: len(d.engine.held) == 2)
        for request in d.engine.held:
            d.engine.load(request)
        await d.done(2)
        assert d.app.state.model.dtype == "float32"
        assert len(d.engine.rounds) == 2


async def test_what_can_not_be_verified_is_told_and_the_app_goes_on(desk, tmp_path):
    async with desk(make=lambda n: Loader()) as d:
        await d.pilot.press("enter")
        await d.done(1)
        file = next(f for f in tmp_path.rglob("*.png") if read_png(f)[1].index == 0)
        change_file(tmp_path, recipe=read_png(file)[1].recipe.with_changes(model="nobody/nothing"))
        await d.pilot.press("v")
        await d.until(lambda: d.app.state.problem)
        assert "cannot verify: model nobody/nothing is not on this machine" in d.app.state.problem.message
        file.unlink()
        d.app.controller.tell(None)
        await d.pilot.press("v")
        await d.until(lambda: d.app.state.problem)
        assert "cannot verify: " in d.app.state.problem.message
        assert not d.app.state.verifying
        await d.pilot.press("n")
        await d.done(2)
