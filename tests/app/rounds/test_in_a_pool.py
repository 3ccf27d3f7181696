"""With a pool, rounds run beside each other: what a person waits for overtakes what is large."""

from __future__ import annotations

import queue
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from seedtui.app import events as e
from seedtui.app.engine_link import EngineLink
from seedtui.app.events import EngineEvent
from seedtui.app.state.job import RoundJob, VerificationJob
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.stop import Stop
from seedtui.engine.fake import image_of
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import PoolChanged
from tests.support.fake_pool import FakePool, workers
from tests.support.headless import Headless


class PoolApp(Headless):
    """The app with a pool of that many workers."""

    def __init__(self, home: Path, count: int = 2, recipe: Recipe | None = None) -> None:
        super().__init__(home, lambda number: FakePool(*["ready"] * count), recipe=recipe)
        self.until(lambda: self.state.model and self.state.workers)

    @property
    def pool(self) -> FakePool:
        assert isinstance(self.engine, FakePool)
        return self.engine

    def scouts(self, seeds: str = "0-31") -> Round:
        """A scout round, which runs."""
        self.controller.scouting.begin("a cat", seeds, Stop(share=0.3))
        return self.sent()

    def asks(self, seeds: str = "0-3", prompt: str = "a dog") -> Round:
        """An explore round, requested."""
        self.controller.requests.generate(prompt, seeds)
        return self.state.lineage.rounds[-1]

    def sent(self) -> Round:
        """The newest round, once the pool has it."""
        round_ = self.state.lineage.rounds[-1]
        self.until(lambda: self.state.runs(round_.id) and round_.id in self.at_the_pool, f"{round_.title} runs")
        return round_

    def step(self, round_: Round, done: int, of: int = 80) -> None:
        """The pool says how far a round is; steps with previews are always passed on."""
        self.pool.say(p.Step(round_.id, done, of, 4.0, (p.Preview(0, 1, 1, b"rgb"),)))

    @property
    def at_the_pool(self) -> list[str]:
        return [run.round.id for run in self.runs]

    @property
    def loads(self) -> list[p.Load]:
        """What the pool was to load."""
        return [request for request in self.pool.requests if isinstance(request, p.Load)]

    def status(self, round_: Round) -> str:
        return self.state.round_views[round_.id].status


@pytest.fixture
def app(tmp_path: Path) -> PoolApp:
    return PoolApp(tmp_path)


def test_a_small_round_overtakes_a_scout_round_and_ends_before_it(app: PoolApp) -> None:
    scout = app.scouts()
    app.asks()
    small = app.sent()
    assert app.state.job == RoundJob(small.id) and app.state.background == (RoundJob(scout.id),)
    app.step(scout, 40)
    app.step(small, 2, 4)
    app.until(lambda: app.state.activity.done == 2)
    assert app.state.background[0].activity.done == 40
    app.pool.make(small)
    app.done()
    assert app.state.job == RoundJob(scout.id) and not app.state.background
    assert app.state.activity.done == 40  # where it was, not where the other one ended
    app.pool.make(scout)
    app.done(2)
    assert app.state.job is None
    app.close()


def test_the_status_is_that_of_the_shown_round(app: PoolApp) -> None:
    scout = app.scouts()
    app.asks()
    small = app.sent()
    app.step(scout, 40)
    app.until(lambda: app.state.background[0].activity.done == 40)
    assert app.state.shown == scout.id and app.state.shown_activity.done == 40
    app.controller.pictures.show(small)
    assert app.state.shown_activity is app.state.activity
    app.close()


def test_cancelling_stops_the_shown_round_or_the_one_in_the_foreground(app: PoolApp) -> None:
    scout = app.scouts()
    app.asks()
    small = app.sent()
    app.controller.cancel()  # the scout round is shown
    app.until(lambda: app.status(scout) == "cancelled")
    assert app.state.job == RoundJob(small.id)
    app.controller.cancel()
    app.until(lambda: app.status(small) == "cancelled")
    assert app.state.job is None
    app.close()


@pytest.mark.parametrize("dies", [True, False])
def test_what_a_dead_pool_had_waits_again_and_runs(app: PoolApp, dies: bool) -> None:
    scout = app.scouts()
    app.pool.make(scout, 8)
    app.asks()
    small = app.sent()
    app.until(lambda: len(app.state.round_views[scout.id].kept) == 8)
    if dies:
        app.pool.die()
        app.until(lambda: app.state.worker_gone)
    app.controller.restart()
    assert app.state.queue.ids == (small.id, scout.id) and app.state.job is None and not app.state.background
    app.until(lambda: len(app.runs) == 2)
    assert [run.round.id for run in app.runs] == [small.id, scout.id]
    assert [shot.index for shot in app.runs[1].round.shots] == list(range(8, 32))
    app.close()


def test_an_image_is_verified_while_a_scout_round_runs(app: PoolApp) -> None:
    first = app.asks()
    app.sent()
    app.pool.make(first)
    app.done()
    scout = app.scouts()
    app.controller.pictures.show(first)
    app.controller.verify()
    app.until(lambda: isinstance(app.state.job, VerificationJob) and len(app.runs) == 3)
    assert app.runs[2].like == app.view.records[0].environment
    app.step(scout, 40)
    app.pool.make(app.runs[2].round)
    app.until(lambda: not app.state.verifying)
    assert app.state.note((first.id, 0)).text == "✓ exact"
    assert app.state.job == RoundJob(scout.id) and app.state.activity.done == 40
    app.close()


ALONE = Recipe(batch_size=1)
"""Each image is a batch of its own."""


def made_and_verifying(app: PoolApp, seeds: str, on_pool: int) -> Round:
    """A round that is done, all of whose images are being verified, so many of them by the pool."""
    first = app.asks(seeds)
    app.sent()
    app.pool.make(first)
    app.done()
    app.controller.store.dispatch(e.Marked(tuple((first.id, shot.index) for shot in first.shots), True))
    app.controller.verify()
    app.until(lambda: len(app.state.verification.at_worker) == on_pool and len(app.runs) == 1 + on_pool)
    return first


def test_marked_images_are_verified_side_by_side(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, 3, ALONE)
    first = made_and_verifying(app, "0-7", 3)
    assert app.state.activity.words == "verifying 8 images"
    assert [note.text for note in app.state.notes if note] == ["verifying…"] * 3 + ["to be verified"] * 5
    app.step(app.runs[1].round, 2, 4)
    app.until(lambda: app.state.activity.done == 2)
    app.step(app.runs[2].round, 1, 4)  # is not that of the first one
    app.pool.make(app.runs[3].round)
    app.until(lambda: app.state.note((first.id, 2)).text == "✓ exact")
    app.until(lambda: len(app.runs) == 5)  # the fourth one, for the worker that is free
    assert (app.state.activity.done, app.state.activity.words) == (2, "verifying 7 images")
    made = 1
    while app.state.verifying:
        for run in reversed(app.runs[made:]):  # the last one first
            app.pool.make(run.round)
        made = len(app.runs)
        app.until(lambda: len(app.runs) > made or not app.state.verifying)  # noqa: B023
        assert len(app.state.verification.at_worker) <= 3
    assert len(app.runs) == 1 + 8
    assert {app.state.note((first.id, index)).text for index in range(8)} == {"✓ exact"}
    assert app.state.activity.words == "verified: 8 exact" and app.state.job is None
    app.close()


def test_marked_images_of_one_batch_are_made_again_together(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, 2)
    first = made_and_verifying(app, "0-11", 2)
    app.until(lambda: [note.text for note in app.state.notes if note].count("verifying…") == 2)
    app.pool.make(app.runs[2].round)
    app.until(lambda: len(app.runs) == 4)  # the third batch, for the worker that is free
    app.pool.make(app.runs[1].round)
    app.pool.make(app.runs[3].round)
    app.until(lambda: not app.state.verifying)
    assert [[shot.seed for shot in run.round.shots] for run in app.runs[1:]] == [
        [0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11],
    ]  # fmt: skip
    assert {app.state.note((first.id, index)).text for index in range(12)} == {"✓ exact"}
    assert app.state.activity.words == "verified: 12 exact" and app.state.job is None
    app.controller.verify()
    app.until(lambda: len(app.runs) == 6)  # asked for again, made again
    app.close()


def test_cancelling_stops_all_that_is_verified(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, 2, ALONE)
    made_and_verifying(app, "0-7", 2)
    app.pool.make(app.runs[1].round)
    app.until(lambda: len(app.runs) == 4)
    app.controller.cancel()
    app.until(lambda: not app.state.verifying)
    assert app.state.activity.words == "verified: 1 exact, 7 not verified" and app.state.job is None
    assert len(app.runs) == 4
    app.close()


@pytest.mark.parametrize("dies", [True, False])
def test_what_a_dead_pool_was_to_verify_is_verified_by_the_next(tmp_path: Path, dies: bool) -> None:
    app = PoolApp(tmp_path, 2, ALONE)
    first = made_and_verifying(app, "0-3", 2)
    app.pool.say(image_of(app.runs[1].round, app.runs[1].round.shots[0]))  # and no more
    if dies:
        app.pool.die()
        app.until(lambda: app.state.worker_gone)
    app.controller.restart()
    assert app.state.job is None and not app.state.verification.at_worker
    made = 0
    while app.state.verifying:
        app.until(lambda: len(app.runs) > made or not app.state.verifying)  # noqa: B023
        for run in app.runs[made:]:
            app.pool.make(run.round)
            made += 1
    assert {app.state.note((first.id, index)).text for index in range(4)} == {"✓ exact"}
    app.close()


def test_waiting_rounds_are_spread_over_the_workers_and_can_still_change_places(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, 2)
    rounds = [app.asks(f"{n}") for n in range(4)]
    app.until(lambda: len(app.runs) == 2)
    assert app.at_the_pool == [round_.id for round_ in rounds[:2]] and len(app.state.queue) == 2
    assert app.state.job == RoundJob(rounds[0].id)
    app.controller.rounds.move_in_queue(rounds[3].id, -1)
    app.pool.make(rounds[1])
    app.until(lambda: len(app.runs) == 3)
    assert app.at_the_pool[2] == rounds[3].id
    app.close()


def test_a_large_round_waits_for_another_and_lets_small_ones_go_by(app: PoolApp) -> None:
    scout = app.scouts()
    app.controller.scouting.begin("a cat", "100-131", Stop(share=0.3))
    second = app.state.lineage.rounds[-1]
    small = app.asks()
    app.until(lambda: app.state.runs(small.id))
    assert app.state.queue.ids == (second.id,)
    app.pool.make(small)
    app.pool.make(scout, 28)  # one batch is left: the other worker has nothing to do
    app.until(lambda: app.state.runs(second.id))
    app.close()


def test_a_round_that_needs_another_model_waits_for_those_that_run(app: PoolApp) -> None:
    scout = app.scouts()
    app.controller.use(Recipe(dtype="bfloat16"))
    small = app.asks()
    app.until(lambda: app.state.queue.place(small.id) and small.id in app.controller.rounds._journaled)
    app.step(scout, 40)
    app.until(lambda: app.state.activity.done == 40)
    assert app.state.queue.ids == (small.id,) and len(app.loads) == 1
    app.pool.make(scout)
    app.until(lambda: app.state.runs(small.id))
    app.close()


def test_a_grid_is_one_run_for_each_model_that_it_needs(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, recipe=Recipe(dtype="float32"))
    seeds = Axis("seed", ("0-2",))
    app.controller.scouting.grid("a cat", seeds, Axis("steps", ("2", "4", "6")))
    round_ = app.sent()
    assert [len(run.round.shots) for run in app.runs] == [9]
    assert {shot.index for shot in app.runs[0].round.shots} == set(range(9))
    app.pool.make(app.runs[0].round)
    app.done()
    view = app.state.round_views[round_.id]
    assert [record.recipe.steps for record in view.records if record] == [2, 2, 2, 4, 4, 4, 6, 6, 6]
    app.controller.scouting.grid("a dog", seeds, Axis("dtype", ("float32", "bfloat16")))
    round_ = app.sent()
    small = app.asks("50")
    app.pool.make(app.runs[1].round)
    app.until(lambda: len(app.runs) == 3)
    assert app.runs[2].round.id == round_.id and app.status(small) == "waiting"  # another model is to be loaded
    app.pool.make(app.runs[2].round)
    app.until(lambda: app.state.runs(small.id))
    app.close()


def test_a_grid_over_models_is_overtaken_and_loads_the_next_once_nothing_else_is_made(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, recipe=Recipe(dtype="float32"))
    app.controller.scouting.grid("a cat", Axis("seed", ("0-31",)), Axis("dtype", ("float32", "bfloat16")))
    grid = app.sent()
    small, more = app.asks("50"), app.asks("60-63")
    app.until(lambda: app.state.runs(small.id) and app.state.runs(more.id))
    app.pool.make(app.runs[0].round)  # its first part
    app.pool.make(more)
    app.until(lambda: app.status(more) == "done")
    late = app.asks("70")
    app.until(lambda: late.id in app.controller.rounds._journaled)
    assert app.state.runs(grid.id) and len(app.loads) == 1 and app.status(late) == "waiting"
    app.pool.make(small)
    app.until(lambda: len(app.runs) == 4)
    assert app.runs[3].round.id == grid.id and [load.dtype for load in app.loads] == ["float32", "bfloat16"]
    app.pool.make(app.runs[3].round)
    app.until(lambda: app.state.runs(late.id))
    app.pool.make(late)
    app.done(4)
    assert all(app.state.round_views[grid.id].records)
    app.close()


def test_a_grid_that_waits_for_others_is_cancelled(tmp_path: Path) -> None:
    app = PoolApp(tmp_path, recipe=Recipe(dtype="float32"))
    app.controller.scouting.grid("a cat", Axis("seed", ("0-31",)), Axis("dtype", ("float32", "bfloat16")))
    grid = app.sent()
    small = app.asks("50")
    app.until(lambda: app.state.runs(small.id))
    app.pool.make(app.runs[0].round)
    app.until(lambda: sum(record is not None for record in app.state.round_views[grid.id].records) == 32)
    app.controller.rounds.cancel(grid.id)
    app.until(lambda: app.status(grid) == "cancelled")
    app.pool.make(small)
    app.done()
    assert len(app.loads) == 1 and app.state.job is None
    app.close()


def test_a_refinement_goes_to_workers_like_that_of_its_pick(app: PoolApp) -> None:
    first = app.asks()
    app.sent()
    app.pool.make(first)
    app.done()
    app.controller.requests.refine("a dog", (", artsy",))
    app.sent()
    record = app.state.round_views[first.id].records[0]
    assert record and [run.like for run in app.runs] == [None, record.environment]
    app.close()


def test_a_model_that_only_other_machines_have_is_asked_of_them() -> None:
    said: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
    engine = FakePool("ready")
    link = EngineLink(lambda: engine, said.put, elsewhere=True)
    link.start(Recipe(model="somebody/some-model"))
    while not isinstance(said.get(timeout=30).event, p.Loaded):
        pass
    (load,) = engine.requests
    assert isinstance(load, p.Load) and (load.name, load.path) == ("somebody/some-model", "")
    link.close()


@pytest.mark.parametrize("number", range(6))
def test_whatever_happens_in_whatever_order_all_rounds_are_made(tmp_path: Path, number: int) -> None:
    """Rounds are asked for, cancelled, shown and moved, images come, workers come and go, and the pool dies."""
    chance = random.Random(number)
    app = PoolApp(tmp_path, 3, Recipe(dtype="float32"))
    seeds = iter(range(0, 10_000, 100))

    def some() -> Round | None:
        return chance.choice(app.state.lineage.rounds) if app.state.lineage.rounds else None

    def image() -> None:
        runs = app.controller.rounds._runs
        if jobs := [job for job in app.state.round_jobs if job.round_id in runs and not runs[job.round_id].waits]:
            round_id = chance.choice(jobs).round_id
            run = next(run for run in reversed(app.runs) if run.round.id == round_id)
            app.pool.make(run.round, None if chance.random() < 0.5 else chance.randint(1, 5))

    def small() -> None:
        first = next(seeds)
        app.asks(f"{first}-{first + chance.randint(0, 6)}")

    def large() -> None:
        first = next(seeds)
        app.controller.scouting.begin("a cat", f"{first}-{first + 20}", Stop(share=0.3))

    def grid() -> None:
        first = next(seeds)
        several = Axis("dtype", ("float32", "bfloat16"))  # two models, as far as loading goes
        app.controller.scouting.grid("a cat", Axis("seed", (f"{first}-{first + 5}",)), several)

    def show() -> None:
        app.controller.pictures.show(some())

    def cancel() -> None:
        round_ = some()
        app.controller.cancel(round_.id if round_ and chance.random() < 0.5 else "")

    def move() -> None:
        if app.state.queue.ids:
            app.controller.rounds.move_in_queue(chance.choice(app.state.queue.ids), chance.choice([-2, -1, 1]))

    def lose() -> None:
        app.pool.say(PoolChanged(workers(*(chance.choice(["ready", "working", "away"]) for _ in range(3)))))

    def die() -> None:
        app.pool.die()
        app.until(lambda: app.state.worker_gone)
        app.controller.restart()
        app.until(lambda: app.state.model)

    def verify() -> None:
        if app.state.model and app.state.round_view and app.state.kept_targets:
            app.controller.verify()

    acts: list[Callable[[], None]] = [
        small, small, large, grid, image, image, image, show, cancel, move, lose, die, verify,
    ]  # fmt: skip
    for _ in range(70):
        chance.choice(acts)()
        for _ in range(chance.randint(0, 8)):
            if app._events.empty():
                break
            app.controller.handle(app._events.get())
    finish(app)
    app.controller.run_unfinished()
    finish(app)
    assert {view.status for view in app.state.round_views.values()} <= {"done"}
    assert all(len(view.kept) == len(view.records) for view in app.state.round_views.values())
    app.close()


def finish(app: PoolApp) -> None:
    """Until nothing runs or waits."""
    made: set[int] = set()
    app.pool.say(PoolChanged(workers("ready", "ready", "ready")))
    ends = ("done", "cancelled", "failed")
    while app.state.verifying or not all(view.status in ends for view in app.state.round_views.values()):
        before = len(made)
        for number, run in enumerate(app.runs):
            ours = app.state.verification.of_run(run.round.id) in app.state.verification.at_worker
            if number not in made and (app.state.runs(run.round.id) or ours):
                made.add(number)
                app.pool.make(run.round)
        if len(made) == before or not app._events.empty():
            app.controller.handle(app._events.get(timeout=10))
