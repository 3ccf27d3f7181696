"""How models are loaded, and how the worker answers, dies and starts again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from seedtui.app import events as e
from seedtui.app.reducers.rounds import with_status
from seedtui.app.state.activity import Activity
from seedtui.app.state.state import State
from seedtui.core.errors import Problem
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import PoolChanged, WorkerView


def reduce(state: State, event: e.StateEvent) -> State:
    """The state after `event`; unchanged if it is not about the engine."""
    match event:
        case e.RecipeChosen(recipe):
            return replace(state, recipe=recipe)
        case e.ModelWanted(wanted):
            return replace(state, model_wanted=wanted)
        case e.ModelLoading(name):
            activity, problem = Activity(f"loading {name}", busy=True), _besides_engine(state.problem)
            return replace(state, model=None, loading=name, activity=activity, problem=problem)
        case e.EngineRestarted():
            return replace(_reopened(state), model_wanted=False, pooled=False, workers=(), batches_waiting=0)
        case p.Loading(part, done, total):
            words = f"loading {f'{state.loading}: ' if state.loading else ''}{part.replace('_', ' ')}"
            return replace(state, activity=Activity(words, done, total, busy=True))
        case p.Loaded(model):
            activity, problem = Activity(state.notice or "ready"), _besides_engine(state.problem)
            return replace(state, model=model, loading="", activity=activity, notice="", problem=problem)
        case p.LoadFailed(problem):
            return replace(_reopened(state), problem=problem, activity=Activity(""))
        case p.WorkerDied(problem):
            state = replace(_reopened(state), workers=(), batches_waiting=0)
            return replace(state, problem=problem, activity=Activity(""), worker_gone=True)
        case p.Silent(problem):
            return replace(state, problem=problem, silent=True)
        case p.Answering():
            return replace(state, problem=None if state.silent else state.problem, silent=False)
        case p.Pong(quiet) if state.activity.busy:
            return replace(state, activity=replace(state.activity, quiet=quiet))
        case PoolChanged(workers, waiting):
            gone = _gone(state.workers, workers)
            notices = tuple(one for one in state.notices if one.about not in gone) if gone else state.notices
            problem = None if state.problem and state.problem.about in gone else state.problem
            return replace(
                state, pooled=True, workers=workers, batches_waiting=waiting, notices=notices, problem=problem
            )
        case p.Memory():
            return replace(state, memory=event)
        case p.Parked(freed, why):
            words = why or f"parked: {freed / 1e9:.1f} GB freed{f' on {state.model.device}' if state.model else ''}"
            return replace(state, parked=not why, activity=state.activity if state.job else Activity(words))
        case _:
            return state


def _reopened(state: State) -> State:
    """What the worker had waits again; the rounds go before the others."""
    for job in reversed(state.round_jobs):
        state = with_status(state, job.round_id, "waiting")
        if state.queue.place(job.round_id):  # it is not, if it was deleted
            state = replace(state, queue=state.queue.without(job.round_id).add(job.round_id, first=True))
    there = state.verification.at_worker
    images = tuple(replace(one, stage="waiting") if one in there else one for one in state.verification.images)
    state = replace(state, verification=replace(state.verification, images=images))
    return replace(
        state, job=None, background=(), problem=None, model=None, worker_gone=False, silent=False, parked=False,
        memory=None, notice="", activity=Activity("starting", busy=True),
    )  # fmt: skip


def _gone(before: Sequence[WorkerView], now: Sequence[WorkerView]) -> frozenset[str]:
    """The names of workers that were removed, or had failed and are started again: what was said of them is over."""
    states = {worker.id: worker.state for worker in now}
    return frozenset(w.name for w in before if w.id not in states or (w.state == "failed" and states[w.id] != "failed"))


def _besides_engine(problem: Problem | None) -> Problem | None:
    """A problem that another model does not solve: a full disk or an invalid input."""
    return problem if problem and problem.kind in ("file", "input", "notice") else None
