"""A round in a pool: its batches, who has them, and what came back. Knows no workers and no threads."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from seedtui.core.rounds.parts import parts
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.seeds import seeds_in_words
from seedtui.engine.wire import protocol as p

MOST_TRIES = 3
"""A batch is made at most so often: once, and twice more if the workers that have it are lost."""


@dataclass(frozen=True)
class Batch:
    """A whole call of the pipeline, never cut again: `round` has just its images. `number` is its place."""

    number: int
    round: Round

    @property
    def words(self) -> str:
        """``seeds 4-7``"""
        seeds = tuple(dict.fromkeys(shot.seed for shot in self.round.shots))
        return f"seed{'s' if len(seeds) > 1 else ''} {seeds_in_words(seeds)}"


class PoolRound:
    """What is left of `run`, which was asked for just now, and what to tell about it."""

    def __init__(self, run: p.Run, clock: Callable[[], float]) -> None:
        self.run, self.began = run, clock()
        self._clock = clock
        self._seconds, self._since = 0.0, self.began
        """For how long workers made it, and since when they do, if any does."""
        self.cancelled_at: float | None = None
        self.only_part = False
        """Batches were left out."""
        self.waits_for_workers = False
        """It was told that it waits for workers that still load."""
        self.group: object = None
        """The class of workers that make it, once the first batch is given away."""
        self.peak = 0
        self._batches = tuple(_batches(run.round))
        self._todo = deque(self._batches)
        self._tries: Counter[int] = Counter()
        self._at: defaultdict[int, set[int]] = defaultdict(set)
        self._refused_by: defaultdict[int, set[int]] = defaultdict(set)
        self._done: set[int] = set()
        self._steps: dict[int, tuple[int, int]] = {}
        self._replayed: dict[int, float] = {}
        self._images: dict[int, p.ImageReady] = {}

    @property
    def id(self) -> str:
        return self.run.round.id

    @property
    def urgency(self) -> int:
        """0 for what a person waits for, 1 for scouting and other large rounds, which can wait."""
        return int(self.run.round.is_large)

    @property
    def waiting(self) -> int:
        """Batches that no worker has."""
        return len(self._todo)

    @property
    def is_single(self) -> bool:
        """One call makes it."""
        return len(self._batches) == 1

    @property
    def is_over(self) -> bool:
        """All its batches are done, or no longer wanted and with no worker."""
        return not self._todo and not any(self._at.values())

    def take(self, lane: int, others: bool) -> Batch | None:
        """Give the next batch to the worker `lane`, None if there is none for it.

        A batch that it has lost before goes to another one, if there are `others`.
        """
        for batch in self._todo:
            if others and lane in self._refused_by[batch.number]:
                continue
            self._todo.remove(batch)
            self._tries[batch.number] += 1
            self._give(lane, batch)
            return batch
        return None

    def give_back(self, lane: int, batch: Batch) -> bool:
        """The worker does not make `batch`; it is made elsewhere. False if it was lost too often for that."""
        self._take_from(lane, batch)
        self._steps.pop(batch.number, None)
        self._refused_by[batch.number].add(lane)
        if batch.number in self._done or self.cancelled_at is not None or self._at[batch.number]:
            return True
        if self._tries[batch.number] >= MOST_TRIES:
            return False
        if batch not in self._todo:
            self._todo.appendleft(batch)
        return True

    def take_up_again(self, lane: int, batch: Batch) -> bool:
        """The worker, which was silent, goes on with `batch`. False if it is no longer wanted from it."""
        if batch not in self._todo:
            return False
        self._todo.remove(batch)
        self._give(lane, batch)
        return True

    def is_done(self, batch: Batch) -> bool:
        return batch.number in self._done

    def finish(self, lane: int, batch: Batch, done: p.RoundDone) -> None:
        """The worker has made `batch`."""
        self._take_from(lane, batch)
        self._done.add(batch.number)
        if batch in self._todo:  # a worker that was silent is done after all
            self._todo.remove(batch)
        self.peak = max(self.peak, done.peak)
        self._replayed[batch.number] = done.replayed
        if batch.number in self._steps:
            total = self._steps[batch.number][1]
            self._steps[batch.number] = total, total

    def drop(self, lane: int, batch: Batch) -> None:
        """The worker has stopped, as it was told to."""
        self._take_from(lane, batch)

    def _give(self, lane: int, batch: Batch) -> None:
        if not any(self._at.values()):
            self._since = self._clock()
        self._at[batch.number].add(lane)

    def _take_from(self, lane: int, batch: Batch) -> None:
        seconds = self.seconds
        self._at[batch.number].discard(lane)
        self._seconds, self._since = seconds, self._clock()

    @property
    def seconds(self) -> float:
        """For how long workers made it, one or several; what it waited does not count."""
        return self._seconds + (self._clock() - self._since if any(self._at.values()) else 0.0)

    def cancel(self) -> None:
        """Nothing more is wanted."""
        if self.cancelled_at is None:
            self.cancelled_at = self._clock()
        self._todo.clear()

    def only(self, index: int) -> tuple[Batch, ...]:
        """Only the batch with that image is wanted. Returns those that workers have and that are not."""
        wanted = next((b for b in self._batches if any(s.index == index for s in b.round.shots)), None)
        if wanted is None or len(self._batches) == 1:
            return ()
        dropped = [batch for batch in self._todo if batch != wanted]
        for batch in dropped:
            self._todo.remove(batch)
        running = tuple(b for b in self._batches if b != wanted and self._at[b.number])
        self.only_part = self.only_part or bool(dropped or running)
        return running

    def arrived(self, image: p.ImageReady) -> p.ImageReady | None:
        """The image that arrived before in the place of `image`, without its pixels; None if it is the first."""
        before = self._images.get(image.index)
        if before is None:
            self._images[image.index] = msgspec.structs.replace(image, pixels=b"")
        return before

    def step(self, batch: Batch, event: p.Step) -> p.Step:
        """`event` of `batch`, as one of the whole round."""
        self._steps[batch.number] = event.step, event.steps
        done, total = self._progress(event.steps)
        return msgspec.structs.replace(event, step=done, steps=max(total, 1), seconds=self.seconds)

    @property
    def steps_done(self) -> int:
        return sum(done for done, _ in self._steps.values())

    def ended(self) -> p.RoundDone | p.RoundCancelled:
        """The end of the round."""
        if self.cancelled_at is not None or self.only_part:
            seconds = self._clock() - self.cancelled_at if self.cancelled_at is not None else 0.0
            return p.RoundCancelled(self.id, self.steps_done, seconds)
        count = len(self._batches)
        return p.RoundDone(self.id, self.seconds, self.peak, sum(self._replayed.values()) / count if count else 0.0)

    def _progress(self, steps: int) -> tuple[int, int]:
        """Steps done, and in all: those of batches that have not begun are as many as the recipe or a batch says."""
        total = sum(self._steps.get(b.number, (0, _steps(b.round, steps)))[1] for b in self._batches)
        return self.steps_done, total


def _steps(round_: Round, usual: int) -> int:
    """The steps of a batch, `usual` if its recipe leaves them to the pipeline."""
    steps = round_.recipe.steps
    if not steps:
        return usual
    return round_.stop.of(steps) if round_.stop else steps


def _batches(round_: Round) -> Iterator[Batch]:
    number = 0
    for part in parts(round_):
        size = part.recipe.batch_size
        for first in range(0, len(part.shots), size):
            yield Batch(number, msgspec.structs.replace(part, shots=part.shots[first : first + size]))
            number += 1
