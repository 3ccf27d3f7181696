"""Verifies images: reads them from disk, has them made again in the same way, and compares every bit.

One batch at a time, or by a pool, several; those of one batch are made again together. They come after all waiting
rounds, are not rounds of the session, and write nothing.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

import msgspec

from seedtui.app import events as e
from seedtui.app.engine_link import EngineLink
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.comparer import Comparer
from seedtui.app.pictures.controller import PictureController
from seedtui.app.state.job import ImageVerification
from seedtui.app.store import Store
from seedtui.core.errors import Problem
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import Verdict, told_before
from seedtui.engine.wire import protocol as p
from seedtui.models.pipeline_spec import PipelineSpec

Pictures = dict[int, Picture]
"""Those of a batch, by their slots."""


class _Subject(NamedTuple):
    """An image to be verified, as it is on disk. `batch` makes it again: the same for all images of one batch."""

    picture: Picture
    record: ImageRecord
    batch: p.Run


class VerificationController:
    """Called only from the app's thread."""

    def __init__(
        self, store: Store, engine: EngineLink, persistence: Persistence, comparer: Comparer,
        pictures: PictureController,
    ) -> None:  # fmt: skip
        self._store, self._engine, self._persistence = store, engine, persistence
        self._comparer, self._pictures = comparer, pictures
        self._subjects: dict[str, _Subject] = {}
        self._again: dict[str, Pictures] = {}
        """What was read, and what is being made again, by the ids of the runs."""
        self._made: dict[p.Run, tuple[Pictures, tuple[str, ...]]] = {}
        """The batches made last for the images asked for, each with what differs here."""

    # --- what the user asks for

    def begin(self) -> None:
        """Verify the pick, or the marked images."""
        state = self._store.state
        if state.round_view is None or state.verifying:
            return
        if not state.kept_targets:
            missing = Problem("input", "the picked image is not there yet", "Wait for it, or pick another")
            self._show(state.deletion(state.targets[0]) or missing)
            return
        self._made.clear()
        self._store.dispatch(e.BatchAsked(state.kept_targets))
        self._begin_more()

    def cancel(self) -> bool:
        """Stop verifying; False if nothing is being verified, or only the comparison is left."""
        self._store.dispatch(e.BatchAsked())
        ended = [one for one in self._store.state.verifying if one.stage != "judging"]
        for one in ended:
            if one.stage == "running":
                self._engine.send(p.Cancel(one.run))
            else:
                self._end(one, "not verified: cancelled")
        return bool(ended)

    def put_away(self) -> None:
        """The report has been read."""
        if self._store.state.verification.report:
            self._store.dispatch(e.ReportPutAway())

    # --- their turn

    @property
    def is_waiting(self) -> bool:
        """Whether an image could be made again now."""
        return any(one.stage == "waiting" for one in self._store.state.verifying)

    def send(self) -> bool:
        """There is a free worker: have an image made again. False if there is none to make.

        If another model must be loaded for it, it waits until nothing else is made.
        """
        state = self._store.state
        if state.model is None or any(one.stage == "loading" for one in state.verifying):
            return False
        being_made = {self._subjects[one.run].batch for one in state.verifying if one.stage == "running"}
        waiting = {one: self._subjects[one.run] for one in state.verifying if one.stage == "waiting"}
        specs = {
            one: PipelineSpec.for_image(subject.record, state.model)
            for one, subject in waiting.items() if subject.batch not in being_made
        }  # fmt: skip
        if fitting := next((one for one, spec in specs.items() if spec.fits(state.model)), None):
            self._run(fitting, state.model)
            return True
        if specs and not state.job:
            one, spec = next(iter(specs.items()))
            recipe = self._subjects[one.run].record.recipe
            self._store.dispatch(e.ModelWanted(True))  # back to the chosen one afterwards
            self._store.dispatch(e.VerificationLoading(one.run, spec.model))
            self._engine.load(spec, recipe.with_changes(device=spec.device))
        return False

    def forget_run(self) -> None:
        """The worker is gone: what it made no longer counts."""
        self._again.clear()

    # --- what the engine and the library report

    def on_engine_event(self, event: p.Event) -> bool:
        """Handle an event about an image that is being verified; False if it is not about one."""
        one = self._about(event)
        if one is None:
            return False
        match event:
            case p.Loaded(model):
                self._store.dispatch(event)
                self._run(one, model)
            case p.LoadFailed(problem):
                self._fail(one, problem)
            case p.ImageReady():
                self._on_image(one, event)
            case p.RoundDone():
                self._on_batch(one)
            case p.RoundCancelled():
                self._end(one, "not verified: cancelled")
            case p.RoundFailed(problem=problem):
                self._fail(one, problem)
            case _:
                self._store.dispatch(event)
        return True

    def _about(self, event: p.Event) -> ImageVerification | None:
        match event:
            case p.Loaded() | p.LoadFailed():
                return next((one for one in self._store.state.verifying if one.stage == "loading"), None)
            case p.Step() | p.ImageReady() | p.RoundDone() | p.RoundCancelled() | p.RoundFailed():
                return self._store.state.verification.of_run(event.round_id)
            case _:
                return None

    def on_image_read(self, event: e.ImageReadAgain) -> None:
        """The image has been read from disk, or could not be."""
        one = self._store.state.verification.of_image(event.image)
        if one is None or one.stage != "reading":
            return
        if event.subject is None:
            self._fail(one, event.problem)
            return
        picture, record = event.subject
        self._subjects[one.run] = _Subject(picture, record, p.Run.again(record))
        self._pictures.put(one.image, picture)  # what is on disk is judged, shown and compared
        if not self._judge(one):
            self._store.dispatch(e.VerificationReady(one.run))
            self._begin_more()

    def on_save_failed(self) -> None:
        """The library cannot be used: what was being read will not come."""
        for one in self._store.state.verifying:
            if one.stage == "reading":
                self._end(one, "")

    def on_judged(self, event: e.VerificationJudged) -> None:
        """The verdict on the image is known."""
        one = self._store.state.verification.of_image(event.image)
        if one is not None and one.stage == "judging":
            words = f"{one.label} is exact: made again, bit for bit" if event.verdict.exact else ""
            self._end(one, words, event.verdict)

    # --- within

    def _begin_more(self) -> None:
        """Begin with the next images of those asked for: a pool has a batch for each worker, and one that waits."""
        state = self._store.state
        reading = [one for one in state.verifying if one.stage == "reading"]
        batches = {self._subjects[one.run].batch for one in state.verifying if one.run in self._subjects}
        room = (state.usable_workers + 1 if state.pooled else 1) - len(reading) - len(batches)
        views = state.round_views
        rest = [(id_, i) for id_, i in state.verification.rest if id_ in views and i not in views[id_].deleted]
        if not rest:
            self._store.dispatch(e.BatchAsked())
        for image in rest[: max(0, room)]:
            round_ = views[image[0]].round
            label, run = round_.label(round_.shots[image[1]]), f"verify-{uuid.uuid4().hex[:12]}"
            self._store.dispatch(e.VerificationAsked(ImageVerification(image, label, run)))
            self._persistence.read_again(*image)

    def _run(self, one: ImageVerification, model: p.ModelInfo) -> None:
        subject = self._subjects[one.run]
        self._again.pop(one.run, None)
        self._store.dispatch(e.VerificationRunning(one.run, told_before(subject.record, model)))
        self._engine.send(subject.batch.with_id(one.run))

    def _on_image(self, one: ImageVerification, image: p.ImageReady) -> None:
        self._again.setdefault(one.run, {})[image.index] = Picture(image.width, image.height, image.pixels)
        record = self._subjects[one.run].record
        if image.index == record.slot and (loaded := self._store.state.model):
            recipe = image.record.recipe  # its LoRAs and transformer came with the round
            here = msgspec.structs.replace(loaded, transformer_sha256=recipe.transformer_sha256, lora=recipe.lora)
            self._store.dispatch(e.VerificationRunning(one.run, told_before(record, here)))

    def _on_batch(self, one: ImageVerification) -> None:
        """The batch of `one` was made again: compare it, and the others of the batch."""
        while len(self._made) > self._store.state.usable_workers:
            self._made.pop(next(iter(self._made)))
        self._made[self._subjects[one.run].batch] = self._again.pop(one.run, {}), one.differs
        if not self._judge(one):
            self._fail(one, Problem("engine", "the worker made no image to compare with", "Try again"))
        for other in self._store.state.verifying:
            if other.stage == "waiting":
                self._judge(other)

    def _judge(self, one: ImageVerification) -> bool:
        """Compare the image with what was made again, or return False if its batch was not."""
        picture, record, batch = self._subjects[one.run]
        pictures, differs = self._made.get(batch, ({}, ()))
        again = pictures.get(record.slot)
        if again is None:
            return False
        self._pictures.cache.put(one.run, 0, again)
        self._store.dispatch(e.VerificationMade(one.run, differs))
        self._comparer.judge(one.image, picture, record, again)
        return True

    def _fail(self, one: ImageVerification, problem: Problem | None) -> None:
        self._end(one, "")
        if problem is not None:
            self._show(problem)

    def _show(self, problem: Problem) -> None:
        problem = msgspec.structs.replace(problem, kind="input", message=f"cannot verify: {problem.message}")
        self._store.dispatch(e.ProblemShown(problem))

    def _end(self, one: ImageVerification, words: str, verdict: Verdict | None = None) -> None:
        self._subjects.pop(one.run, None)
        self._again.pop(one.run, None)
        self._store.dispatch(e.VerificationEnded(one.run, verdict, words))
        self._begin_more()
        if not self._store.state.verifying:
            self._made.clear()
