"""Verifies one image at a time: reads it from disk, has it made again in the same way, and compares every bit.

The run comes after all waiting rounds, is not a round of the session, and writes nothing.
"""

from __future__ import annotations

import uuid

import msgspec

from seedtui.app import events as e
from seedtui.app.engine_link import EngineLink
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.comparer import Comparer
from seedtui.app.pictures.controller import PictureController
from seedtui.app.state.job import VerificationJob
from seedtui.app.store import Store
from seedtui.core.errors import Problem
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.images.verification import told_before
from seedtui.engine.wire import protocol as p
from seedtui.models.pipeline_spec import PipelineSpec


class VerificationController:
    """Called only from the app's thread."""

    def __init__(
        self, store: Store, engine: EngineLink, persistence: Persistence, comparer: Comparer,
        pictures: PictureController,
    ) -> None:  # fmt: skip
        self._store, self._engine, self._persistence = store, engine, persistence
        self._comparer, self._pictures = comparer, pictures
        self._subject: tuple[Picture, ImageRecord] | None = None
        self._again: Picture | None = None

    # --- what the user asks for

    def begin(self) -> None:
        """Verify the pick, or the marked images one after the other."""
        state = self._store.state
        if state.round_view is None or state.verifying is not None:
            return
        if not state.kept_targets:
            missing = Problem("input", "the picked image is not there yet", "Wait for it, or pick another")
            self._show(state.deletion(state.targets[0]) or missing)
            return
        self._store.dispatch(e.BatchAsked(state.kept_targets))
        self._begin_next()

    def cancel(self) -> bool:
        """Stop verifying; False if nothing is being verified, or only the comparison is left."""
        job = self._store.state.verifying
        self._store.dispatch(e.BatchAsked())
        if job is None or job.stage == "judging":
            return False
        if job.stage == "running":
            self._engine.send(p.Cancel(job.run))
        else:
            self._end("not verified: cancelled")
        return True

    def put_away(self) -> None:
        """The report has been read."""
        if self._store.state.verification.report:
            self._store.dispatch(e.ReportPutAway())

    # --- its turn

    def send(self) -> None:
        """The worker is free and no round waits: make the image to verify again, if there is one.

        A pool does that while it makes rounds, unless another model must be loaded.
        """
        state = self._store.state
        job, model = state.verification.pending, state.model
        if job is None or job.stage != "waiting" or self._subject is None or model is None:
            return
        record = self._subject[1]
        spec = PipelineSpec.for_image(record, model)
        if spec.fits(model):
            self._run(model)
            return
        if state.job:
            return
        self._store.dispatch(e.ModelWanted(True))  # back to the chosen one afterwards
        self._store.dispatch(e.VerificationLoading(spec.model))
        self._engine.load(spec, record.recipe.with_changes(device=spec.device))

    def forget_run(self) -> None:
        """The worker is gone: what it made no longer counts."""
        self._again = None

    # --- what the engine and the library report

    def on_engine_event(self, job: VerificationJob, event: p.Event) -> None:
        """Handle the engine's events about `job`, which it has."""
        match event:
            case p.Loaded(model) if job.stage == "loading":
                self._store.dispatch(event)
                self._run(model)
            case p.LoadFailed(problem) if job.stage == "loading":
                self._fail(problem)
            case p.ImageReady(job.run, index, width, height, pixels, record):
                if self._subject and index == self._subject[1].slot:
                    self._again = Picture(width, height, pixels)
                    if loaded := self._store.state.model:  # its LoRAs and transformer came with the round
                        recipe = record.recipe
                        here = msgspec.structs.replace(
                            loaded, transformer_sha256=recipe.transformer_sha256, lora=recipe.lora
                        )
                        self._store.dispatch(e.VerificationRunning(told_before(self._subject[1], here)))
            case p.RoundDone(job.run):
                self._judge(job)
            case p.RoundCancelled(job.run):
                self._end("not verified: cancelled")
            case p.RoundFailed(job.run, problem):
                self._fail(problem)
            case _:
                self._store.dispatch(event)

    def is_about(self, job: VerificationJob, event: p.Event) -> bool:
        """Whether `event` is about `job`, not about a round that a pool makes at the same time."""
        match event:
            case p.Loaded() | p.LoadFailed():
                return job.stage == "loading"
            case p.Step() | p.ImageReady() | p.RoundDone() | p.RoundCancelled() | p.RoundFailed():
                return event.round_id == job.run
            case _:
                return False

    def on_image_read(self, event: e.ImageReadAgain) -> None:
        """The image has been read from disk, or could not be."""
        job = self._store.state.verification.pending
        if job is None or job.image != event.image or job.stage != "reading":
            return
        if event.subject is None:
            self._fail(event.problem)
            return
        self._subject = event.subject
        self._pictures.put(job.image, event.subject[0])  # what is on disk is judged, shown and compared
        self._store.dispatch(e.VerificationReady())

    def on_save_failed(self) -> None:
        """The library cannot be used: what was being read will not come."""
        job = self._store.state.verification.pending
        if job is not None and job.stage == "reading":
            self._end("")

    def on_judged(self, event: e.VerificationJudged) -> None:
        """The verdict on the image is known."""
        job = self._store.state.verification.pending
        if job is not None and job.image == event.image and job.stage == "judging":
            words = f"{job.label} is exact: made again, bit for bit" if event.verdict.exact else ""
            self._subject = self._again = None
            self._store.dispatch(e.VerificationEnded(event.verdict, words))
            self._begin_next()

    # --- within

    def _begin_next(self) -> None:
        """Verify the next image of the batch, if there is one."""
        state = self._store.state
        views = state.round_views
        rest = [(id_, i) for id_, i in state.verification.rest if id_ in views and i not in views[id_].deleted]
        if not rest:
            self._store.dispatch(e.BatchAsked())
            return
        round_, image = state.round_views[rest[0][0]].round, rest[0]
        label = round_.label(round_.shots[image[1]])
        self._store.dispatch(e.VerificationAsked(VerificationJob(image, label, f"verify-{uuid.uuid4().hex[:12]}")))
        self._persistence.read_again(*image)

    def _run(self, model: p.ModelInfo) -> None:
        job = self._store.state.verifying
        assert job is not None and self._subject is not None
        record, self._again = self._subject[1], None
        self._store.dispatch(e.VerificationRunning(told_before(record, model)))
        self._engine.send(p.Run(msgspec.structs.replace(round_again(record), id=job.run), like=record.environment))

    def _judge(self, job: VerificationJob) -> None:
        if self._again is None or self._subject is None:
            self._fail(Problem("engine", "the worker made no image to compare with", "Try again"))
            return
        self._pictures.cache.put(job.run, 0, self._again)
        self._store.dispatch(e.VerificationMade())
        self._comparer.judge(job.image, *self._subject, self._again)

    def _fail(self, problem: Problem | None) -> None:
        self._end("")
        if problem is not None:
            self._show(problem)

    def _show(self, problem: Problem) -> None:
        problem = msgspec.structs.replace(problem, kind="input", message=f"cannot verify: {problem.message}")
        self._store.dispatch(e.ProblemShown(problem))

    def _end(self, words: str) -> None:
        self._subject = self._again = None
        self._store.dispatch(e.VerificationEnded(None, words))
        self._begin_next()
