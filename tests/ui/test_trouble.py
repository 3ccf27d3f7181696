"""What goes wrong: told in words, mended with one key, and typing always works."""

from __future__ import annotations

from seedtui.app.events import RoundAdded
from seedtui.app.state.state import State
from seedtui.app.store import Store, reduce
from seedtui.core.errors import FileError, Problem
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.fake import MODEL, FakeEngine, image
from seedtui.engine.wire import protocol as p
from seedtui.library.images.png import read_png
from seedtui.library.library import Library
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.grid.frame import FrameSide


async def test_a_dead_worker_is_told_and_the_round_runs_again(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=n == 0)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        first = d.engine.rounds[0]
        d.engine.die()
        await d.until(lambda: d.app.state.problem)
        assert "killed" in d.app.state.problem.message
        await d.pilot.press("p", "x", "ctrl+r")
        assert d.app.main.prompt_bar.prompt.text == "x"
        await d.done(1)
        assert len(d.engines) == 2
        assert d.engine.rounds == [first]
        assert d.app.state.problem is None


async def test_a_failed_load_is_told_and_tried_again(desk):
    async with desk(make=lambda n: FakeEngine(load_fails=n == 0)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.app.state.problem)
        assert d.app.state.problem.kind == "model"
        await d.pilot.press("ctrl+r")
        await d.done(1)


async def test_a_failed_round_is_run_again_with_the_worker_that_is_there(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.fail(d.engine.rounds[0])
        await d.until(lambda: d.app.state.shown_problem)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.finish(d.engine.rounds[1])
        await d.done(1)
        assert len(d.engines) == 1


async def test_images_that_did_not_fit_are_marked_and_refined_in_the_same_way(desk):
    async with desk(size=(80, 24), make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0], "halves")
        await d.done(1)
        for cell in d.app.query(Cell):
            bottom = "".join(s.text for s in cell.query(FrameSide)[1].render_line(0))
            assert "low memory" in bottom
        await d.pilot.press("r")
        await d.until(lambda: len(d.engine.rounds) == 2)
        assert d.engine.rounds[1].recipe.fallback == "halves"
        d.engine.finish(d.engine.rounds[1])
        await d.done(2)


def test_the_title_names_the_profile_that_the_last_round_brought():
    round_ = explore("a cat", [0], Recipe(profile="strict", revision=MODEL.revision))
    store = Store(State(model=MODEL))
    for event in (RoundAdded(round_), image(round_, 0)):
        store.dispatch(event)
    assert store.state.model.compute.profile == "strict"
    plain = explore("a cat", [0], Recipe(revision=MODEL.revision))
    for event in (RoundAdded(plain), image(plain, 0)):
        store.dispatch(event)
    assert store.state.model == MODEL


async def test_cancel_stops_the_round_and_the_next_one_runs(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        await d.pilot.press("x")
        await d.until(lambda: d.app.state.round_view.status == "cancelled")
        await d.pilot.press("g")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.finish(d.engine.rounds[1])
        await d.done(1)


async def test_words_that_can_not_be_used_are_told_and_nothing_runs(desk):
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        for seeds, words in (("3-1", "backwards"), ("-1", "out of range"), ("0-9999", "4096"), ("x", "invalid")):
            d.app.main.prompt_bar.seeds.value = seeds
            await d.pilot.press("enter")
            assert words in d.app.state.problem.message
        d.app.main.prompt_bar.seeds.value = "0-3"
        d.app.main.prompt_bar.prompt.text = "  "
        await d.pilot.press("enter")
        assert "empty" in d.app.state.problem.message
        assert d.engine.rounds == []
        d.app.main.prompt_bar.prompt.text = "a [b]cat[/b] [/nonsense] $accent"
        await d.pilot.press("enter")
        await d.done(1)
        assert d.app.state.problem is None


def test_a_loaded_model_takes_back_what_it_mends_and_nothing_else():
    kinds = {"input": True, "notice": True, "file": True, "model": False, "engine": False}
    for kind, stays in kinds.items():
        after = reduce(State(problem=Problem(kind, "why", "what to do")), p.Loaded(MODEL))
        assert (after.problem is not None) == stays, kind


async def test_markup_in_a_suffix_is_shown_as_it_is(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("enter")
        d.app.main.suffix_pane.editor.text = ", [red]x[/"
        await d.pilot.pause()
        await d.pilot.press("ctrl+r")
        await d.done(2)
        await d.pilot.press("enter")
        assert "[red]x[/" in d.app.main.grid.query(Cell).first().label


async def test_a_full_disk_loses_nothing(desk, tmp_path):
    full = [True]

    class Disk(Library):
        def add_image(self, session, record, picture):
            if full[0]:
                raise FileError("the disk is full", "Make room")
            return super().add_image(session, record, picture)

    async with desk(library=lambda: Disk(tmp_path / "library")) as d:
        await d.pilot.press("enter")
        await d.done(1)
        assert "disk is full" in d.app.state.problem.message
        full[0] = False
        await d.pilot.press("ctrl+r")
        files = lambda: list((tmp_path / "library").rglob("*.png"))  # noqa: E731
        await d.until(lambda: len(files()) == 4)
        assert {read_png(f)[1].sha256 for f in files()} == {r.sha256 for r in d.app.state.round_view.records}


async def test_a_library_that_does_not_open_leaves_the_app_usable(desk):
    def refuse() -> Library:
        raise FileError("the library cannot be opened")

    async with desk(library=refuse) as d:
        await d.pilot.press("enter")
        await d.done(1)
        assert "library" in d.app.state.problem.message


async def test_words_of_a_former_engine_are_not_heard(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        first = d.engine
        first.die()
        await d.until(lambda: d.app.state.problem)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: len(d.engines) == 2 and d.engine.rounds)
        first._events.put(p.RoundDone(first.rounds[0].id, 1.0))
        await d.pilot.pause()
        assert d.app.state.round_view.status == "running"
