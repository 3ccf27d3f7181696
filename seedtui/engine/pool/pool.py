"""The pool: one engine that consists of many. A thread of its own decides what each worker does; see `Engine`.

Workers pull: each has at most one batch. What a person waits for goes ahead of large rounds, at the borders of batches.
A batch whose worker is lost or silent is made by another one, and duplicates must agree.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

import msgspec

from seedtui import __version__
from seedtui.core.errors import Problem, SeedtuiError, one_line
from seedtui.core.images.record import pixel_hash
from seedtui.engine.client.connection import Engine
from seedtui.engine.pool.lane import Lane, LaneSpec
from seedtui.engine.pool.pool_round import Batch, PoolRound
from seedtui.engine.pool.roster import Key, News, Roster, Start, WorkerSaid, WorkerStarted
from seedtui.engine.pool.worker_class import WorkerClass, probe_round
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import (
    AddWorker,
    ChangeWorker,
    Hello,
    Open,
    PoolChanged,
    WorkerState,
    wire_version,
)

TICK = 0.25
"""Seconds after which the pool looks at the clock."""

PATIENCE = 20.0
"""Seconds that a round of several batches waits for workers that still load before it chooses its class."""

GIVE_UP = 30.0
"""Seconds after which the connection to a silent worker on another machine is ended, and made again."""

EVERY = 0.5
"""Seconds between two `PoolChanged`."""

Where = Callable[[str, Sequence[LaneSpec]], LaneSpec]
"""The spec for another worker at a place, as in `AddWorker`, beside those of the pool. Raises SeedtuiError."""


class Pool:
    """Workers of `specs`, started by `start`; `where` says what a worker is that is added later.

    `mixed`: a round may be spread over workers of several classes. `keep_alive` is for workers on other machines, in
    minutes.
    """

    def __init__(
        self, specs: Sequence[LaneSpec], start: Start, where: Where, *, mixed: bool = False, keep_alive: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._where, self._mixed, self._keep_alive, self._clock = where, mixed, keep_alive, clock
        self._wire = wire_version(p.Request, p.Event)
        self._inbox: queue.SimpleQueue[p.Request | News] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[p.Event | None] = queue.SimpleQueue()
        self._roster = Roster(start, self._inbox.put)
        self._lanes: dict[int, Lane] = {}
        self._load: p.Load | None = None
        self._loaded = False
        self._rounds: dict[str, PoolRound] = {}
        self._classes: list[WorkerClass] = []
        self._parks: dict[int, p.Parked | None] = {}
        self._silent = False
        self._told: set[str] = set()
        self._shown: PoolChanged | None = None
        self._next_show = 0.0
        self._closed = False
        for spec in specs:
            self._add(spec)
        threading.Thread(target=self._serve, name="pool", daemon=True).start()

    # --- Engine

    def send(self, request: p.Request) -> None:
        self._inbox.put(request)

    def events(self) -> Iterator[p.Event]:
        while (event := self._outbox.get()) is not None:
            yield event

    def close(self) -> None:
        self._end(kill=False)

    def kill(self) -> None:
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if not self._closed:
            self._closed = True
            self._roster.close(kill=kill)
            self._outbox.put(None)

    # --- the pool's thread

    def _serve(self) -> None:
        try:
            while not self._closed:
                with contextlib.suppress(queue.Empty):
                    self._handle(self._inbox.get(timeout=TICK))
                self._look_at_the_clock()
                self._assign()
                self._show()
        except Exception as error:  # a bug: the app must not wait for ever
            traceback.print_exc(file=sys.stderr)
            self._tell(p.WorkerDied(Problem("engine", f"the pool failed: {type(error).__name__}: {one_line(error)}")))
            self._end(kill=True)

    def _tell(self, event: p.Event) -> None:
        if not self._closed:
            self._outbox.put(event)

    def _handle(self, item: p.Request | News) -> None:
        match item:
            case WorkerStarted(key, engine):
                if lane := self._lane(key):
                    self._started(lane, engine)
            case WorkerSaid(key, event):
                if lane := self._lane(key):
                    lane.heard = self._clock()
                    self._said(lane, event)
            case _:
                self._asked(item)

    def _lane(self, key: Key) -> Lane | None:
        """The worker with that key, None if it was given up."""
        lane = self._lanes.get(key.lane)
        return lane if lane and lane.generation == key.generation else None

    # --- requests

    def _asked(self, request: p.Request) -> None:
        match request:
            case p.Load():
                self._load, self._loaded, self._classes = request, False, []
                for lane in self._lanes.values():
                    self._load_on(lane)
            case p.Run(round_):
                self._rounds[round_.id] = PoolRound(request, self._clock())
            case p.Cancel(round_id) if known := self._rounds.get(round_id):
                known.cancel(self._clock())
                self._stop_batches(known, lambda batch: True)
                self._close_if_over(known)
            case p.Finish(round_id, index) if known := self._rounds.get(round_id):
                dropped = known.only(index)
                self._stop_batches(known, lambda batch: batch in dropped)
                self._close_if_over(known)
            case p.Decode():
                self._decode(request)
            case p.CountTokens():
                if able := [lane for lane in self._lanes.values() if lane.info and lane.engine]:
                    self._send(able[0], request)
            case p.Park():
                self._park_all()
            case AddWorker(where):
                self._add_at(where)
            case ChangeWorker(id_, how):
                if changed := self._lanes.get(id_):
                    self._change(changed, how)

    def _stop_batches(self, round_: PoolRound, which: Callable[[Batch], bool]) -> None:
        for lane in self._lanes.values():
            if lane.batch and lane.round is round_ and which(lane.batch):
                self._send(lane, p.Cancel(round_.id))

    def _decode(self, request: p.Decode) -> None:
        """By a worker of this machine, which has the saved state."""
        able = [lane for lane in self._lanes.values() if lane.info and lane.engine and not lane.is_remote]
        if not able:
            index = request.round.shots[0].index
            self._tell(p.Decoded(request.round.id, index, 0, 0, b"", "no worker of this machine is loaded"))
            return
        lane = min(able, key=lambda lane: (lane.batch is not None, len(lane.decoding)))
        lane.decoding.append(request)
        self._send(lane, request)

    def _park_all(self) -> None:
        self._parks = {lane.id: None for lane in self._lanes.values() if lane.info and lane.engine}
        for id_ in self._parks:
            self._send(self._lanes[id_], p.Park())
        if not self._parks:
            self._tell(p.Parked(0, "no worker is loaded"))

    def _parked(self, lane: Lane, event: p.Parked) -> None:
        if lane.id not in self._parks:
            return
        self._parks[lane.id] = event
        answers = list(self._parks.values())
        if None not in answers:
            done = [answer for answer in answers if answer]
            whys = {answer.why for answer in done}
            self._parks = {}
            self._tell(p.Parked(sum(answer.freed for answer in done), whys.pop() if "" not in whys else ""))

    def _add_at(self, where: str) -> None:
        try:
            self._add(self._where(where, [lane.spec for lane in self._lanes.values()]))
        except SeedtuiError as error:
            self._tell(p.Told(f"no worker was added: {error.problem.message}"))

    def _change(self, lane: Lane, how: str) -> None:
        match how:
            case "drain":
                lane.draining = not lane.draining
            case "park":
                lane.parked = not lane.parked
                if lane.parked and lane.info:
                    self._send(lane, p.Park())
            case "restart":
                self._roster.end(Key(lane.id, lane.generation))
                lane.losses, lane.draining, lane.parked = 0, False, False
                self._give_back(lane)
                self._begin(lane)
            case "remove":
                self._roster.end(Key(lane.id, lane.generation))
                lane.generation += 1
                lane.engine, lane.state = None, "removed"
                self._give_back(lane)
                del self._lanes[lane.id]
                self._look_for_the_end(Problem("engine", "all workers were removed", "Restart, or add one"))

    # --- workers come and go

    def _add(self, spec: LaneSpec) -> Lane:
        lane = Lane(max(self._lanes, default=0) + 1, spec)
        self._lanes[lane.id] = lane
        self._begin(lane)
        return lane

    def _begin(self, lane: Lane) -> None:
        lane.generation += 1
        lane.engine, lane.info, lane.worker_class, lane.memory = None, None, None, None
        lane.state, lane.why, lane.retry_at, lane.silent_since = "starting", "", None, None
        lane.opened, lane.left = False, False
        lane.heard = self._clock()
        self._roster.begin(Key(lane.id, lane.generation), lane.spec)

    def _started(self, lane: Lane, engine: Engine) -> None:
        lane.engine = engine
        if not lane.is_remote:
            lane.opened = True
            self._load_on(lane)

    def _hello(self, lane: Lane, hello: Hello) -> None:
        """A worker on another machine introduces itself: its program must be this one."""
        if (hello.version, hello.wire) != (__version__, self._wire):
            versions = f"seedtui {hello.version} there, {__version__} here"
            same = " with other messages" if hello.version == __version__ else ""
            self._fail(lane, f"{versions}{same}: install the same version")
            return
        if hello.gpus and not lane.spec.gpu:
            self._spread_over_gpus(lane, hello)
        elif hello.workers and not lane.spec.number:
            self._spread(lane, hello.workers)
        if lane.state == "starting":
            lane.opened = True
            self._send(lane, Open(lane.spec.gpu, self._keep_alive, f"{lane.spec.number}"))
            self._load_on(lane)

    def _spread_over_gpus(self, lane: Lane, hello: Hello) -> None:
        """The machine has GPUs: this worker takes the first one that may be used, and others are added for the rest."""
        wanted = lane.spec.host.devices if lane.spec.host else "all"
        usable = [
            gpu for gpu in hello.gpus
            if wanted == "all" or (gpu.is_free if wanted == "free" else gpu.index in wanted)
        ]  # fmt: skip
        taken = {other.spec.gpu for other in self._lanes.values() if other.spec.host == lane.spec.host}
        usable = [gpu for gpu in usable if gpu.uuid not in taken]
        if not usable:
            users = "; ".join(f"GPU {gpu.index}: {', '.join(gpu.users) or 'in use'}" for gpu in hello.gpus)
            self._fail(lane, f"no GPU is free ({users})" if wanted == "free" else "it has no such GPU")
            return
        base = lane.spec.name
        lane.spec = msgspec.structs.replace(
            lane.spec, gpu=usable[0].uuid, name=f"{base} gpu {usable[0].index}", number=usable[0].index
        )
        for gpu in usable[1:]:
            self._add(
                msgspec.structs.replace(lane.spec, gpu=gpu.uuid, name=f"{base} gpu {gpu.index}", number=gpu.index)
            )

    def _spread(self, lane: Lane, workers: int) -> None:
        """The place has room for so many workers: this one is the first."""
        base = lane.spec.name
        for number in range(1, workers + 1):
            spec = msgspec.structs.replace(lane.spec, number=number, name=f"{base} {number}" if workers > 1 else base)
            if number == 1:
                lane.spec = spec
            else:
                self._add(spec)

    def _fail(self, lane: Lane, why: str) -> None:
        """It cannot be used, and will not come back by itself."""
        self._roster.end(Key(lane.id, lane.generation))
        lane.generation += 1
        lane.engine, lane.state, lane.why = None, "failed", why
        self._give_back(lane)
        self._tell_once(f"{lane.spec.name}: {why}")
        self._look_for_the_end(Problem("engine", f"{lane.spec.name}: {why}"))

    def _load_on(self, lane: Lane) -> None:
        if self._load is None or not lane.opened:
            return
        lane.info, lane.worker_class, lane.state = None, None, "loading"
        changes: dict[str, object] = {"threads": self._load.threads or lane.spec.threads}
        if lane.spec.gpu:
            changes["device"] = "cuda"  # the worker sees only its own
        self._send(lane, msgspec.structs.replace(self._load, **changes))

    def _lost(self, lane: Lane, problem: Problem) -> None:
        """Its process is gone, or the line to it."""
        was_ready = lane.info is not None
        lane.generation += 1
        lane.opened = False
        lane.engine, lane.info, lane.worker_class, lane.memory = None, None, None, None
        lane.why = problem.message
        delay = lane.delay()
        lane.state, lane.retry_at = ("failed", None) if delay is None else ("away", self._clock() + delay)
        for request in lane.decoding:
            index = request.round.shots[0].index
            self._tell(p.Decoded(request.round.id, index, 0, 0, b"", problem.message))
        lane.decoding.clear()
        if lane.id in self._parks:
            self._parked(lane, p.Parked(0, problem.message))
        self._give_back(lane, problem)
        if was_ready or delay is None:
            self._tell(p.Told(f"{lane.spec.name}: {problem.message}"))
        self._look_for_the_end(problem)

    def _look_for_the_end(self, problem: Problem) -> None:
        """Without any worker left, the pool is dead."""
        if not any(lane.may_return for lane in self._lanes.values()):
            self._tell(p.WorkerDied(problem))
            self._end(kill=True)

    def _give_back(self, lane: Lane, problem: Problem | None = None) -> None:
        """Whatever it was making is made by another one, if it is still wanted."""
        batch, round_ = lane.batch, self._round_of(lane)
        lane.batch, lane.round, lane.left = None, None, False
        if batch and round_:
            self._given_back(round_, lane, batch, problem)

    def _round_of(self, lane: Lane) -> PoolRound | None:
        """The round that the worker makes a batch of, None if it is over."""
        round_ = lane.round
        return round_ if round_ and self._rounds.get(round_.id) is round_ else None

    def _given_back(self, round_: PoolRound, lane: Lane, batch: Batch, problem: Problem | None) -> None:
        if not round_.give_back(lane.id, batch):
            why = f": {problem.message}" if problem else ""
            hint = problem.hint if problem and problem.hint else "Try a smaller size, or another recipe"
            self._fail_round(round_, Problem("engine", f"{batch.words} failed on three workers{why}", hint))
        self._close_if_over(round_)

    # --- what workers say

    def _said(self, lane: Lane, event: p.Event) -> None:
        match event:
            case p.WorkerDied(problem):
                self._lost(lane, problem)
            case Hello():
                self._hello(lane, event)
            case p.Loading():
                if not self._loaded and lane.id == min(self._lanes):
                    self._tell(event)
            case p.Loaded(info):
                self._on_loaded(lane, info)
            case p.LoadFailed(problem):
                self._on_load_failed(lane, problem)
            case p.Silent(problem):
                self._on_silent(lane, problem)
            case p.Answering():
                self._on_answering(lane)
            case p.Tokens():
                self._tell(event)
            case p.Decoded():
                lane.decoding = lane.decoding[1:]
                self._tell(event)
            case p.Parked():
                self._parked(lane, event)
            case p.Memory():
                lane.memory = event
                self._tell(self._memory())
            case p.Pong():
                if not any(other.is_ready or other.state == "checking" for other in self._lanes.values()):
                    self._tell(event)
            case p.Told(words):
                self._tell_once(words)
            case p.Step() | p.ImageReady() | p.RoundDone() | p.RoundCancelled() | p.RoundFailed() if lane.batch:
                if event.round_id != lane.batch.round.id:
                    self._wrong(lane, "it answered for a round that it does not have")
                elif lane.probing:
                    self._on_probe(lane, event)
                else:
                    self._on_batch(lane, lane.batch, event)

    def _on_loaded(self, lane: Lane, info: p.ModelInfo) -> None:
        if self._load is None:
            return
        lane.info = info
        probe = probe_round(self._load.recipe)
        lane.probe = ()
        if probe is None:
            self._classified(lane)
            return
        lane.state, lane.batch, lane.round = "checking", Batch(-1, probe), None
        self._send(lane, p.Run(probe))

    def _on_load_failed(self, lane: Lane, problem: Problem) -> None:
        lane.state, lane.why = "failed", problem.message
        if any(other.may_return for other in self._lanes.values()):
            self._tell_once(f"{lane.spec.name}: {problem.message}")
        elif self._load is not None:  # the workers wait for another model
            self._tell(p.LoadFailed(problem, self._load.spec))

    def _on_probe(self, lane: Lane, event: p.Event) -> None:
        match event:
            case p.ImageReady(record=record):
                lane.probe = (*lane.probe, record.sha256)
            case p.RoundDone() | p.RoundFailed() | p.RoundCancelled():
                lane.batch = None
                self._classified(lane)

    def _classified(self, lane: Lane) -> None:
        """It is known now which pixels it makes."""
        assert lane.info is not None and self._load is not None
        lane.worker_class, lane.state, lane.why = WorkerClass.of(lane.info, lane.probe), "ready", ""
        if lane.worker_class not in self._classes:
            self._classes.append(lane.worker_class)
            if len(self._classes) > 1:
                first = next((o for o in self._lanes.values() if o.worker_class == self._classes[0]), None)
                differs = lane.worker_class.differences(self._classes[0])
                lane.why = "; ".join(differs)
                name = first.spec.name if first else "the first one"
                self._tell_once(f"{lane.spec.name} differs from {name}: {lane.why}")
        if not self._loaded:
            self._loaded = True
            self._tell(p.Loaded(lane.info, self._load.spec))

    def _on_batch(self, lane: Lane, batch: Batch, event: p.Event) -> None:
        round_ = self._round_of(lane)
        match event:
            case p.Step() if round_ and not lane.left:
                self._tell(round_.step(batch, event, self._clock()))
            case p.ImageReady():
                self._on_image(lane, batch, round_, event)
            case p.RoundDone():
                lane.losses = 0
                lane.counted(len(batch.round.shots), event.seconds)
                self._freed(lane)
                if round_:
                    round_.finish(lane.id, batch, event)
                    self._close_if_over(round_)
            case p.RoundCancelled():
                self._freed(lane)
                if round_:
                    round_.drop(lane.id, batch)
                    self._close_if_over(round_)
            case p.RoundFailed(problem=problem):
                self._freed(lane)
                if round_ and problem.kind == "engine" and self._others(lane, round_):
                    self._tell(p.Told(f"{lane.spec.name}: {problem.message}; another worker makes {batch.words}"))
                    self._given_back(round_, lane, batch, problem)
                elif round_:
                    round_.drop(lane.id, batch)
                    self._fail_round(round_, problem)

    def _freed(self, lane: Lane) -> None:
        """It has nothing to do, unless another model is to be loaded."""
        lane.batch, lane.round, lane.left = None, None, False
        if lane.state == "working":
            lane.state = "ready"

    def _on_image(self, lane: Lane, batch: Batch, round_: PoolRound | None, image: p.ImageReady) -> None:
        if image.index not in {shot.index for shot in batch.round.shots} or (
            pixel_hash(image.pixels) != image.record.sha256
        ):
            self._wrong(lane, "it sent an image that is not the one it should make")
            return
        if round_ is None:
            return
        before = round_.arrived(image)
        if before is not None:
            same = before.record.sha256 == image.record.sha256
            if not same and before.record.recipe.fallback == image.record.recipe.fallback:
                self._disagree(lane, before, image)
            return
        record = msgspec.structs.replace(image.record, worker=lane.spec.name, notes=self._notes(lane, round_, image))
        self._tell(msgspec.structs.replace(image, record=record))

    def _notes(self, lane: Lane, round_: PoolRound, image: p.ImageReady) -> tuple[str, ...]:
        if round_.group in (None, lane.worker_class):
            return image.record.notes
        return (*image.record.notes, f"made on {lane.spec.name}, unlike others of its round: low bits may differ")

    def _disagree(self, lane: Lane, before: p.ImageReady, image: p.ImageReady) -> None:
        """Two workers of a class made different images: all of the class are compared again."""
        names = before.record.worker, lane.spec.name
        self._tell(p.Told(f"{names[0]} and {names[1]} made different images of seed {image.record.seed}: check both"))
        for other in self._lanes.values():
            if other.worker_class == lane.worker_class and other.batch is None and other.info and other.engine:
                self._on_loaded(other, other.info)

    def _wrong(self, lane: Lane, why: str) -> None:
        """What it says cannot be true: it is restarted."""
        self._roster.end(Key(lane.id, lane.generation))
        self._lost(lane, Problem("engine", why))

    def _on_silent(self, lane: Lane, problem: Problem) -> None:
        lane.state, lane.why, lane.silent_since = "silent", problem.message, self._clock()
        if lane.batch and (round_ := self._round_of(lane)):
            lane.left = True
            self._given_back(round_, lane, lane.batch, problem)
        if not self._silent and all(o.state in ("silent", "away") or not o.may_return for o in self._lanes.values()):
            self._silent = True
            self._tell(p.Silent(problem))

    def _on_answering(self, lane: Lane) -> None:
        lane.why, lane.silent_since = "", None
        lane.state = _state_of(lane)
        batch, round_ = lane.batch, self._round_of(lane)
        if batch and lane.left:
            if round_ and round_.take_up_again(lane.id, batch):
                lane.left = False
            elif round_ is None or round_.is_done(batch):
                self._send(lane, p.Cancel(batch.round.id))
        self._heard()

    def _heard(self) -> None:
        if self._silent:
            self._silent = False
            self._tell(p.Answering())

    # --- who makes what

    def _assign(self) -> None:
        """Give each worker that is ready the next batch, if there is one for it."""
        for lane in list(self._lanes.values()):
            if lane.is_ready and lane.worker_class and (found := self._next_for(lane)):
                round_, batch = found
                lane.batch, lane.round, lane.state = batch, round_, "working"
                run = msgspec.structs.replace(
                    round_.run, round=batch.round, saved="" if lane.is_remote else round_.run.saved
                )
                self._send(lane, run)

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
            if not round_.is_single and not self._are_settled(round_):
                return False
            round_.group = self._class_for(round_)
        return self._mixed or round_.group == lane.worker_class

    def _are_settled(self, round_: PoolRound) -> bool:
        """Whether all workers are there that will be soon: only then the larger class is known."""
        late = self._clock() - round_.began > PATIENCE
        return late or all(lane.is_settled for lane in self._lanes.values())

    def _class_for(self, round_: PoolRound) -> WorkerClass | None:
        """That of the environment that the round should be made in, or else the class with most workers."""
        able = [lane.worker_class for lane in self._lanes.values() if lane.worker_class and not lane.draining]
        if like := round_.run.like:
            alike = [one for one in able if one.is_like(like)]
            able = alike or able
        return max(able, key=able.count, default=None)

    def _others(self, lane: Lane, round_: PoolRound) -> list[Lane]:
        """The other workers that could make batches of the round."""
        return [
            other for other in self._lanes.values()
            if other is not lane and other.worker_class and other.state in ("ready", "working")
            and not (other.draining or other.parked) and (self._mixed or round_.group in (None, other.worker_class))
        ]  # fmt: skip

    def _fail_round(self, round_: PoolRound, problem: Problem) -> None:
        self._rounds.pop(round_.id, None)
        self._stop_batches(round_, lambda batch: True)
        self._tell(p.RoundFailed(round_.id, problem))

    def _close_if_over(self, round_: PoolRound) -> None:
        if round_.is_over and self._rounds.get(round_.id) is round_:
            del self._rounds[round_.id]
            self._tell(round_.ended(self._clock()))

    # --- the clock

    def _look_at_the_clock(self) -> None:
        now = self._clock()
        for lane in list(self._lanes.values()):
            if lane.retry_at is not None and now >= lane.retry_at:
                self._begin(lane)
            elif lane.is_remote and lane.silent_since is not None and now - lane.silent_since > GIVE_UP:
                self._roster.end(Key(lane.id, lane.generation))
                self._lost(lane, Problem("engine", f"no answer for {now - lane.silent_since:.0f} s"))
        self._fail_orphans(now)

    def _fail_orphans(self, now: float) -> None:
        """A round whose class has no worker any more, and none that comes back, cannot go on."""
        for round_ in list(self._rounds.values()):
            if round_.group is None or self._mixed or not round_.waiting:
                continue
            if any(lane.worker_class == round_.group for lane in self._lanes.values()):
                continue
            if any(not lane.is_settled or lane.state == "away" for lane in self._lanes.values()):
                continue
            hint = "Run it again with --mixed, or bring such a worker back"
            self._fail_round(round_, Problem("engine", "the workers left make other pixels than those lost", hint))

    def _memory(self) -> p.Memory:
        known = [lane.memory for lane in self._lanes.values() if lane.memory]
        return p.Memory(*(sum(getattr(one, name) for one in known) for name in ("ours", "others", "total")))

    def _show(self) -> None:
        now = self._clock()
        if now < self._next_show:
            return
        groups = {one: number for number, one in enumerate(self._classes, 1)}
        views = tuple(
            lane.view(now, groups.get(lane.worker_class, 0) if lane.worker_class else 0)
            for lane in self._lanes.values()
        )
        changed = PoolChanged(views, sum(round_.waiting for round_ in self._rounds.values()))
        if changed != self._shown:
            self._shown, self._next_show = changed, now + EVERY
            self._tell(changed)

    def _tell_once(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._tell(p.Told(words))

    def _send(self, lane: Lane, request: p.Request) -> None:
        if lane.engine is not None:
            lane.engine.send(request)


def _state_of(lane: Lane) -> WorkerState:
    """What a worker that answers again is up to."""
    if lane.probing:
        return "checking"
    if lane.batch:
        return "working"
    return "ready" if lane.worker_class else "loading"
