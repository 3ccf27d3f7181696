"""How an image is verified, and what is learned about it and about controls."""

from __future__ import annotations

from dataclasses import replace

from seedtui.app import events as e
from seedtui.app.reducers.rounds import freed, in_background
from seedtui.app.state.activity import Activity
from seedtui.app.state.job import VerificationJob
from seedtui.app.state.state import State
from seedtui.app.state.verification import VerificationReport, VerificationState
from seedtui.core.images.verification import Verdict


def reduce(state: State, event: e.StateEvent) -> State:
    """The state after `event`; unchanged if it is not about verification."""
    known, job = state.verification, state.verifying
    match event:
        case e.ControlCompared(image, difference):
            return _with(state, replace(known, controls={**known.controls, image: difference}))
        case e.BatchAsked(images) if images:
            verdicts = {image: verdict for image, verdict in known.verdicts.items() if image not in images}
            return _with(state, replace(known, batch=images, rest=images, report=None, verdicts=verdicts))
        case e.BatchAsked() if known.rest:
            return _with(state, replace(known, rest=()))
        case e.VerificationAsked(job):
            verdicts = {image: verdict for image, verdict in known.verdicts.items() if image != job.image}
            rest = tuple(image for image in known.rest if image != job.image)
            report = known.report if known.batch[1:] and job.image in known.batch else None
            return _with(state, replace(known, pending=job, rest=rest, report=report, verdicts=verdicts))
        case e.VerificationReady() if known.pending:
            return _with(state, replace(known, pending=replace(known.pending, stage="waiting")))
        case e.VerificationLoading(model) if job:
            activity = Activity(f"loading {model} to verify {job.label}", busy=True)
            return replace(_at_worker(state, replace(job, stage="loading")), loading=model, activity=activity)
        case e.VerificationRunning(differs) if job:
            at_it = job.stage == "running"
            activity = state.activity if at_it else Activity(f"verifying {job.label}", busy=True)
            return replace(_at_worker(state, replace(job, stage="running", differs=differs)), activity=activity)
        case e.VerificationMade() if isinstance(state.job, VerificationJob):
            return freed(_with(state, replace(known, pending=replace(state.job, stage="judging"))))
        case e.VerificationEnded(verdict, words) if job:
            return _ended(state, job, verdict, words)
        case e.ReportPutAway():
            return _with(state, replace(known, report=None))
        case _:
            return state


def _with(state: State, verification: VerificationState) -> State:
    return replace(state, verification=verification)


def _at_worker(state: State, job: VerificationJob) -> State:
    background = in_background(state)
    return replace(state, job=job, background=background, verification=replace(state.verification, pending=None))


def _ended(state: State, job: VerificationJob, verdict: Verdict | None, words: str) -> State:
    known = replace(state.verification, pending=None)
    if verdict is not None:
        report = VerificationReport(job.image, job.label, verdict, job.differs, job.run)
        if verdict.exact and known.report and not known.report.verdict.exact:
            report = known.report  # of the same batch: it says more
        known = replace(known, report=report, verdicts={**known.verdicts, job.image: verdict})
    if len(known.batch) > 1 and not known.rest:
        words = known.summary
    if state.job == job:
        state = freed(state)
    if state.loading or state.model_wanted:
        state = replace(state, notice=words)  # for when the chosen recipe's model is back
    if not (state.job or state.loading):
        state = replace(state, activity=Activity(words))
    return _with(state, known)
