"""How rounds come, wait, run and end."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from seedtui.app import events as e
from seedtui.app.state.activity import Activity
from seedtui.app.state.job import ImagePath, ImageRef, RoundJob, VerificationJob
from seedtui.app.state.round_view import RoundView, Status
from seedtui.app.state.said import Said
from seedtui.app.state.state import State
from seedtui.core.errors import Problem
from seedtui.core.images.record import ImageRecord
from seedtui.engine.wire import protocol as p


def reduce(state: State, event: e.StateEvent) -> State:
    """The state after `event`; unchanged if it is not about rounds."""
    match event:
        case e.RoundAdded():
            return _added(state, event)
        case e.PickArrived(round_) if round_view := state.round_views.get(round_.id):
            state = replace(state, lineage=state.lineage.with_round(round_), awaiting=state.awaiting - {round_.id})
            return with_view(state, replace(round_view, round=round_))
        case e.RoundShown(round_id):
            return _shown(state, round_id)
        case e.Picked(index):
            return _picked(state, index)
        case e.Marked(images, mark):
            return _marked(state, images, mark)
        case e.QueueMoved(round_id, step):
            return replace(state, queue=state.queue.moved(round_id, step))
        case e.RoundSent(round_id, images):
            words = "moving the weights back" if state.parked else "starting the round"
            running = with_status(state, round_id, "running")
            if round_view := running.round_views.get(round_id):
                running = with_view(running, replace(round_view, asked=images))
            started = replace(running, parked=False, notice="")
            return _begun(started, RoundJob(round_id, activity=Activity(words, busy=True)))
        case e.CopiesMade(round_id, indexes) if round_view := state.round_views.get(round_id):
            return with_view(state, replace(round_view, asked=max(0, round_view.asked - len(indexes))))
        case e.CancelAsked(round_id) if job := state.round_job(round_id):
            return _with_job(state, replace(job, cancelling=True))
        case e.WorkerFreed(round_id) if state.runs(round_id):
            return freed(state, round_id)
        case e.RoundTakenBack(round_id) if state.queue.place(round_id):
            return with_status(state, round_id, "cancelled")
        case e.RoundWaitsAgain(round_id, awaits) if not state.runs(round_id):
            waiting = with_status(state, round_id, "waiting")
            awaits = awaits and waiting.queue.place(round_id) > 0
            return replace(waiting, awaiting=waiting.awaiting | {round_id}) if awaits else waiting
        case e.RecordsRead():
            return _with_records(state, event)
        case e.PathRead(image, path):
            return replace(state, path=ImagePath(image, path))
        case e.RecordsLetGo(round_ids):
            gone = {id_: round_view.forgotten for id_ in round_ids if (round_view := state.round_views.get(id_))}
            return replace(state, round_views={**state.round_views, **gone})
        case p.Step():
            return _stepped(state, event)
        case p.ImageReady():
            return _arrived(state, (event,))
        case e.ImagesArrived(images):
            return _arrived(state, images)
        case p.RoundDone(round_id, seconds, replayed=replayed):
            if round_view := state.round_views.get(round_id):
                state = with_view(state, replace(round_view, seconds=seconds, replayed=replayed))
            return _ended(state, round_id, "done")
        case p.RoundCancelled(round_id) if state.queue.place(round_id):
            return state  # it was cancelled, then requested again
        case p.RoundCancelled():
            return _cancelled(state, event)
        case p.RoundFailed():
            return _failed(state, event)
        case _:
            return state


def with_view(state: State, round_view: RoundView) -> State:
    """The state with that view of its round."""
    return replace(state, round_views={**state.round_views, round_view.round.id: round_view})


def with_status(state: State, round_id: str, status: Status) -> State:
    """A round waits in the queue if and only if its status says so."""
    round_view = state.round_views.get(round_id)
    if round_view is None or round_view.status == status:
        return state
    queue = state.queue.add(round_id) if status == "waiting" else state.queue.without(round_id)
    state = with_view(state, replace(round_view, status=status, problem=None))
    return replace(state, queue=queue, awaiting=state.awaiting - {round_id})


def freed(state: State, round_id: str = "") -> State:
    """The state without that running round, or without the job in the foreground; the next one of a pool takes its
    place: one that somebody waits for, or else the one that began first.
    """
    if round_id and not (isinstance(state.job, RoundJob) and state.job.round_id == round_id):
        return replace(state, background=tuple(job for job in state.background if job.round_id != round_id))
    if not state.background:
        return replace(state, job=None)
    following = min(state.background, key=lambda job: state.is_large(job.round_id))
    rest = tuple(job for job in state.background if job is not following)
    return replace(state, job=following, background=rest, activity=following.activity)


def in_background(state: State) -> tuple[RoundJob, ...]:
    """The running rounds, once something else is in the foreground."""
    if isinstance(state.job, RoundJob):
        return (replace(state.job, activity=state.activity), *state.background)
    return state.background


def without_input_problem(problem: Problem | None) -> Problem | None:
    """The problem that remains after a valid input, which clears notices and answers an invalid input."""
    return None if problem and problem.kind in ("input", "notice") else problem


def _added(state: State, event: e.RoundAdded) -> State:
    round_ = event.round
    round_view = RoundView(round_, (None,) * len(round_.shots), created=event.created)
    return replace(
        with_view(state, round_view), lineage=state.lineage.add(round_),
        shown=round_.id if event.shown or state.round_view is None else state.shown,
        queue=state.queue.add(round_.id), awaiting=state.awaiting | ({round_.id} if event.awaits else set()),
        problem=without_input_problem(state.problem), notices=(),
    )  # fmt: skip


def _shown(state: State, round_id: str) -> State:
    """A worker that rests leaves the status line to the shown round."""
    state = replace(state, shown=round_id, problem=without_input_problem(state.problem))
    at_rest = state.model is not None and not (state.job or state.activity.busy)
    round_view = state.round_view
    return replace(state, activity=Activity(round_view.outcome)) if at_rest and round_view else state


def _picked(state: State, index: int) -> State:
    """No change for an index that does not exist."""
    round_view = state.round_view
    if round_view is None or not 0 <= index < len(round_view.records):
        return state
    state = replace(state, problem=without_input_problem(state.problem))
    return with_view(state, replace(round_view, pick=index))


def _marked(state: State, images: tuple[ImageRef, ...], mark: bool) -> State:
    """Marks keep the order they were made in."""
    before, named = set(state.marks), set(images)
    others = tuple(image for image in state.marks if mark or image not in named)
    views = state.round_views
    there = (image for image in images if image[0] in views and image[1] not in views[image[0]].deleted)
    added = tuple(image for image in there if mark and image not in before)
    return replace(state, marks=others + added) if others + added != state.marks else state


def _arrived(state: State, images: tuple[p.ImageReady, ...]) -> State:
    of_rounds: dict[str, list[p.ImageReady]] = {}
    for image in images:
        of_rounds.setdefault(image.round_id, []).append(image)
    for round_id, those in of_rounds.items():
        if round_view := state.round_views.get(round_id):
            records = list(round_view.records)
            for image in those:
                records[image.index] = image.record
            deleted = round_view.deleted.difference(image.index for image in those)
            state = with_view(state, replace(round_view, records=tuple(records), deleted=deleted))
            state = replace(state, model=_computing_as(state.model, those[-1].record))
    return state


def _with_records(state: State, event: e.RecordsRead) -> State:
    round_view = state.round_views.get(event.round_id)
    if round_view is None:
        return state  # it has been deleted since
    merged = tuple(record or event.records.get(i) for i, record in enumerate(round_view.records))
    stored = round_view.stored - event.records.keys() - event.gone
    return with_view(state, replace(round_view, records=merged, stored=stored))


def _begun(state: State, job: RoundJob) -> State:
    """`job` is in the foreground, unless another one is there that it does not overtake."""
    if isinstance(state.job, VerificationJob) or (state.job and not state.is_large(state.job.round_id)):
        return replace(state, background=(*state.background, job))
    return replace(state, job=job, background=in_background(state), activity=job.activity)


def _with_job(state: State, job: RoundJob) -> State:
    """The state with that round, which runs, as `job` says."""
    if isinstance(state.job, RoundJob) and state.job.round_id == job.round_id:
        return replace(state, job=job)
    others = (job if other.round_id == job.round_id else other for other in state.background)
    return replace(state, background=tuple(others))


def _stepped(state: State, event: p.Step) -> State:
    if isinstance(state.job, VerificationJob) and event.round_id == state.verification.first_run:
        return replace(state, activity=_activity(state.verification.words, event))
    job = state.round_job(event.round_id)
    if job is None:
        return state
    words = f"denoising {event.how}".rstrip() if event.step < event.steps else "decoding"
    activity = _activity("stopping" if job.cancelling else words, event)
    if job is state.job:
        return replace(state, activity=activity)
    return _with_job(state, replace(job, activity=activity))


def _activity(words: str, event: p.Step) -> Activity:
    return Activity(words, event.step, event.steps, event.seconds, busy=True)


def _cancelled(state: State, event: p.RoundCancelled) -> State:
    round_view = state.round_views.get(event.round_id)
    if event.step:
        end = f"cancelled after step {event.step}"
        took = f" in {event.seconds:.1f} s" if event.seconds else ""
        whole = bool(round_view and round_view.kept)
        kept = f" · {len(round_view.kept)} of {len(round_view.records)} images kept" if round_view and whole else ""
        words = f"{end}{took}{kept}"
    else:
        words = end = "cancelled before its first step" if event.seconds else "cancelled while it waited"
    if round_view is not None:
        state = with_view(state, replace(round_view, end=end))
    return _ended(state, event.round_id, "cancelled", words)


def _failed(state: State, event: p.RoundFailed) -> State:
    """The problem is shown with its round; if that is not in view, the status line tells of it."""
    state = _ended(state, event.round_id, "failed")
    round_view = state.round_views.get(event.round_id)
    if round_view is None:
        return replace(state, problem=event.problem)
    state = with_view(state, replace(round_view, problem=event.problem))
    if state.shown == event.round_id:
        return state
    words = f"{round_view.round.title} failed: {event.problem.message}"
    return replace(state, said=Said(words, state.said.number + 1))


def _ended(state: State, round_id: str, status: Status, words: str = "") -> State:
    """The next round may be running by now; then the status line is about that one."""
    state = with_status(freed(state, round_id) if state.runs(round_id) else state, round_id, status)
    round_view = state.round_views.get(round_id)
    outcome = words or (round_view.outcome if round_view else "")
    return state if state.job else replace(state, activity=Activity(outcome))


def _computing_as(model: p.ModelInfo | None, record: ImageRecord) -> p.ModelInfo | None:
    """`model` as it is loaded since the image of `record` was made: a round brings its own profile and the like."""
    if model is None or model.revision != record.recipe.revision:
        return model
    recipe = record.recipe
    return msgspec.structs.replace(
        model, compute=recipe.compute, transformer_sha256=recipe.transformer_sha256, lora=recipe.lora
    )
