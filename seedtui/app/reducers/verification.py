"""How an image is verified, and what is learned about it and about controls."""

from __future__ import annotations

from dataclasses import replace

from seedtui.app import events as e
from seedtui.app.reducers.rounds import freed, in_background
from seedtui.app.state.activity import Activity
from seedtui.app.state.job import ImageVerification, VerificationJob
from seedtui.app.state.state import State
from seedtui.app.state.verification import VerificationReport, VerificationState
from seedtui.core.images.verification import Verdict


def reduce(state: State, event: e.StateEvent) -> State:
    """The state after `event`; unchanged if it is not about verification."""
    known = state.verification
    match event:
        case e.ControlCompared(image, difference):
            return _with(state, replace(known, controls={**known.controls, image: difference}))
        case e.BatchAsked(images) if images:
            verdicts = {image: verdict for image, verdict in known.verdicts.items() if image not in images}
            return _with(state, replace(known, batch=images, rest=images, report=None, verdicts=verdicts))
        case e.BatchAsked() if known.rest:
            return _with(state, replace(known, rest=()))
        case e.VerificationAsked(asked):
            verdicts = {image: verdict for image, verdict in known.verdicts.items() if image != asked.image}
            rest = tuple(image for image in known.rest if image != asked.image)
            report = known.report if known.batch[1:] and asked.image in known.batch else None
            known = replace(known, images=(*known.images, asked), rest=rest, report=report, verdicts=verdicts)
            return _with(state, known)
        case e.VerificationReady(run) if (one := known.of_run(run)) and one.stage == "reading":
            return _with_image(state, replace(one, stage="waiting"))
        case e.VerificationLoading(run, model) if one := known.of_run(run):
            activity = Activity(f"loading {model} to verify {one.label}", busy=True)
            return replace(_at_worker(state, replace(one, stage="loading")), loading=model, activity=activity)
        case e.VerificationRunning(run, differs) if one := known.of_run(run):
            return _with_activity(_at_worker(state, replace(one, stage="running", differs=differs)), state)
        case e.VerificationMade(run, differs) if one := known.of_run(run):
            return _left(_with_image(state, replace(one, stage="judging", differs=differs)), state)
        case e.VerificationEnded(run, verdict, words) if one := known.of_run(run):
            return _ended(state, one, verdict, words)
        case e.ReportPutAway():
            return _with(state, replace(known, report=None))
        case _:
            return state


def _with(state: State, verification: VerificationState) -> State:
    return replace(state, verification=verification)


def _with_image(state: State, one: ImageVerification) -> State:
    images = tuple(one if other.run == one.run else other for other in state.verification.images)
    return _with(state, replace(state.verification, images=images))


def _at_worker(state: State, one: ImageVerification) -> State:
    return _with_image(replace(state, job=VerificationJob(), background=in_background(state)), one)


def _left(state: State, before: State) -> State:
    """`state`, where the worker no longer has one of the images that it had `before`; perhaps it has others."""
    if not isinstance(state.job, VerificationJob):
        return state
    return _with_activity(state, before) if state.verification.at_worker else freed(state)


def _with_activity(state: State, before: State) -> State:
    """What is verified now, on the status line, with how far the first image was `before`, if that is the same one."""
    is_same = state.verification.first_run == before.verification.first_run
    goes_on = is_same and before.activity.words == before.verification.words
    known = before.activity if goes_on else Activity()
    return replace(state, activity=replace(known, words=state.verification.words, busy=True))


def _ended(state: State, one: ImageVerification, verdict: Verdict | None, words: str) -> State:
    known = state.verification
    known = replace(known, images=tuple(other for other in known.images if other is not one))
    if verdict is not None:
        report = VerificationReport(one.image, one.label, verdict, one.differs, one.run)
        if verdict.exact and known.report and not known.report.verdict.exact:
            report = known.report  # of the same batch: it says more
        known = replace(known, report=report, verdicts={**known.verdicts, one.image: verdict})
    if len(known.batch) > 1 and not (known.rest or known.images):
        words = known.summary
    state = _left(_with(state, known), state)
    if state.loading or state.model_wanted:
        state = replace(state, notice=words)  # for when the chosen recipe's model is back
    if not (state.job or state.loading):
        state = replace(state, activity=Activity(words))
    return state
