"""Which worker makes what: rounds come in, their batches go to workers, and what these make goes to the client.

Workers pull: each has at most one batch. What a person waits for goes ahead of large rounds, at the borders of batches.
A batch whose worker is lost or silent is made by another one, and duplicates must agree.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from seedtui.core.errors import Problem
from seedtui.core.images.record import pixel_hash
from seedtui.core.pool.notes import unlike_note
from seedtui.engine.pool.lane import Lane
from seedtui.engine.pool.pool_round import Batch, PoolRound
from seedtui.engine.pool.workers import Tell, Workers
from seedtui.engine.wire import protocol as p

PATIENCE = 20.0
"""Seconds that a round of several batches waits for workers that still load before it chooses its class."""

TELL = 3.0
"""Seconds of that after which it is told."""


class Dispatcher:
    """Called only from the pool's thread. `tell` passes an event to the client.

    `mixed`: a round may be spread over workers of several classes. `workers` is set before anything else is called.
    """

    workers: Workers

    def __init__(self, tell: Tell, clock: Callable[[], float], *, mixed: bool) -> None:
        self._tell, self._clock, self._mixed = tell, clock, mixed
        self._rounds: dict[str, PoolRound] = {}
        self._decodes: dict[int, list[p.Decode]] = {}
        self._parks: dict[int, p.Parked | None] = {}

    @property
    def waiting(self) -> int:
        """Batches that no worker has."""
        return sum(round_.waiting for round_ in self._rounds.values())

    # --- requests

    def run(self, request: p.Run) -> None:
        """Make a round."""
        self._rounds[request.round.id] = PoolRound(request, self._clock)

    def cancel(self, round_id: str) -> None:
        """Stop a round, on every worker at its next step."""
        if round_ := self._rounds.get(round_id):
            round_.cancel()
            self._stop(round_, lambda batch: True)
            self._close_if_over(round_)

    def finish(self, round_id: str, index: int) -> None:
        """Of that round, make only the batch that has that image."""
        if round_ := self._rounds.get(round_id):
            dropped = round_.only(index)
            self._stop(round_, lambda batch: batch in dropped)
            self._close_if_over(round_)

    def decode(self, request: p.Decode) -> None:
        """Best by a worker of this machine, where the saved state is."""
        loaded = self.workers.loaded
        if not loaded:
            self._tell(_not_decoded(request, "no worker is loaded"))
            return
        waiting = {lane.id: len(self._decodes.get(lane.id, ())) for lane in loaded}
        lane = min(loaded, key=lambda lane: (lane.is_remote, lane.batch is not None, waiting[lane.id]))
        self._decodes.setdefault(lane.id, []).append(request)
        self.workers.send(lane, request)

    def park(self) -> None:
        """Free the devices of all workers."""
        self._parks = {lane.id: None for lane in self.workers.loaded}
        for lane in self.workers.loaded:
            self.workers.send(lane, p.Park())
        if not self._parks:
            self._tell(p.Parked(0, "no worker is loaded"))

    def _stop(self, round_: PoolRound, which: Callable[[Batch], bool]) -> None:
        for lane in self.workers:
            if lane.batch and lane.round is round_ and which(lane.batch):
                self.workers.send(lane, p.Cancel(round_.id))

    # --- what workers say

    def said(self, lane: Lane, event: p.Event) -> bool:
        """Handle an event about a round or a request; False if it is about the worker itself."""
        match event:
            case p.Decoded():
                waiting = self._decodes.get(lane.id, [])
                self._decodes[lane.id] = waiting[1:]
                self._tell(event)
            case p.Parked():
                self._parked(lane, event)
            case p.Tokens():
                self._tell(event)
            case p.Step() | p.ImageReady() | p.RoundDone() | p.RoundCancelled() | p.RoundFailed():
                if lane.probing:
                    return False
                if lane.batch is None or event.round_id != lane.batch.round.id:
                    self.workers.lost(lane, Problem("engine", "it answered for a round that it does not have"))
                else:
                    self._on_batch(lane, lane.batch, event)
            case _:
                return False
        return True

    def take_up(self, lane: Lane) -> None:
        """A worker that was silent goes on with its batch, unless that is made elsewhere now."""
        if lane.batch is None or not lane.left:
            return
        round_ = self._round_of(lane)
        if round_ and round_.take_up_again(lane.id, lane.batch):
            lane.left = False
        elif round_ is None or round_.is_done(lane.batch):
            self.workers.send(lane, p.Cancel(lane.batch.round.id))

    def leave(self, lane: Lane, problem: Problem) -> None:
        """The worker is silent: another one makes its batch, if one is free before it answers again."""
        round_, left = self._round_of(lane), lane.left
        lane.left = round_ is not None
        if lane.batch and round_ and not left:
            self._make_again(round_, lane, lane.batch, problem)

    def give_back(self, lane: Lane, problem: Problem | None) -> None:
        """The worker is lost: whatever it should do is done by another one, if it is still wanted."""
        why = problem.message if problem else "its worker was ended"
        for request in self._decodes.pop(lane.id, []):
            self._tell(_not_decoded(request, why))
        self._parked(lane, p.Parked(0, why))
        batch, round_, left = lane.batch, self._round_of(lane), lane.left
        lane.batch, lane.round, lane.left = None, None, False
        if batch and round_ and not left:
            self._make_again(round_, lane, batch, problem)

    def _on_batch(self, lane: Lane, batch: Batch, event: p.Event) -> None:
        round_ = self._round_of(lane)
        match event:
            case p.Step() if round_ and not lane.left:
                self._tell(round_.step(batch, event))
            case p.ImageReady():
                self._on_image(lane, batch, round_, event)
            case p.RoundDone():
                lane.counted(len(batch.round.shots), event.seconds)
                _free(lane)
                if round_:
                    round_.finish(lane.id, batch, event)
                    self._stop(round_, lambda other: other == batch)  # by one that was silent for a while
                    self._close_if_over(round_)
            case p.RoundCancelled():
                _free(lane)
                if round_:
                    round_.drop(lane.id, batch)
                    self._close_if_over(round_)
            case p.RoundFailed(problem=problem):
                _free(lane)
                if round_ and problem.kind == "engine" and self._others(lane, round_):
                    words = f"{lane.spec.name}: {problem.message}; another worker makes {batch.words}"
                    self._tell(p.Told(words, worker=lane.spec.name))
                    self._make_again(round_, lane, batch, problem)
                elif round_:
                    round_.drop(lane.id, batch)
                    self._fail(round_, problem)

    def _on_image(self, lane: Lane, batch: Batch, round_: PoolRound | None, image: p.ImageReady) -> None:
        known = any(shot.index == image.index for shot in batch.round.shots)
        if not known or pixel_hash(image.pixels) != image.record.sha256:
            self.workers.lost(lane, Problem("engine", "it sent an image that is not the one it should make"))
            return
        if round_ is None:
            return
        record = msgspec.structs.replace(image.record, worker=lane.spec.name, notes=_notes(lane, round_, image))
        image = msgspec.structs.replace(image, record=record)
        before = round_.arrived(image)
        if before is None:
            self._tell(image)
        elif _disagree(before, image):
            names = f"{before.record.worker} and {lane.spec.name}"
            self._tell(p.Told(f"{names} made different images of seed {image.record.seed}; verify them"))
            self.workers.suspect(lane.worker_class)

    def _parked(self, lane: Lane, event: p.Parked) -> None:
        """All that were asked have parked: tell it as one."""
        if lane.id not in self._parks:
            return
        self._parks[lane.id] = event
        answers = [answer for answer in self._parks.values() if answer]
        if len(answers) == len(self._parks):
            self._parks = {}
            whys = {answer.why for answer in answers}
            self._tell(p.Parked(sum(answer.freed for answer in answers), "" if "" in whys else min(whys)))

    # --- who makes what

    def assign(self) -> None:
        """Give each worker that is ready the next batch, if there is one for it."""
        for lane in self.workers:
            if lane.is_ready and lane.suspect:
                self.workers.check(lane)
            elif lane.is_ready and lane.worker_class and (found := self._next_for(lane)):
                round_, batch = found
                lane.batch, lane.round, lane.left, lane.state = batch, round_, False, "working"
                self.workers.send(lane, msgspec.structs.replace(round_.run, round=batch.round))
        self._fail_orphans()

    def _next_for(self, lane: Lane) -> tuple[PoolRound, Batch] | None:
        for round_ in sorted(self._rounds.values(), key=lambda round_: (round_.urgency, round_.began)):
            if not round_.waiting or not self._fits(lane, round_):
                continue
            if batch := round_.take(lane.id, bool(self._others(lane, round_))):
                return round_, batch
        return None

    def _fits(self, lane: Lane, round_: PoolRound) -> bool:
        """Whether the worker may make batches of the round: those of one class do. Chooses the class at the first."""
        if round_.group is None:
            if not (self._takes_any(round_) or self._are_settled(round_)):
                return False
            round_.group = self.workers.main_class(round_.run.like)
        return self._mixed or round_.group == lane.worker_class

    def _takes_any(self, round_: PoolRound) -> bool:
        """Whether it need not wait for other workers: one batch, and no better environment for it could come."""
        like = round_.run.like
        return round_.is_single and (
            like is None or any(lane.worker_class and lane.worker_class.is_like(like) for lane in self.workers)
        )

    def _are_settled(self, round_: PoolRound) -> bool:
        """Whether all workers are there that will be soon: only then the larger class is known. The lost are not."""
        late = [lane for lane in self.workers if not (lane.is_settled or lane.losses)]
        waited = self._clock() - round_.began
        if late and TELL < waited <= PATIENCE and not round_.waits_for_workers:
            round_.waits_for_workers = True
            names = ", ".join(lane.spec.name for lane in late)
            still = "is still loading" if len(late) == 1 else "are still loading"
            self._tell(p.Told(f"{names} {still}: waiting up to {PATIENCE:.0f} s", passing=True))
        return not late or waited > PATIENCE

    def _others(self, lane: Lane, round_: PoolRound) -> list[Lane]:
        """The other workers that could make batches of the round."""
        return [
            other for other in self.workers
            if other is not lane and other.worker_class and other.state in ("ready", "working")
            and not (other.draining or other.parked) and (self._mixed or round_.group in (None, other.worker_class))
        ]  # fmt: skip

    # --- rounds end

    def _make_again(self, round_: PoolRound, lane: Lane, batch: Batch, problem: Problem | None) -> None:
        if not round_.give_back(lane.id, batch):
            why = f": {problem.message}" if problem else ""
            hint = problem.hint if problem and problem.hint else "Try a smaller size, or another recipe"
            self._fail(round_, Problem("engine", f"{batch.words} failed on three workers{why}", hint))
        self._close_if_over(round_)

    def _fail(self, round_: PoolRound, problem: Problem) -> None:
        self._rounds.pop(round_.id, None)
        self._stop(round_, lambda batch: True)
        self._tell(p.RoundFailed(round_.id, problem))

    def _fail_orphans(self) -> None:
        """A round whose class has no worker any more, and none that comes back, cannot go on by the others.

        While there are no others, it waits: for all that is known, the next worker is of its class.
        """
        if not any(lane.worker_class for lane in self.workers):
            return
        for round_ in tuple(self._rounds.values()):
            if round_.group is None or self._mixed or not round_.waiting:
                continue
            if any(lane.worker_class == round_.group for lane in self.workers):
                continue
            if any(lane.may_return and (not lane.is_settled or lane.state == "away") for lane in self.workers):
                continue
            hint = "Bring such a worker back, or start with --mixed, which allows unlike ones"
            self._fail(round_, Problem("engine", "the workers that are left make other pixels than those lost", hint))

    def _close_if_over(self, round_: PoolRound) -> None:
        if round_.is_over and self._rounds.get(round_.id) is round_:
            del self._rounds[round_.id]
            self._tell(round_.ended())

    def _round_of(self, lane: Lane) -> PoolRound | None:
        """The round that the worker makes a batch of, None if it is over."""
        round_ = lane.round
        return round_ if round_ and self._rounds.get(round_.id) is round_ else None


def _free(lane: Lane) -> None:
    """It has nothing to do, unless another model is to be loaded."""
    lane.batch, lane.round, lane.left = None, None, False
    if lane.state == "working":
        lane.state = "ready"


def _notes(lane: Lane, round_: PoolRound, image: p.ImageReady) -> tuple[str, ...]:
    if round_.group in (None, lane.worker_class):
        return image.record.notes
    return (*image.record.notes, unlike_note(lane.spec.name))


def _disagree(one: p.ImageReady, other: p.ImageReady) -> bool:
    """Whether they differ though they were made in the same way."""
    same_way = one.record.recipe.fallback == other.record.recipe.fallback
    alike = one.record.environment == other.record.environment
    return same_way and alike and one.record.sha256 != other.record.sha256


def _not_decoded(request: p.Decode, why: str) -> p.Decoded:
    return p.Decoded(request.round.id, request.round.shots[0].index, 0, 0, b"", why)
