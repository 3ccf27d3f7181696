"""A round at the worker in parts: what is there is not made again, and the parts look like one round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seedtui.app.state.job import RoundJob
from seedtui.core.images.record import call_again
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.stop import Stop
from seedtui.engine.fake import FakeEngine, image_of
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from tests.support.headless import Headless

SEEDS, STEPS = Axis("seed", ("0-2",)), Axis("steps", ("2", "4", "6"))


@pytest.fixture
def by_hand(tmp_path: Path) -> Callable[..., Headless]:
    return lambda **more: Headless(tmp_path, lambda number: FakeEngine(by_hand=True), **more)


def made(app: Headless, part: int, count: int) -> None:
    """The worker makes the first images of a part."""
    round_ = app.runs[part].round
    for shot in round_.shots[:count]:
        app.engine.say(image_of(round_, shot))


def test_a_grid_is_sent_recipe_by_recipe(tmp_path: Path) -> None:
    app = Headless(tmp_path)
    assert app.controller.scouting.grid("a cat", SEEDS, STEPS)
    app.done()
    assert [(run.round.recipe.steps, len(run.round.shots)) for run in app.runs] == [(2, 3), (4, 3), (6, 3)]
    assert {run.round.id for run in app.runs} == {app.view.round.id}
    assert app.view.kept == tuple(range(9)) and app.view.seconds == 1.5
    app.close()


def test_progress_is_that_of_the_whole_round(by_hand: Callable[..., Headless]) -> None:
    app = by_hand()
    app.controller.scouting.grid("a cat", SEEDS, Axis("guidance", ("2", "3")))
    app.until(lambda: app.runs and app.state.activity.total > 2)
    assert (app.state.activity.done, app.state.activity.total) == (1, 8)
    app.engine.finish(app.runs[0].round)
    app.until(lambda: len(app.runs) == 2 and app.state.activity.done > 4)
    assert (app.state.activity.done, app.state.activity.total) == (5, 8)
    assert app.state.activity.seconds == pytest.approx(0.6)
    app.engine.finish(app.runs[1].round)
    app.done()
    app.close()


def test_a_part_with_another_model_waits_until_it_is_loaded(tmp_path: Path) -> None:
    app = Headless(tmp_path, recipe=Recipe(dtype="float32"))
    app.controller.scouting.grid("a cat", SEEDS, Axis("dtype", ("float32", "bfloat16")))
    app.done()
    kinds = [(type(one).__name__, one.dtype if isinstance(one, p.Load) else "") for one in app.engine.requests]
    assert kinds == [("Load", "float32"), ("Run", ""), ("Load", "bfloat16"), ("Run", "")]
    app.close()


def test_a_cancel_between_two_parts_is_not_lost(by_hand: Callable[..., Headless]) -> None:
    app = by_hand()
    app.controller.scouting.grid("a cat", SEEDS, STEPS)
    app.until(lambda: app.runs)
    app.engine.deaf = True  # the worker has just finished the part when it hears of it
    app.controller.cancel()
    assert app.state.job == RoundJob(app.view.round.id, cancelling=True)
    app.engine.finish(app.runs[0].round)
    app.until(lambda: app.view.status == "cancelled")
    assert len(app.runs) == 1 and app.view.kept == (0, 1, 2)
    app.close()


def test_run_again_it_makes_only_what_is_missing(by_hand: Callable[..., Headless]) -> None:
    app = by_hand()
    app.controller.scouting.begin("a cat", "0-11", Stop(share=0.3))
    app.until(lambda: app.runs)
    made(app, 0, 6)
    app.until(lambda: len(app.view.kept) == 6)
    app.controller.cancel()
    app.until(lambda: app.view.status == "cancelled")
    app.controller.rounds.run_again(app.view.round)
    app.until(lambda: len(app.runs) == 2)
    assert [shot.index for shot in app.runs[1].round.shots] == list(range(4, 12))  # whole calls of four
    app.engine.finish(app.runs[1].round)
    app.done()
    assert len(app.view.kept) == 12
    app.close()


def test_after_the_death_of_the_worker_the_next_one_makes_the_rest(by_hand: Callable[..., Headless]) -> None:
    app = by_hand()
    app.controller.scouting.grid("a cat", SEEDS, STEPS)
    app.until(lambda: app.runs)
    app.engine.finish(app.runs[0].round)
    app.until(lambda: len(app.runs) == 2 and len(app.view.kept) == 3)
    app.engine.die()
    app.until(lambda: app.state.worker_gone)
    app.controller.restart()
    app.until(lambda: app.runs)
    assert [shot.index for shot in app.runs[0].round.shots] == [3, 4, 5]
    for part in range(2):
        app.until(lambda: len(app.runs) > part)  # noqa: B023
        app.engine.finish(app.runs[part].round)
    app.done()
    app.close()


def test_a_cancelled_round_whose_worker_dies_is_cancelled(by_hand: Callable[..., Headless]) -> None:
    app = by_hand()
    app.controller.scouting.begin("a cat", "0-11", Stop(share=0.3))
    app.until(lambda: app.runs)
    app.engine.deaf = True
    app.controller.cancel()
    app.engine.die()
    app.until(lambda: app.view.status == "cancelled")
    assert not app.state.queue.ids
    app.close()


def test_a_round_that_lacks_nothing_is_done_at_once(by_hand: Callable[..., Headless]) -> None:
    app = by_hand()
    app.controller.scouting.begin("a cat", "0-3", Stop(share=0.3))
    app.until(lambda: app.runs)
    made(app, 0, 4)
    app.until(lambda: len(app.view.kept) == 4)
    app.controller.cancel()
    app.until(lambda: app.view.status == "cancelled")
    app.controller.rounds.run_again(app.view.round)
    app.done()
    assert len(app.runs) == 1
    app.close()


def test_what_the_session_has_already_is_copied_into_a_grid(tmp_path: Path) -> None:
    app = Headless(tmp_path)
    assert app.controller.requests.generate("a cat", "0-3")
    app.done()
    first = app.view
    app.controller.scouting.grid("a cat", Axis("seed", ("0-3",)), Axis("suffix", (", red", "", ", blue")))
    app.done(2)
    app.controller.pictures.show(app.state.lineage.rounds[-1])
    assert [shot.suffix for shot in app.runs[1].round.shots] == [", red"] * 4 + [", blue"] * 4
    assert app.view.kept == tuple(range(12)) and app.view.asked == 8
    session, view = app.controller.sessions.session, app.view
    app.close()
    with Library(tmp_path / "library") as library:
        for index in range(4):
            one, other = library.read_file(first.round.id, index), library.read_file(view.round.id, index + 4)
            assert one[0] == other[0]
            again = call_again(other[1])
            assert (other[1].kind, other[1].index, again.kind) == ("grid", index + 4, "explore")
            assert again == call_again(one[1])  # so it is verified by the same call
        assert len(library.load_session(session).images) == 16


def test_a_copy_that_cannot_be_read_is_made(tmp_path: Path) -> None:
    app = Headless(tmp_path)
    app.controller.requests.generate("a cat", "0-3")
    app.done()
    for path in tmp_path.glob("library/pictures/*/*.png"):
        path.unlink()
    app.controller.scouting.grid("a cat", Axis("seed", ("0-3",)), Axis("suffix", ("", ", red")))
    app.done(2)
    assert len(app.runs[1].round.shots) == 8
    app.close()


def test_a_model_that_cannot_be_loaded_fails_the_round_and_keeps_what_is_made(tmp_path: Path) -> None:
    app = Headless(tmp_path, recipe=Recipe(dtype="float32"))
    app.until(lambda: app.state.model)
    app.engine.refuses = True
    app.controller.scouting.grid("a cat", SEEDS, Axis("dtype", ("float32", "bfloat16")))
    app.until(lambda: app.view.status == "failed" and len(app.view.kept) == 3)
    assert app.view.kept == (0, 1, 2) and app.view.problem
    app.close()
