"""Who makes what in a pool, and what becomes of batches whose workers fail."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from seedtui import __version__
from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.pool.plan import Host
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.grid import grid
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.pool.lane import MOST_LOSSES, Lane, LaneSpec
from seedtui.engine.pool.pool_round import MOST_TRIES, PoolRound
from seedtui.engine.pool.workers import HUNG
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import ChangeWorker, Hello
from tests.support.pool_floor import LOAD, Floor, Sent, loaded_floor


def seeds(count: int, recipe: Recipe | None = None) -> Round:
    return explore("a cat", range(count), recipe or Recipe())


def told(floor: Floor) -> list[str]:
    return [event.words for event in floor.told if isinstance(event, p.Told)]


def batches(floor: Floor) -> list[tuple[int, ...]]:
    return [tuple(shot.index for shot in lane.batch.round.shots) for lane in floor.working if lane.batch]


def test_each_batch_is_a_whole_call_of_the_round() -> None:
    round_ = seeds(23)
    pool_round = PoolRound(p.Run(round_), lambda: 0.0)
    made = []
    while batch := pool_round.take(1, others=False):
        made += calls(batch.round)
        assert len(calls(batch.round)) == 1
    assert tuple(made) == calls(round_)


def test_a_grid_is_cut_by_its_recipes_first() -> None:
    round_ = grid("a cat", Axis("seed", ("0-4",)), Axis("guidance", ("3", "5")), Recipe())
    pool_round = PoolRound(p.Run(round_), lambda: 0.0)
    found = []
    while batch := pool_round.take(1, others=False):
        found.append((batch.round.recipe.guidance, tuple(shot.seed for shot in batch.round.shots)))
    assert found == [(3.0, (0, 1, 2, 3)), (3.0, (4,)), (5.0, (0, 1, 2, 3)), (5.0, (4,))]


def test_batches_are_spread_and_the_round_ends_once() -> None:
    floor, round_ = loaded_floor(2), seeds(12)
    floor.run(p.Run(round_))
    assert batches(floor) == [(0, 1, 2, 3), (4, 5, 6, 7)]
    while floor.working:
        floor.make(floor.working[-1])
    assert sorted(floor.images(round_.id)) == list(range(12))
    (end,) = floor.ends(round_.id)
    assert isinstance(end, p.RoundDone)
    assert {e.record.worker for e in floor.told if isinstance(e, p.ImageReady)} == {"cpu 1", "cpu 2"}


def test_steps_are_those_of_the_whole_round() -> None:
    floor, round_ = loaded_floor(2), seeds(12, Recipe(steps=4))
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.say(first, p.Step(round_.id, 1, 4, 0.1))
    floor.say(second, p.Step(round_.id, 3, 4, 0.3))
    steps = [(e.step, e.steps) for e in floor.told if isinstance(e, p.Step) and e.round_id == round_.id]
    assert steps == [(1, 12), (4, 12)]


def test_a_small_round_overtakes_a_large_one_at_the_border_of_a_batch() -> None:
    floor, large, small = loaded_floor(1), seeds(32), seeds(4)
    floor.run(p.Run(large))
    floor.run(p.Run(small))
    floor.make(floor.working[0])
    assert floor.working[0].batch and floor.working[0].batch.round.id == small.id
    floor.make(floor.working[0])
    assert floor.ends(small.id) and not floor.ends(large.id)


def test_a_lost_batch_is_made_by_another_worker_and_nothing_comes_twice() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    lost = floor.working[0]
    floor.send_image(lost, 0)
    floor.send_image(lost, 1)
    floor.die(lost)
    while floor.working:
        floor.make(floor.working[0])
    assert sorted(floor.images(round_.id)) == list(range(8))
    assert isinstance(floor.ends(round_.id)[0], p.RoundDone)


def test_a_batch_that_no_worker_survives_is_told_after_three_tries() -> None:
    floor, round_ = loaded_floor(4), seeds(4)
    floor.run(p.Run(round_))
    for _ in range(MOST_TRIES):
        floor.die(floor.working[0])
    (end,) = floor.ends(round_.id)
    assert isinstance(end, p.RoundFailed)
    assert end.problem.message.startswith("seeds 0-3 failed on three workers: the worker was killed")


def test_a_worker_does_not_get_a_batch_again_that_it_lost_while_others_can_make_it() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.say(first, p.RoundFailed(round_.id, Problem("engine", "out of memory")))
    assert floor.working == [second], "it would only fail again"
    floor.make(second)
    assert batches(floor) == [(0, 1, 2, 3)]
    floor.make(second)
    assert isinstance(floor.ends(round_.id)[0], p.RoundDone)


def test_out_of_memory_on_the_only_worker_fails_the_round() -> None:
    floor, round_ = loaded_floor(1), seeds(8)
    floor.run(p.Run(round_))
    floor.say(floor.working[0], p.RoundFailed(round_.id, Problem("engine", "out of memory", "Use a smaller size")))
    (end,) = floor.ends(round_.id)
    assert isinstance(end, p.RoundFailed) and end.problem.hint == "Use a smaller size"


def test_wrong_input_fails_the_round_at_once_and_stops_the_others() -> None:
    floor, round_ = loaded_floor(2), seeds(16)
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.say(first, p.RoundFailed(round_.id, Problem("input", "this model has no such setting")))
    assert len(floor.ends(round_.id)) == 1
    assert floor.requests(second)[-1] == p.Cancel(round_.id)
    floor.say(second, p.RoundFailed(round_.id, Problem("input", "this model has no such setting")))
    assert len(floor.ends(round_.id)) == 1


def test_cancel_reaches_every_worker_and_nothing_more_is_begun() -> None:
    floor, round_ = loaded_floor(3), seeds(32)
    floor.run(p.Run(round_))
    working = floor.working
    floor.rounds.cancel(round_.id)
    assert all(floor.requests(lane)[-1] == p.Cancel(round_.id) for lane in working)
    assert not floor.ends(round_.id)
    for lane in working:
        floor.say(lane, p.RoundCancelled(round_.id, 1))
    assert [type(end) for end in floor.ends(round_.id)] == [p.RoundCancelled]
    assert not floor.working


def test_a_silent_worker_does_not_delay_a_cancel() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.say(first, p.Silent(Problem("engine", "no answer")))
    floor.rounds.cancel(round_.id)
    floor.say(second, p.RoundCancelled(round_.id, 1))
    assert [type(end) for end in floor.ends(round_.id)] == [p.RoundCancelled]
    floor.say(first, p.Answering())
    assert floor.requests(first)[-1] == p.Cancel(round_.id)
    floor.say(first, p.RoundCancelled(round_.id, 2))
    assert first.state == "ready" and len(floor.ends(round_.id)) == 1


def test_only_the_batch_of_an_image() -> None:
    floor, round_ = loaded_floor(2), seeds(16)
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.rounds.finish(round_.id, 5)
    assert floor.requests(first)[-1] == p.Cancel(round_.id)
    floor.say(first, p.RoundCancelled(round_.id, 1))
    assert not floor.ends(round_.id)
    floor.make(second)
    assert floor.images(round_.id) == [4, 5, 6, 7]
    assert isinstance(floor.ends(round_.id)[0], p.RoundCancelled)


def test_a_silent_worker_that_answers_again_before_another_began_keeps_its_batch() -> None:
    floor, round_ = loaded_floor(1), seeds(4)
    floor.run(p.Run(round_))
    (lane,) = floor.working
    floor.say(lane, p.Silent(Problem("engine", "no answer")))
    assert any(isinstance(event, p.Silent) for event in floor.told), "nobody else works"
    floor.say(lane, p.Answering())
    floor.make(lane)
    assert floor.images(round_.id) == [0, 1, 2, 3]


def test_a_silent_worker_that_is_restarted_gives_its_batch_to_others() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    first, _ = floor.working
    floor.say(first, p.Silent(Problem("engine", "no answer")))
    floor.workers.change(ChangeWorker(first.id, "restart"))
    floor.boot()
    while floor.working:
        floor.make(floor.working[0])
    assert sorted(floor.images(round_.id)) == list(range(8))
    assert isinstance(floor.ends(round_.id)[0], p.RoundDone)


def test_duplicates_that_agree_are_dropped_and_those_that_do_not_are_told() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.send_image(first, 0)
    floor.say(first, p.Silent(Problem("engine", "no answer")))
    floor.make(second)
    assert second.batch and second.batch.number == 0
    floor.send_image(second, 0)
    assert told(floor) == ["cpu 1 does not answer; another worker makes its batch"]
    other = floor.image(second, 1)
    pixels = bytes(len(other.pixels))
    floor.send_image(first, 1)
    wrong = msgspec.structs.replace(
        other, pixels=pixels, record=msgspec.structs.replace(other.record, sha256=_hash(pixels))
    )
    floor.say(second, wrong)
    assert told(floor)[1:] == ["cpu 1 and cpu 2 made different images of seed 1; verify them"]
    floor.make(second)
    assert second.state == "checking", "before the next batch it proves itself again"
    floor.make(second)
    assert second.state == "ready" and not second.suspect


def test_a_worker_that_answers_wrongly_is_replaced() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    first, second = floor.working
    floor.say(first, msgspec.structs.replace(floor.image(first, 0), pixels=b"\0" * 768))
    assert first.state == "away" and not floor.images(round_.id)
    floor.make(second)
    floor.make(second)
    assert sorted(floor.images(round_.id)) == list(range(8))


def test_a_round_keeps_to_one_class() -> None:
    floor = Floor(3)
    floor.environments[2] = Environment(torch="other")
    floor.workers.load(LOAD)
    floor.boot()
    round_ = seeds(32)
    floor.run(p.Run(round_))
    assert [lane.id for lane in floor.working] == [1, 3]
    assert floor.lanes[2].why == "torch: none on cpu 1, other on cpu 2"


def test_one_of_a_smaller_class_is_shown_as_unlike_until_it_works_or_rounds_may_be_mixed() -> None:
    floor = Floor(3)
    floor.environments[1] = Environment(torch="other")
    floor.workers.load(LOAD)
    floor.boot()
    states = lambda **how: [view.state for view in floor.workers.views(**how)]  # noqa: E731
    assert states() == ["unlike", "ready", "ready"] and states(mixed=True) == ["ready"] * 3
    floor.run(p.Run(seeds(4), like=Environment(torch="other")))
    assert states() == ["working", "ready", "ready"]
    floor.workers.change(ChangeWorker(2, "drain"))  # the largest class is that of the first one now
    floor.make(floor.lanes[1])
    assert states() == ["ready", "drained", "unlike"]


def test_unlike_workers_are_told_in_words_and_share_a_round_only_if_asked() -> None:
    floor = Floor(2, mixed=True)
    floor.environments = {1: Environment(torch="2.13"), 2: Environment(torch="2.11")}
    floor.workers.load(LOAD)
    floor.boot()
    words = [event.words for event in floor.told if isinstance(event, p.Told)]
    assert words == ["cpu 2 differs from cpu 1: torch: 2.13 on cpu 1, 2.11 on cpu 2"]
    round_ = seeds(8)
    floor.run(p.Run(round_))
    for lane in floor.working:
        floor.make(lane)
    notes = {e.record.worker: e.record.notes for e in floor.told if isinstance(e, p.ImageReady)}
    assert notes == {"cpu 1": (), "cpu 2": ("made on cpu 2, unlike others of its round: low bits may differ",)}


def test_an_image_is_made_again_where_it_was_made() -> None:
    floor = Floor(3)
    floor.environments = {n: Environment(torch="2.13" if n < 3 else "2.11") for n in (1, 2, 3)}
    floor.workers.load(LOAD)
    floor.boot()
    floor.run(p.Run(seeds(4), like=Environment(torch="2.11")))
    assert [lane.id for lane in floor.working] == [3]


def test_a_round_waits_for_the_class_that_began_it_and_fails_when_it_is_gone() -> None:
    floor = Floor(2)
    floor.environments = {1: Environment(torch="2.13"), 2: Environment(torch="2.11")}
    floor.workers.load(LOAD)
    floor.boot()
    round_ = seeds(8)
    floor.run(p.Run(round_))
    (lane,) = floor.working
    for _ in range(MOST_LOSSES + 1):
        assert not floor.ends(round_.id)
        floor.die(lane)
        floor.wait(60)
        if lane.state == "starting":
            floor.workers.started(lane, floor_process())
    (end,) = floor.ends(round_.id)
    assert isinstance(end, p.RoundFailed)


def test_a_worker_comes_back_by_itself_and_the_pool_dies_with_the_last() -> None:
    floor = loaded_floor(2)
    first, second = floor.lanes.values()
    floor.die(first)
    assert first.state == "away"
    floor.wait(1)
    floor.boot()
    assert first.state == "ready"
    for lane in (first, second):
        for _ in range(MOST_LOSSES + 1):
            floor.die(lane)
            floor.wait(60)
    assert isinstance(floor.told[-1], p.WorkerDied) and floor.workers.is_dead


def test_that_a_worker_is_gone_and_that_it_is_back_is_told_in_passing() -> None:
    floor = loaded_floor(2)
    floor.die(floor.lanes[2])
    floor.wait(1.0)
    floor.boot()
    told = [event for event in floor.told if isinstance(event, p.Told)]
    assert told == [p.Told("cpu 2: the worker was killed", True, True, "cpu 2"), p.Told("cpu 2 is back", True)]


def test_a_silent_worker_says_for_how_long_it_has_been() -> None:
    floor = loaded_floor(2)
    floor.wait(100.0)
    assert [view.quiet for view in floor.workers.views()] == [0, 0]  # nothing to do is no silence
    floor.say(floor.lanes[2], p.Silent(Problem("engine", "the worker has not answered for 11 s"), 11.0))
    floor.wait(4.0)
    assert [(view.state, view.quiet) for view in floor.workers.views()] == [("ready", 0), ("silent", 15)]


def test_a_worker_that_hangs_is_started_again() -> None:
    floor, round_ = loaded_floor(2), seeds(8)
    floor.run(p.Run(round_))
    hung = floor.working[0]
    begun = len(floor.begun)
    floor.say(hung, p.Silent(Problem("engine", "the worker has not answered for 5 s"), 5.0))
    floor.wait(HUNG - 1)
    assert hung.state == "silent" and not floor.ended
    floor.wait(2)
    assert hung.state == "away" and floor.ended
    floor.wait(5)
    assert len(floor.begun) == begun + 1
    floor.boot()
    while floor.working:
        floor.make(floor.working[0])
    assert sorted(floor.images(round_.id)) == list(range(8)) and hung.state == "ready"


def test_a_model_that_is_not_on_this_machine_is_loaded_on_others() -> None:
    floor = Floor([LaneSpec("cpu 1", number=1), LaneSpec("box2", "host", Host("box2"), number=1)])
    floor.workers.load(msgspec.structs.replace(LOAD, path=""))
    floor.start(floor.lanes[1])
    assert floor.requests(floor.lanes[1]) == [] and floor.lanes[1].state == "failed"
    assert floor.told == [p.Told("cpu 1: model starter is not on this machine", of_workers=True, worker="cpu 1")]
    assert floor.lanes[2].may_return


def test_steps_of_a_scout_round_end_where_it_stops() -> None:
    floor, round_ = loaded_floor(1), scout("a cat", range(8), Stop(share=0.3), Recipe(steps=10))
    floor.run(p.Run(round_))
    floor.say(floor.lanes[1], p.Step(round_.id, 1, 3, 0.1))
    (step,) = [event for event in floor.told if isinstance(event, p.Step)]
    assert (step.step, step.steps) == (1, 6)


def test_a_host_that_never_answers_is_given_up() -> None:
    floor = Floor([LaneSpec("box", "host", Host("box")), LaneSpec("cpu 1")])
    (box, here) = floor.workers
    for lane in (box, here):
        floor.workers.started(lane, floor_process())
    floor.wait(40)
    assert box.state == "starting"
    floor.wait(10)
    assert (box.state, box.why, here.state) == ("away", "no answer within 45 s", "starting")


def test_drained_parked_and_removed_workers_get_nothing() -> None:
    floor, round_ = loaded_floor(4), seeds(64)
    floor.workers.change(ChangeWorker(1, "drain"))
    floor.workers.change(ChangeWorker(2, "park"))
    assert floor.requests(floor.lanes[2])[-1] == p.Park()
    floor.run(p.Run(round_))
    assert [lane.id for lane in floor.working] == [3, 4]
    floor.workers.change(ChangeWorker(4, "remove"))
    floor.workers.change(ChangeWorker(1, "drain"))
    floor.rounds.assign()
    assert [lane.id for lane in floor.working] == [1, 3]
    assert sorted(batches(floor)) == [(0, 1, 2, 3), (4, 5, 6, 7)], "what the removed one had is made again"
    states = {view.id: view.state for view in floor.workers.views()}
    assert states == {1: "working", 2: "parked", 3: "working"}


def test_a_pool_without_workers_waits_for_one() -> None:
    floor, round_ = loaded_floor(1), seeds(8)
    floor.run(p.Run(round_))
    floor.workers.change(ChangeWorker(1, "remove"))
    assert told(floor) == ["all workers were removed: add one"] and not floor.workers.is_dead
    floor.workers.add_at("")
    floor.boot()
    while floor.working:
        floor.make(floor.working[0])
    assert sorted(floor.images(round_.id)) == list(range(8))


@pytest.mark.parametrize("then", ["restart", "add"])
def test_a_pool_that_lives_on_waits_for_one_when_the_last_has_failed(then: str) -> None:
    floor, round_ = Floor(1, lives_on=True), seeds(8)
    floor.workers.load(LOAD)
    floor.boot()
    floor.run(p.Run(round_))
    for _ in range(MOST_LOSSES + 1):
        floor.die(floor.lanes[1])
        floor.wait(60)
    assert floor.lanes[1].state == "failed" and not floor.workers.is_dead
    told = [event for event in floor.told if isinstance(event, p.Silent | p.Answering | p.WorkerDied)]
    assert [type(event) for event in told] == [p.Silent] and told[0].problem.about == "cpu 1"
    if then == "restart":
        floor.workers.change(ChangeWorker(1, "restart"))
    else:
        floor.workers.add_at("")
    floor.boot()
    assert isinstance(floor.told[-1], p.Loaded | p.Answering) and p.Answering() in floor.told
    assert not floor.ends(round_.id)
    while floor.working:
        floor.make(floor.working[0])
    assert sorted(floor.images(round_.id)) == list(range(8))


def test_the_time_that_a_round_waits_is_not_that_of_its_steps() -> None:
    floor, round_ = Floor(1), seeds(8, Recipe(steps=4))
    floor.run(p.Run(round_))
    floor.wait(50)
    floor.workers.load(LOAD)
    floor.boot()
    floor.wait(2)
    (lane,) = floor.working
    floor.say(lane, p.Step(round_.id, 1, 4, 2.0))
    floor.die(lane)
    floor.wait(30)
    floor.boot()
    floor.wait(3)
    floor.say(lane, p.Step(round_.id, 1, 4, 3.0))
    assert [e.seconds for e in floor.told if isinstance(e, p.Step)] == [2, 5]
    while floor.working:
        floor.make(floor.working[0])
    (done,) = floor.ends(round_.id)
    assert isinstance(done, p.RoundDone) and done.seconds == 5


def test_that_a_round_waits_for_workers_is_told() -> None:
    floor = Floor([LaneSpec("cpu 1"), LaneSpec("box", "host", Host("box"))])
    floor.workers.load(LOAD)
    here, _ = floor.workers
    floor.start(here)
    floor.run(p.Run(seeds(8)))
    assert not floor.working and not told(floor)
    floor.wait(4)
    assert told(floor) == ["box is still loading: waiting up to 20 s"]
    floor.wait(17)
    assert floor.working == [here]


def test_a_host_without_the_gpus_that_are_wanted_is_not_used() -> None:
    floor = Floor([LaneSpec("cpu 1"), LaneSpec("box", "host", Host("box", devices=(0, 2)))])
    _, box = floor.workers
    floor.workers.started(box, floor_process())
    floor.say(box, Hello(__version__, p.own_wire(), "box"))
    assert (box.state, box.why) == ("failed", "it has no GPU 0, 2: remove devices from its settings, or correct it")


def test_parking_all_is_answered_once() -> None:
    floor = loaded_floor(2)
    floor.rounds.park()
    first, second = floor.lanes.values()
    floor.say(first, p.Parked(3))
    assert not any(isinstance(event, p.Parked) for event in floor.told)
    floor.say(second, p.Parked(4))
    assert floor.told[-1] == p.Parked(7)


def test_a_preview_whose_worker_dies_is_answered() -> None:
    floor, round_ = loaded_floor(1), seeds(1)
    floor.rounds.decode(p.Decode(round_, "/saved"))
    floor.die(next(iter(floor.workers)))
    assert floor.told[-2] == p.Decoded(round_.id, 0, 0, 0, b"", "the worker was killed")


def test_another_model_while_a_batch_runs() -> None:
    floor, round_ = loaded_floor(2), seeds(4)
    floor.run(p.Run(round_))
    (lane,) = floor.working
    floor.workers.load(p.Load("other", "/other"))
    floor.make(lane)
    assert isinstance(floor.ends(round_.id)[0], p.RoundDone)
    assert lane.state == "loading"
    floor.load(lane)
    assert lane.state == "ready"


def probing(floor: Floor) -> Lane:
    """The only worker, which has loaded the model, and makes the batch by which workers are compared."""
    (lane,) = floor.workers
    floor.workers.load(LOAD)
    floor.workers.started(lane, Sent([]))
    floor.say_loaded(lane, lane.asked)
    assert lane.probing
    return lane


def probes(floor: Floor, lane: Lane) -> int:
    return len([request for request in floor.requests(lane) if isinstance(request, p.Run)])


def test_another_model_while_a_worker_proves_itself() -> None:
    lane = probing(floor := Floor(1))
    floor.workers.load(p.Load("other", "/other"))
    floor.make(lane)  # with the model of before
    assert lane.state == "loading" and not lane.worker_class
    floor.load(lane)
    assert (lane.state, probes(floor, lane)) == ("ready", 2)


def test_only_the_model_that_was_asked_for_last_counts() -> None:
    floor = Floor(1)
    (lane,) = floor.workers
    floor.workers.load(LOAD)
    floor.workers.started(lane, Sent([]))
    first = lane.asked
    floor.workers.load(p.Load("other", "/other"))
    floor.say_loaded(lane, first)
    assert lane.info is None and not lane.probing
    assert first
    floor.say(lane, p.LoadFailed(Problem("model", "gone"), first.spec))
    assert lane.state == "loading"
    floor.load(lane)
    assert (lane.state, probes(floor, lane)) == ("ready", 1)


def test_a_worker_that_answers_twice_proves_itself_once() -> None:
    lane = probing(floor := Floor(1))
    floor.workers.load(LOAD)
    floor.say_loaded(lane, lane.asked)  # at once, as it has that model
    floor.make(lane)
    assert (lane.state, probes(floor, lane)) == ("ready", 1)
    for _ in range(2):
        floor.workers.load(LOAD)
    floor.say_loaded(lane, lane.asked)
    assert lane.info is None  # the other answer will come
    floor.load(lane)
    assert (lane.state, probes(floor, lane)) == ("ready", 2)


def test_a_worker_that_has_the_model_and_still_makes_a_batch_proves_itself_afterwards() -> None:
    floor, round_ = loaded_floor(1), seeds(8)
    (lane,) = floor.workers
    floor.run(p.Run(round_))
    floor.workers.load(LOAD)
    floor.say_loaded(lane, lane.asked)
    floor.make(lane)
    assert lane.probing and floor.images(round_.id) == [0, 1, 2, 3]
    floor.make(lane)
    floor.make(lane)
    assert isinstance(floor.ends(round_.id)[0], p.RoundDone)


def test_a_model_that_fits_nowhere_is_told_once_as_failed() -> None:
    floor = Floor(2)
    floor.workers.load(LOAD)
    for lane in floor.workers:
        floor.workers.started(lane, floor_process())
        floor.say(lane, p.LoadFailed(Problem("engine", "out of memory")))
    assert [event for event in floor.told if isinstance(event, p.LoadFailed)] == [
        p.LoadFailed(Problem("engine", "out of memory"), LOAD.spec)
    ]
    floor.workers.load(LOAD)
    assert [lane.state for lane in floor.workers] == ["loading", "loading"]


def floor_process() -> object:
    from tests.support.pool_floor import Sent

    return Sent([])


def _hash(pixels: bytes) -> str:
    from seedtui.core.images.record import pixel_hash

    return pixel_hash(pixels)


class AnyOrder(RuleBasedStateMachine):
    """Whatever workers do, in whatever order: each image comes once, and each round ends once."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = loaded_floor(3)
        self.asked: dict[str, Round] = {}
        self.loaded: Counter[tuple[int, int]] = Counter()
        """How many models each worker has loaded since, by the process."""

    def pick(self, data: st.DataObject, lanes: list[Lane]) -> Lane:
        return data.draw(st.sampled_from(lanes))

    @property
    def alive(self) -> list[Lane]:
        return [lane for lane in self.floor.workers if lane.engine is not None]

    @property
    def busy(self) -> list[Lane]:
        """Those that can make their batch: what they were told to load before comes first."""
        states = ("working", "checking", "loading")
        return [lane for lane in self.alive if lane.batch and lane.state in states and not self.loads(lane, True)]

    def loads(self, lane: Lane, before: bool = False) -> list[p.Load]:
        """What it was told to load, and has not said anything of; only what it was told before its batch, or also what
        comes after a batch that is done.
        """
        requests = self.floor.requests(lane)
        batch = max((n for n, one in enumerate(requests) if isinstance(one, p.Run)), default=-1) if lane.batch else -1
        first = self.loaded[lane.id, lane.generation] + 1  # one is loaded at the start
        places = [n for n, one in enumerate(requests) if isinstance(one, p.Load)][first:]
        found = [n for n in places if n < batch or not (before or lane.batch)]
        return [one for n in found if isinstance(one := requests[n], p.Load)]

    @rule(name=st.sampled_from(["starter", "other"]))
    def load(self, name: str) -> None:
        self.floor.workers.load(p.Load(name, f"/{name}"))

    @precondition(lambda self: any(self.loads(lane) for lane in self.alive if lane.state != "silent"))
    @rule(data=st.data())
    def has_loaded(self, data: st.DataObject) -> None:
        lane = self.pick(data, [one for one in self.alive if one.state != "silent" and self.loads(one)])
        self.says_loaded(lane)

    def says_loaded(self, lane: Lane) -> None:
        first = self.loads(lane)[0]
        self.loaded[lane.id, lane.generation] += 1
        self.floor.say_loaded(lane, first)

    @rule(count=st.sampled_from([1, 4, 6, 17, 24]))
    def ask(self, count: int) -> None:
        if len(self.asked) < 6:
            round_ = msgspec.structs.replace(seeds(count), id=f"r{len(self.asked)}")
            self.asked[round_.id] = round_
            self.floor.run(p.Run(round_))

    @precondition(lambda self: self.busy)
    @rule(data=st.data())
    def make(self, data: st.DataObject) -> None:
        self.floor.make(self.pick(data, self.busy))

    @precondition(lambda self: self.busy)
    @rule(data=st.data())
    def one_image(self, data: st.DataObject) -> None:
        lane = self.pick(data, self.busy)
        assert lane.batch
        self.floor.send_image(lane, data.draw(st.integers(0, len(lane.batch.round.shots) - 1)))

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        lane = self.pick(data, self.alive)
        lane.losses = min(lane.losses, 1)  # it is started again for as long as this goes on
        self.floor.die(lane)

    @precondition(lambda self: any(lane.state in ("working", "ready", "checking") for lane in self.alive))
    @rule(data=st.data())
    def fall_silent(self, data: st.DataObject) -> None:
        lane = self.pick(data, [one for one in self.alive if one.state in ("working", "ready", "checking")])
        self.floor.say(lane, p.Silent(Problem("engine", "no answer")))

    @precondition(lambda self: any(lane.state == "silent" for lane in self.alive))
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        self.floor.say(self.pick(data, [one for one in self.alive if one.state == "silent"]), p.Answering())

    @precondition(lambda self: any(lane.round for lane in self.busy))
    @rule(data=st.data())
    def stop_as_told(self, data: st.DataObject) -> None:
        for lane in self.busy:
            if lane.batch and lane.round and self.floor.requests(lane)[-1] == p.Cancel(lane.batch.round.id):
                self.floor.say(lane, p.RoundCancelled(lane.batch.round.id, 1))

    @precondition(lambda self: any(lane.round for lane in self.busy))
    @rule(data=st.data(), kind=st.sampled_from(["engine", "input"]))
    def fail(self, data: st.DataObject, kind: str) -> None:
        lane = self.pick(data, [one for one in self.busy if one.round])
        assert lane.batch
        self.floor.say(lane, p.RoundFailed(lane.batch.round.id, Problem(kind, "no")))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.floor.rounds.cancel(data.draw(st.sampled_from(sorted(self.asked))))

    @rule(id_=st.integers(1, 3), how=st.sampled_from(["drain", "park", "restart"]))
    def change(self, id_: int, how: str) -> None:
        self.floor.workers.change(ChangeWorker(id_, how))

    @rule(seconds=st.sampled_from([0.1, 1.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.floor.wait(seconds)
        self.floor.boot()

    @invariant()
    def each_image_came_once(self) -> None:
        for id_ in self.asked:
            images = self.floor.images(id_)
            assert len(images) == len(set(images))

    @invariant()
    def each_round_ended_at_most_once(self) -> None:
        for id_, round_ in self.asked.items():
            ends = self.floor.ends(id_)
            assert len(ends) <= 1
            if ends and isinstance(ends[0], p.RoundDone):
                assert len(self.floor.images(id_)) == len(round_.shots)

    def teardown(self) -> None:
        """Workers that are well again bring every round to its end."""
        for lane in self.floor.workers:
            lane.draining = lane.parked = False
            lane.losses = 0
        for _ in range(200):
            for lane in self.alive:
                if lane.state == "silent":
                    self.floor.say(lane, p.Answering())
            self.floor.wait(31)
            self.floor.boot()
            for lane in self.alive:
                while self.loads(lane):
                    self.says_loaded(lane)
            for lane in self.busy:
                if lane.batch and self.floor.requests(lane)[-1] == p.Cancel(lane.batch.round.id):
                    self.floor.say(lane, p.RoundCancelled(lane.batch.round.id, 1))
                elif lane.batch:
                    self.floor.make(lane)
        for id_ in self.asked:
            assert len(self.floor.ends(id_)) == 1, (id_, self.floor.ends(id_), self.floor.rounds.waiting)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
