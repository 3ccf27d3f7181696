"""A pool without processes, threads and time: tests say what each of its workers does, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.rounds.calls import calls
from seedtui.engine import fake
from seedtui.engine.pool.dispatcher import Dispatcher
from seedtui.engine.pool.lane import Lane, LaneSpec
from seedtui.engine.pool.roster import Key
from seedtui.engine.pool.workers import Workers
from seedtui.engine.wire import protocol as p

LOAD = p.Load("starter", "/starter")


class Sent(NamedTuple):
    """A worker's process, as far as the pool sees it: what it was sent, and whether it was ended."""

    requests: list[p.Request]

    def send(self, request: p.Request) -> None:
        self.requests.append(request)

    def events(self) -> Iterator[p.Event]:
        raise AssertionError("tests say what it sends")

    def close(self) -> None: ...

    def kill(self) -> None: ...


class Floor:
    """Workers of `specs`, all of them started; `told` is what the pool's client gets."""

    def __init__(self, specs: Sequence[LaneSpec] | int = 2, *, mixed: bool = False, lives_on: bool = False) -> None:
        self.now = 0.0
        self.told: list[p.Event] = []
        self.begun: list[Key] = []
        self.ended: list[Key] = []
        self.environments: dict[int, Environment] = {}
        """Of workers that are unlike the others, by their ids."""
        self.rounds = Dispatcher(self.told.append, lambda: self.now, mixed=mixed)
        self.workers = Workers(
            self, self._where, self.told.append, self.rounds, 0.0, lambda: self.now, lives_on=lives_on
        )
        self.rounds.workers = self.workers
        if isinstance(specs, int):
            specs = [LaneSpec(f"cpu {n}", threads=1, number=n) for n in range(1, specs + 1)]
        for spec in specs:
            self.workers.add(spec)

    # --- the roster

    def begin(self, key: Key, spec: LaneSpec) -> None:
        self.begun.append(key)

    def end(self, key: Key) -> None:
        self.ended.append(key)

    def _where(self, where: str, existing: Sequence[LaneSpec]) -> LaneSpec:
        return LaneSpec(where or f"cpu {len(existing) + 1}")

    # --- what tests do

    @property
    def lanes(self) -> dict[int, Lane]:
        return {lane.id: lane for lane in self.workers}

    def boot(self) -> None:
        """Start every worker that waits for its process, load the model, and prove itself."""
        for lane in self.workers:
            if lane.state == "starting" and lane.engine is None:
                self.start(lane)

    def start(self, lane: Lane) -> None:
        self.workers.started(lane, Sent([]))
        if any(isinstance(request, p.Load) for request in self.requests(lane)):
            self.load(lane)

    def load(self, lane: Lane) -> None:
        """It loads what it was asked to, and makes the probe."""
        self.say_loaded(lane, lane.asked)
        self.make(lane)

    def say_loaded(self, lane: Lane, asked: p.Load | None) -> None:
        """It has loaded what it was `asked` to."""
        environment = self.environments.get(lane.id, Environment())
        info = msgspec.structs.replace(fake.MODEL, environment=environment)
        self.say(lane, p.Loaded(info, asked.spec if asked else None))

    def requests(self, lane: Lane) -> list[p.Request]:
        assert isinstance(lane.engine, Sent)
        return lane.engine.requests

    def say(self, lane: Lane, event: p.Event) -> None:
        """The worker sends `event`."""
        if not self.rounds.said(lane, event):
            self.workers.said(lane, event)
        self.rounds.assign()

    def image(self, lane: Lane, place: int) -> p.ImageReady:
        """What it would send for the image at that place of its batch."""
        assert lane.batch
        round_ = lane.batch.round
        (call,) = calls(round_)
        slot, shot = call.wanted[place]
        image = fake.image_of(round_, shot)
        record = msgspec.structs.replace(
            image.record, slot=slot, batch=call.batch, environment=self.environments.get(lane.id, Environment())
        )
        return msgspec.structs.replace(image, record=record)

    def send_image(self, lane: Lane, place: int) -> None:
        self.say(lane, self.image(lane, place))

    def make(self, lane: Lane) -> None:
        """It makes its whole batch."""
        assert lane.batch
        batch = lane.batch
        self.say(lane, p.Step(batch.round.id, fake.STEPS, fake.STEPS, 0.1))
        for place in range(len(batch.round.shots)):
            self.send_image(lane, place)
        self.say(lane, p.RoundDone(batch.round.id, 0.5))

    def die(self, lane: Lane) -> None:
        self.say(lane, p.WorkerDied(Problem("engine", "the worker was killed")))

    def run(self, run: p.Run) -> None:
        self.rounds.run(run)
        self.rounds.assign()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.workers.look_at_the_clock()
        self.rounds.assign()

    @property
    def working(self) -> list[Lane]:
        """Those that make a batch of a round."""
        return [lane for lane in self.workers if lane.batch and lane.state == "working"]

    def images(self, round_id: str) -> list[int]:
        """The places of the images of that round that the client got, in the order they came."""
        return [e.index for e in self.told if isinstance(e, p.ImageReady) and e.round_id == round_id]

    def ends(self, round_id: str) -> list[p.Event]:
        """The ends of that round that the client was told."""
        ends = p.RoundDone, p.RoundCancelled, p.RoundFailed
        return [e for e in self.told if isinstance(e, ends) and e.round_id == round_id]


def loaded_floor(specs: Sequence[LaneSpec] | int = 2, *, mixed: bool = False) -> Floor:
    """A floor whose workers have loaded the model."""
    floor = Floor(specs, mixed=mixed)
    floor.workers.load(LOAD)
    floor.boot()
    return floor
