"""Whatever happens, in whatever order: the state stays one that the screen can show, and the store alone writes it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

import seedtui.app
from seedtui.app import events as e
from seedtui.app.reducers import engine, rounds, sessions, verification
from seedtui.app.state.job import ImageVerification, RoundJob, VerificationJob
from seedtui.app.state.removed import RemovedImages
from seedtui.app.state.state import State
from seedtui.app.store import Store, reduce
from seedtui.core.errors import Problem
from seedtui.core.images.verification import Verdict
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.fake import MODEL, image
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import PoolChanged, WorkerView

ROUNDS = [explore("a cat", range(count), Recipe()) for count in (1, 2, 4, 20)]
"""The last one is large."""

IDS = [round_.id for round_ in ROUNDS]
PROBLEM = Problem("engine", "the worker was killed")
VERIFIED = [ImageVerification((IDS[0], i), f"seed {i}", f"verify-{i}") for i in range(3)]
POOL = (WorkerView(id=1, name="cpu 1", state="ready"), WorkerView(id=2, name="cpu 2", state="working"))
EXACT = Verdict(intact=True, same=True, difference=None)

round_ids = st.sampled_from(IDS)
runs = st.sampled_from([one.run for one in VERIFIED])
images = st.lists(st.tuples(round_ids, st.integers(0, 3)), min_size=1, unique=True).map(tuple)
removed_images = st.builds(RemovedImages, images, round_ids)
events = st.one_of(
    st.sampled_from(ROUNDS).map(e.RoundAdded),
    st.sampled_from(ROUNDS).map(e.PickArrived),
    st.builds(e.RoundShown, round_ids),
    st.builds(e.Picked, st.integers(-1, 5)),
    st.builds(e.Marked, st.lists(st.tuples(round_ids, st.integers(0, 3)), unique=True).map(tuple), st.booleans()),
    st.builds(e.QueueMoved, round_ids, st.integers(-2, 2)),
    st.builds(e.RoundSent, round_ids),
    st.builds(e.RoundSent, round_ids),
    st.builds(e.CancelAsked, round_ids),
    st.builds(e.WorkerFreed, round_ids),
    st.builds(e.RoundTakenBack, round_ids),
    st.builds(e.RoundWaitsAgain, round_ids),
    st.builds(e.RecordsLetGo, st.frozensets(round_ids)),
    st.builds(e.ModelWanted, st.booleans()),
    st.just(e.ModelLoading("other")),
    st.just(e.EngineRestarted()),
    st.builds(e.ProblemShown, st.sampled_from([None, PROBLEM])),
    st.just(e.SessionOpened(None)),
    st.builds(e.ImagesRemoved, removed_images),
    st.builds(e.ImagesPutBack, removed_images),
    st.sampled_from(VERIFIED).map(e.VerificationAsked),
    st.builds(e.VerificationReady, runs),
    st.builds(e.VerificationLoading, runs, st.just("other")),
    st.builds(e.VerificationRunning, runs, st.just(())),
    st.builds(e.VerificationRunning, runs, st.just(())),
    st.builds(e.VerificationMade, runs, st.just(())),
    st.builds(e.VerificationEnded, runs, st.sampled_from([None, EXACT]), st.just("")),
    st.just(e.ReportPutAway()),
    st.builds(e.RoundWaitsAgain, round_ids, st.booleans()),
    st.builds(PoolChanged, st.sampled_from([POOL, POOL[:1]])),
    st.just(p.Loaded(MODEL)),
    st.just(p.LoadFailed(PROBLEM)),
    st.just(p.WorkerDied(PROBLEM)),
    st.builds(p.Step, st.one_of(round_ids, runs), st.just(1), st.just(4), st.just(0.1)),
    st.builds(p.RoundDone, round_ids, st.just(1.0)),
    st.builds(p.RoundCancelled, round_ids, st.integers(0, 2)),
    st.builds(p.RoundFailed, round_ids, st.just(PROBLEM)),
    st.sampled_from(ROUNDS).map(lambda round_: image(round_, 0)),
)


def allowed(state: State, event: object) -> bool:
    """Whether the controllers would dispatch `event` now: only a free worker or a pool gets something, and each round
    is new.
    """
    match event:
        case e.RoundAdded(round_):
            return round_.id not in state.round_views
        case e.RoundSent(round_id):
            return (state.job is None or bool(state.workers)) and state.queue.place(round_id) > 0
        case e.VerificationAsked(one):
            return not state.verifying or (bool(state.workers) and not state.verification.of_image(one.image))
        case e.VerificationLoading():
            return not state.job
        case e.VerificationRunning(run):
            running = state.verification.of_run(run)
            free = bool(state.workers) or not state.job or state.verification.at_worker == (running,)
            return running is not None and running.stage != "judging" and free
        case e.VerificationMade(run):
            made = state.verification.of_run(run)
            return made is not None and made.stage in ("waiting", "loading", "running")
        case e.RoundShown(round_id):
            return round_id in state.round_views
        case p.RoundDone(round_id) | p.RoundFailed(round_id):
            return not state.queue.place(round_id)  # the worker never had it
        case _:
            return True


def began() -> State:
    """All rounds wait."""
    return functools.reduce(reduce, map(e.RoundAdded, ROUNDS), State())


@settings(max_examples=300)
@given(st.lists(events, min_size=10, max_size=60))
def test_the_state_stays_whole(happened: list[e.StateEvent]) -> None:
    state = began()
    for event in happened:
        if not allowed(state, event):
            continue
        state = reduce(state, event)
        waiting = [id_ for id_, round_view in state.round_views.items() if round_view.status == "waiting"]
        assert sorted(waiting) == sorted(state.queue.ids), event
        assert state.awaiting <= set(waiting) and state.next_round not in state.awaiting, event
        running = [id_ for id_, round_view in state.round_views.items() if round_view.status == "running"]
        jobs = state.round_jobs
        assert all(job.round_id in running or job.round_id not in state.round_views for job in jobs), event
        assert len({job.round_id for job in jobs}) == len(jobs) and not {job.round_id for job in jobs} & set(waiting)
        assert state.job or not jobs, event
        if isinstance(state.job, RoundJob) and state.is_large(state.job.round_id):
            assert all(state.is_large(job.round_id) for job in jobs), event
        assert len(state.open_rounds) == len(jobs) + len(waiting), event
        assert isinstance(state.job, VerificationJob) == bool(state.verification.at_worker), event
        assert len({one.image for one in state.verifying}) == len(state.verifying), event
        assert state.shown == "" or state.shown in state.round_views, event
        assert len(set(state.marks)) == len(state.marks) and {id_ for id_, _ in state.marks} <= state.round_views.keys()
        assert not any(index in state.round_views[id_].deleted for id_, index in state.marks), event
        assert not any(view.deleted & {*view.kept, *view.starred} for view in state.round_views.values()), event
        assert len(state.notes) == (len(state.round_view.records) if state.round_view else 0)


@settings(max_examples=300)
@given(st.lists(events, min_size=10, max_size=60))
def test_each_event_is_known_to_one_reducer(happened: list[e.StateEvent]) -> None:
    state = began()
    for event in happened:
        if not allowed(state, event):
            continue
        changed = [part for part in (rounds, engine, sessions, verification) if part.reduce(state, event) is not state]
        assert len(changed) <= 1, event
        state = reduce(state, event)


def test_subscribers_hear_of_changes_alone() -> None:
    store, heard = Store(State()), []
    store.subscribe(lambda old, new: heard.append((old, new)))
    store.dispatch(e.RoundTakenBack("no such round"))
    assert heard == []
    store.dispatch(e.RoundAdded(ROUNDS[0]))
    ((old, new),) = heard
    assert (old.shown, new.shown) == ("", IDS[0]) and store.state is new


def test_the_reducers_alone_make_states() -> None:
    """`State` is built by the controller, once, and replaced in the reducers only."""
    folder = Path(seedtui.app.__file__).parent
    for file in folder.glob("*.py"):
        tree = ast.parse(file.read_text())
        replaced = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "replace"
            and node.args
            and ast.unparse(node.args[0]) in ("state", "self.state", "self._store.state", "self.store.state")
        ]
        assert not replaced, file.name


def test_every_event_has_its_place_in_the_catalogue() -> None:
    ours = {each for each in vars(e).values() if isinstance(each, type) and each.__module__ == e.__name__}
    listed = {*get_args(e.BackendEvent), *get_args(e.StateEvent)}
    assert ours - listed == {e._Event}  # the base
