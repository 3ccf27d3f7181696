"""What the screen shows, as one frozen value, and how each event of the engine changes it.

Pure: no widgets, no pictures, no clock. The app holds one `State`, widgets draw from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

import msgspec

from seedtui.app.activity import Activity
from seedtui.app.queue import Queue
from seedtui.app.round_view import RoundView, Status
from seedtui.app.verification_state import ImageRef, VerificationState
from seedtui.core.errors import Problem
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.formatting import counted
from seedtui.engine.wire import protocol as p


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All of it. `shown` is the id of the round in the grid, "" before the first one; `sent` of the one that the
    worker has; those in `queue` wait for it. `silent`: it does not answer. `parked`: the weights are off the device.
    `loading` is the name of the model that comes in place of another, "" for the first one. `marks` are at most two
    images that are to be compared.
    """

    lineage: Lineage = field(default_factory=Lineage)
    round_views: Mapping[str, RoundView] = field(default_factory=dict)
    shown: str = ""
    queue: Queue = field(default_factory=Queue)
    sent: str = ""
    model: p.ModelInfo | None = None
    loading: str = ""
    memory: p.Memory | None = None
    silent: bool = False
    parked: bool = False
    activity: Activity = field(default_factory=lambda: Activity("starting", busy=True))
    problem: Problem | None = None
    marks: tuple[ImageRef, ...] = ()
    verification: VerificationState = field(default_factory=VerificationState)

    @property
    def round_view(self) -> RoundView | None:
        """The round in the grid."""
        return self.round_views.get(self.shown)

    @property
    def open_rounds(self) -> tuple[Round, ...]:
        """The round that runs and those that wait, in the order of their turns."""
        waiting = tuple(self.round_views[i].round for i in self.queue.ids)
        return (self.running, *waiting) if self.running else waiting

    @property
    def running(self) -> Round | None:
        """The round that the worker is at."""
        round_view = self.round_views.get(self.sent)
        return round_view.round if round_view else None

    @property
    def has_more_calls(self) -> bool:
        """The running round takes several calls of the pipeline, so that a part of it can be left out."""
        return self.running is not None and len(self.running.shots) > self.running.recipe.batch_size

    @property
    def can_park(self) -> bool:
        """The weights are on a device that others could use meanwhile; a CPU's memory would gain nothing."""
        return (
            self.model is not None and self.model.device != "cpu" and not (self.parked or self.sent or self.queue.ids)
        )

    @property
    def retryable(self) -> bool:
        """There is a problem that trying again may mend."""
        return self.problem is not None and self.problem.kind != "input"

    @property
    def can_retry(self) -> bool:
        """There is something to try again: what went wrong, a round that was stopped, or a worker that is stuck."""
        return self.retryable or (self.round_view is not None and self.round_view.stopped) or self.activity.stuck

    @property
    def in_use(self) -> frozenset[str]:
        """The rounds whose pictures are on the screen, or needed at any moment, by their ids."""
        round_view, check, report = self.round_view, self.verification.check, self.verification.report
        parent = round_view.round.parent.round_id if round_view and round_view.round.parent else ""
        verified = [one.run for one in (check, report) if one] + [one.place[0] for one in (check, report) if one]
        return frozenset((self.shown, self.sent, parent, *(round_id for round_id, _ in self.marks), *verified))

    def forget(self, round_ids: Set[str]) -> State:
        """The records of these rounds are on disk alone: they are read again when a round is shown."""
        gone = {id_: round_view.forgotten for id_ in round_ids if (round_view := self.round_views.get(id_))}
        return replace(self, round_views={**self.round_views, **gone})

    def with_records(
        self, round_id: str, records: Mapping[int, ImageRecord], gone: frozenset[int] = frozenset()
    ) -> State:
        """Records of a round's images that were read from the library; those that are `gone` could not be."""
        round_view = self.round_views.get(round_id)
        if round_view is None:
            return self  # it was deleted meanwhile
        merged = tuple(record or records.get(i) for i, record in enumerate(round_view.records))
        return self._with(replace(round_view, records=merged, stored=round_view.stored - records.keys() - gone))

    def add_round(self, round_: Round) -> State:
        """A new round, waiting, and shown."""
        round_view = RoundView(round_, (None,) * len(round_.shots))
        return replace(
            self, lineage=self.lineage.add(round_), round_views={**self.round_views, round_.id: round_view},
            shown=round_.id, queue=self.queue.add(round_.id),
        )  # fmt: skip

    def show(self, round_: Round | None) -> State:
        """That round in the grid; no change for None."""
        return replace(self, shown=round_.id) if round_ else self

    def pick(self, index: int) -> State:
        """That image of the shown round picked; no change for a place that is not there."""
        round_view = self.round_view
        if round_view is None or not 0 <= index < len(round_view.records):
            return self
        return self._with(replace(round_view, pick=index))

    def mark(self, place: ImageRef) -> State:
        """Mark an image, or take its mark away; of three the first mark goes."""
        others = tuple(mark for mark in self.marks if mark != place)
        return replace(self, marks=others if place in self.marks else (*others[-1:], place))

    def with_verification(self, verification: VerificationState) -> State:
        """What is known of images by now."""
        return replace(self, verification=verification)

    def with_problem(self, problem: Problem | None) -> State:
        """Tell of `problem`; None takes it back."""
        return replace(self, problem=problem)

    def wait_again(self, round_id: str) -> State:
        """A round that failed is to be run again."""
        return self._with_status(round_id, "waiting")

    def move_in_queue(self, round_id: str, step: int) -> State:
        """A waiting round `step` places later, earlier if negative."""
        return replace(self, queue=self.queue.moved(round_id, step))

    def send(self, round_id: str) -> State:
        """The worker has that round from now on."""
        state = self._with_status(round_id, "running")
        words = "moving the weights back" if self.parked else "starting the round"
        return replace(state, sent=round_id, parked=False, activity=Activity(words, busy=True))

    def freed(self, round_id: str) -> State:
        """The worker is done with that round, whose end is not on disk yet."""
        return replace(self, sent="") if self.sent == round_id else self

    def take_back(self, round_id: str) -> State:
        """A waiting round is not to be run."""
        return self._with_status(round_id, "cancelled")

    def load(self, name: str) -> State:
        """The model of that name takes the place of the one that is loaded."""
        activity = Activity(f"loading {name}", busy=True)
        return replace(self, model=None, loading=name, activity=activity, problem=self._problem_besides_engine)

    def reopen(self) -> State:
        """After the worker died or failed to load: the round that it had waits again, before the others."""
        state = self._with_status(self.sent, "waiting")
        return replace(
            state, queue=state.queue.without(self.sent).add(self.sent, first=True) if self.sent else state.queue,
            sent="", problem=None, model=None, silent=False, parked=False, memory=None,
            activity=Activity("starting", busy=True),
        )  # fmt: skip

    def on(self, event: p.Event) -> State:
        """The state after `event`."""
        match event:
            case p.Loading(part, done, total):
                words = f"loading {f'{self.loading}: ' if self.loading else ''}{part.replace('_', ' ')}"
                return replace(self, activity=Activity(words, done, total, busy=True))
            case p.Loaded(model):
                problem = self._problem_besides_engine
                return replace(self, model=model, loading="", activity=Activity("ready"), problem=problem)
            case p.LoadFailed(problem) | p.WorkerDied(problem):
                return replace(self.reopen(), problem=problem, activity=Activity(""))
            case p.Silent(problem):
                return replace(self, problem=problem, silent=True)
            case p.Answering():
                return replace(self, problem=None if self.silent else self.problem, silent=False)
            case p.Pong(quiet) if self.activity.busy:
                return replace(self, activity=replace(self.activity, quiet=quiet))
            case p.Memory():
                return replace(self, memory=event)
            case p.Parked(freed, why):
                words = why or f"parked: {freed / 1e9:.1f} GB of {self.model.device if self.model else 'it'} are free"
                return replace(self, parked=not why, activity=self.activity if self.sent else Activity(words))
            case p.Step(round_id, step, steps, seconds, how=how):
                words = f"denoising {how}".rstrip() if step < steps else "decoding"
                activity = Activity(words, step, steps, seconds, busy=True)
                return replace(self, activity=activity) if round_id == self.sent else self
            case p.ImageReady(round_id, index, record=record) if round_view := self.round_views.get(round_id):
                records = tuple(record if i == index else r for i, r in enumerate(round_view.records))
                return replace(
                    self._with(replace(round_view, records=records)), model=_computing_as(self.model, record)
                )
            case p.RoundDone(round_id, seconds):
                return self._ended(round_id, "done", f"{self._count(round_id)} in {seconds:.1f} s")
            case p.RoundCancelled(round_id) if self.queue.place(round_id):
                return self  # it was taken back, and asked for once more
            case p.RoundCancelled(round_id):
                return self._ended(round_id, "cancelled", self._cancelled_words(event))
            case p.RoundFailed(round_id, problem):
                return replace(self._ended(round_id, "failed", ""), problem=problem)
            case _:
                return self

    def _count(self, round_id: str) -> str:
        count = len(self.round_views[round_id].records) if round_id in self.round_views else 0
        return counted(count, "image")

    def _cancelled_words(self, event: p.RoundCancelled) -> str:
        if not event.step:
            return "cancelled before its first step" if event.seconds else "taken back"
        took = f" in {event.seconds:.1f} s" if event.seconds else ""
        round_view = self.round_views.get(event.round_id)
        kept = (
            f" · {len(round_view.kept)} of {len(round_view.records)} images are kept"
            if round_view and round_view.kept
            else ""
        )
        return f"cancelled after step {event.step}{took}{kept}"

    def _ended(self, round_id: str, status: Status, words: str) -> State:
        """The next one may be running by now: the status line is its."""
        state = self.freed(round_id)._with_status(round_id, status)
        if status == "cancelled" and (round_view := state.round_views.get(round_id)):
            state = state._with(replace(round_view, end=words.partition(" in ")[0].partition(" · ")[0]))
        return state if state.sent else replace(state, activity=Activity(words))

    @property
    def _problem_besides_engine(self) -> Problem | None:
        """What another model does not mend: a disk that is full still, or a wrong input."""
        return self.problem if self.problem and self.problem.kind in ("file", "input") else None

    def _with_status(self, round_id: str, status: Status) -> State:
        """A round waits in the queue if and only if its status says so."""
        round_view = self.round_views.get(round_id)
        if round_view is None or round_view.status == status:
            return self
        queue = self.queue.add(round_id) if status == "waiting" else self.queue.without(round_id)
        return replace(self._with(replace(round_view, status=status)), queue=queue)

    def _with(self, round_view: RoundView) -> State:
        return replace(self, round_views={**self.round_views, round_view.round.id: round_view})


def _computing_as(model: p.ModelInfo | None, record: ImageRecord) -> p.ModelInfo | None:
    """`model` as it is loaded since the image of `record` was made: a round brings its own profile."""
    profile = record.recipe.profile
    if model is None or model.revision != record.recipe.revision:
        return model
    return msgspec.structs.replace(model, profile=profile, lora=record.recipe.lora)
