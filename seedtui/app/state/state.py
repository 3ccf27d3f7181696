"""What the screen shows, as one frozen value. Pure: no widgets, no pictures, no clock.

Only `Store` makes new states, with the functions in `seedtui.app.reducers`; this module has the queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seedtui.app.card_noise import CardNoise, card_noise
from seedtui.app.state.activity import Activity
from seedtui.app.state.job import ImagePath, ImageRef, ImageVerification, Job, RoundJob
from seedtui.app.state.queue import Queue
from seedtui.app.state.removed import Removed, RemovedImages
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.said import Said
from seedtui.app.state.verification import CellNote, VerificationState
from seedtui.core.errors import Problem
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import WorkerView

MOST_COMPARED = 4
"""Images that can be compared at once."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The whole state.

    `recipe` makes the next explore round; `model_wanted`: load its model once nothing runs or waits.
    `shown` is the id of the round in the grid, "" before the first one. `job` is what the worker has, and the rounds
    in `queue` wait for it; those `awaiting` their pick cannot run yet. A pool makes the rounds in the `background` at
    the same time: large ones that others have overtaken, and those for which a worker was free; there are none without
    a job. `loading` is the name of the model that is replacing another, "" for the first one.
    `pooled`: the engine is a pool, of these `workers`; `batches_waiting` are not given to any of them yet.
    `worker_gone`: it died, and has not been restarted yet. `silent`: it does not answer. `parked`: the weights are off
    the device. `notice` is shown when the model is loaded. `problem` is about no round in particular; those of rounds
    are in their views. `notices` wait to be read, one after the other. `said` is what a key did last. `path` is the
    last file that was looked for. `marks` are the marked images, the first one marked first. `removed` is what was
    deleted since the session was opened, and can be brought back, the last one first.
    """

    recipe: Recipe = field(default_factory=Recipe)
    model_wanted: bool = False
    lineage: Lineage = field(default_factory=Lineage)
    round_views: Mapping[str, RoundView] = field(default_factory=dict)
    shown: str = ""
    queue: Queue = field(default_factory=Queue)
    awaiting: frozenset[str] = frozenset()
    job: Job | None = None
    background: tuple[RoundJob, ...] = ()
    model: p.ModelInfo | None = None
    loading: str = ""
    memory: p.Memory | None = None
    worker_gone: bool = False
    silent: bool = False
    parked: bool = False
    activity: Activity = field(default_factory=lambda: Activity("starting", busy=True))
    notice: str = ""
    problem: Problem | None = None
    notices: tuple[Problem, ...] = ()
    said: Said = field(default_factory=Said)
    path: ImagePath | None = None
    marks: tuple[ImageRef, ...] = ()
    removed: tuple[Removed, ...] = ()
    verification: VerificationState = field(default_factory=VerificationState)
    pooled: bool = False
    workers: tuple[WorkerView, ...] = ()
    batches_waiting: int = 0

    @property
    def round_view(self) -> RoundView | None:
        """The round in the grid."""
        return self.round_views.get(self.shown)

    @property
    def card_noise(self) -> CardNoise | None:
        """What to tell about the noise of the next rounds, if other cards draw different noise."""
        return card_noise(self.recipe, self.model)

    @property
    def running(self) -> Round | None:
        """The round in the foreground."""
        round_view = self.round_views.get(self.job.round_id) if isinstance(self.job, RoundJob) else None
        return round_view.round if round_view else None

    @property
    def at_hand(self) -> Round | None:
        """The running round that the keys are about: the shown one, or else that in the foreground."""
        return self.round_view.round if self.round_view and self.runs(self.shown) else self.running

    @property
    def round_jobs(self) -> tuple[RoundJob, ...]:
        """The running rounds, that in the foreground first."""
        return (self.job, *self.background) if isinstance(self.job, RoundJob) else self.background

    def round_job(self, round_id: str) -> RoundJob | None:
        """That round, if it runs."""
        return next((job for job in self.round_jobs if job.round_id == round_id), None)

    def runs(self, round_id: str) -> bool:
        """Whether the worker has that round."""
        return self.round_job(round_id) is not None

    @property
    def shown_activity(self) -> Activity:
        """What the status line is about: the shown round, if that runs in the background."""
        return next((job.activity for job in self.background if job.round_id == self.shown), self.activity)

    @property
    def open_rounds(self) -> tuple[Round, ...]:
        """The running rounds and the waiting ones, in the order of their turns."""
        views = self.round_views
        running = tuple(views[job.round_id].round for job in self.round_jobs if job.round_id in views)
        return (*running, *(views[i].round for i in self.queue.ids))

    @property
    def next_round(self) -> str:
        """The id of the first waiting round that can run, "" if there is none."""
        return next((id_ for id_ in self.queue.ids if id_ not in self.awaiting), "")

    def has_room(self, *, large: bool) -> bool:
        """Whether a pool has a worker for one more round: one that has nothing to do, or, for a round that is not
        large, one that makes a large round, which that round overtakes at the next border of a batch.
        """
        ahead = sum(
            self._calls_left(job.round_id) for job in self.round_jobs if large or not self.is_large(job.round_id)
        )
        return ahead + len(self.verification.at_worker) < self.usable_workers

    @property
    def usable_workers(self) -> int:
        """How many workers of a pool can make something."""
        return sum(worker.state in ("ready", "working") for worker in self.workers)

    def is_large(self, round_id: str) -> bool:
        """Whether it is a round that can wait."""
        round_view = self.round_views.get(round_id)
        return round_view is not None and round_view.round.is_large

    def _calls_left(self, round_id: str) -> int:
        """How many workers the round can take, at least one until its end."""
        round_view = self.round_views.get(round_id)
        if round_view is None:
            return 1
        missing = len(round_view.records) - len(round_view.kept)
        return max(1, -(-missing // round_view.round.recipe.batch_size))

    @property
    def unfinished(self) -> tuple[Round, ...]:
        """The rounds of the session that stopped before their end, in the order they were made."""
        return tuple(r for r in self.lineage.rounds if self._ended_early(r.id))

    @property
    def empty_cancelled(self) -> tuple[Round, ...]:
        """The cancelled rounds that have no image, and nothing made from them."""
        views = self.round_views
        empty = tuple(
            r for r in self.lineage.rounds
            if (view := views.get(r.id)) and view.status == "cancelled" and not view.kept
        )  # fmt: skip
        parents = {r.parent.round_id for r in self.lineage.rounds if r.parent} if empty else set()
        return tuple(r for r in empty if r.id not in parents)

    @property
    def has_unfinished(self) -> bool:
        """Whether `unfinished` has any; stops at the first."""
        return any(self._ended_early(r.id) for r in self.lineage.rounds)

    def _ended_early(self, round_id: str) -> bool:
        round_view = self.round_views.get(round_id)
        return round_view is not None and round_view.status in ("cancelled", "failed", "unfinished")

    @property
    def verifying(self) -> tuple[ImageVerification, ...]:
        """The images being verified, whether the worker has them or not."""
        return self.verification.images

    @property
    def has_more_calls(self) -> bool:
        """The running round takes several calls of the pipeline, so part of it can be skipped."""
        return self.at_hand is not None and len(self.at_hand.shots) > self.at_hand.recipe.batch_size

    @property
    def can_park(self) -> bool:
        """The weights are on a device that others could use meanwhile; on a CPU, parking would gain nothing."""
        idle = not (self.parked or self.job or self.queue.ids)
        return self.model is not None and self.model.device != "cpu" and idle

    @property
    def shown_problem(self) -> Problem | None:
        """What to show now: a problem, else that of the shown round, else a notice."""
        of_round = self.round_view.problem if self.round_view else None
        return self.problem or of_round or next(iter(self.notices), None)

    @property
    def retryable(self) -> bool:
        """There is a problem that a retry may solve."""
        return self.shown_problem is not None and not self.closable

    @property
    def closable(self) -> bool:
        """What is shown needs no action: it can be closed."""
        return self.shown_problem is not None and self.shown_problem.kind in ("input", "notice")

    @property
    def can_retry(self) -> bool:
        """There is something to retry: what went wrong, a stopped round, or a stuck worker."""
        return self.retryable or (self.round_view is not None and self.round_view.stopped) or self.activity.stuck

    @property
    def in_use(self) -> frozenset[str]:
        """The ids of the rounds whose pictures are on screen, or may be needed at any moment."""
        round_view, report = self.round_view, self.verification.report
        running = (running_job.round_id for running_job in self.round_jobs)
        parent = round_view.round.parent.round_id if round_view and round_view.round.parent else ""
        reported = (report,) if report else ()
        verified = [id_ for one in (*self.verifying, *reported) for id_ in (one.run, one.image[0])]
        compared = (round_id for round_id, _ in self.marks[:MOST_COMPARED])
        following = self.round_views.get(self.next_round)
        source = following.round.parent if following and following.round.finish else None
        sources = (source.round_id,) if source else ()
        return frozenset((self.shown, *running, parent, *compared, *verified, *sources))

    @property
    def can_hold(self) -> bool:
        """Whether refinements of the pick can be held to its prompt at first, as far as is known."""
        model, round_view = self.model, self.round_view
        if model is None or round_view is None or model.name != round_view.round.recipe.model:
            return True
        return bool(model.form.held)

    @property
    def targets(self) -> tuple[ImageRef, ...]:
        """The images that a key acts on: those that are marked, or else the pick."""
        round_view = self.round_view
        return self.marks or (((round_view.round.id, round_view.pick),) if round_view else ())

    @property
    def kept_targets(self) -> tuple[ImageRef, ...]:
        """Those of the `targets` that exist."""
        return tuple(image for image in self.targets if self.round_views[image[0]].has(image[1]))

    def deletion(self, image: ImageRef) -> Problem | None:
        """That the image was deleted, and how to get it again; None if it was not deleted."""
        round_view = self.round_views.get(image[0])
        if round_view is None or image[1] not in round_view.deleted:
            return None
        here = any(image in one.images for one in self.removed if isinstance(one, RemovedImages))
        return Problem("input", "the image was deleted", "U brings it back" if here else "Make it again: e, then g")

    @property
    def all_marked(self) -> bool:
        """Every image of the shown round is marked."""
        return self.round_view is not None and set(self.round_view.images) <= set(self.marks)

    @property
    def notes(self) -> tuple[CellNote | None, ...]:
        """What is known of each image of the shown round; a running verification comes first."""
        count = len(self.round_view.records) if self.round_view else 0
        return tuple(self.note((self.shown, index)) for index in range(count))

    def note(self, image: ImageRef) -> CellNote | None:
        """What is known of an image."""
        if image[1] in self.round_views[image[0]].deleted:
            return None
        if one := self.verification.of_image(image):
            return CellNote("verifying…" if one.stage in ("running", "judging") else "to be verified")
        if image in self.verification.rest:
            return CellNote("to be verified")
        return self.verification.note(image)
