"""The workers of a pool: how they come, load, prove what they make, go, and come back. Knows no rounds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from seedtui import __version__
from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.images.environment import Environment
from seedtui.engine.client.connection import Engine
from seedtui.engine.client.relay import machine
from seedtui.engine.pool.lane import Lane, LaneSpec
from seedtui.engine.pool.pool_round import Batch
from seedtui.engine.pool.roster import Key, Roster
from seedtui.engine.pool.worker_class import WorkerClass, probe_round
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import (
    ChangeWorker,
    Gpu,
    Hello,
    Open,
    WorkerState,
    WorkerView,
    users_in_words,
)

GIVE_UP = 30.0
"""Seconds after which the connection to a silent worker on another machine is ended, and made again."""

HUNG = 120.0
"""The same for one on this machine, which has no line that could be mended: it hangs, and is started again."""

UNANSWERED = 45.0
"""Seconds within which a worker on another machine must introduce itself."""

Where = Callable[[str, Sequence[LaneSpec]], LaneSpec]
"""The spec for another worker at a place, as in `AddWorker`, beside those of the pool. Raises SeedtuiError."""

Tell = Callable[[p.Event], object]


class Rounds(Protocol):
    """What has given the workers their batches.

    It is told when one is lost (`give_back`), when one is silent (`leave`), and when that one answers (`take_up`).
    """

    def give_back(self, lane: Lane, problem: Problem | None) -> None: ...

    def leave(self, lane: Lane, problem: Problem) -> None: ...

    def take_up(self, lane: Lane) -> None: ...


class Workers:
    """Called only from the pool's thread. `tell` passes an event to the client.

    If no worker is left that could come back by itself, that is the end, unless the pool `lives_on`: then it waits for
    somebody to add one, or to restart one. Workers on other machines stay there for `keep_alive` minutes after their
    client.
    """

    def __init__(
        self, roster: Roster, where: Where, tell: Tell, rounds: Rounds, keep_alive: float,
        clock: Callable[[], float], *, lives_on: bool = False,
    ) -> None:  # fmt: skip
        self._roster, self._where, self._tell, self._rounds = roster, where, tell, rounds
        self._keep_alive, self._clock, self._lives_on = keep_alive, clock, lives_on
        self._machine = machine()
        self._id = secrets.token_hex(8)
        self._lanes: dict[int, Lane] = {}
        self._last_id = 0
        self._load: p.Load | None = None
        self._loaded = False
        self._classes: list[WorkerClass] = []
        self._silent = False
        self._told: set[str] = set()
        self.is_dead = False
        """No worker is left, and nobody waits for one."""

    def __iter__(self) -> Iterator[Lane]:
        return iter(tuple(self._lanes.values()))

    def find(self, key: Key) -> Lane | None:
        """The worker with that key, None if it was given up."""
        lane = self._lanes.get(key.lane)
        return lane if lane and lane.generation == key.generation else None

    @property
    def loaded(self) -> list[Lane]:
        """Those that have a model."""
        return [lane for lane in self if lane.info and lane.engine]

    @property
    def memory(self) -> p.Memory:
        """That of all devices together."""
        known = [lane.memory for lane in self if lane.memory]
        return p.Memory(*(sum(getattr(one, name) for one in known) for name in ("ours", "others", "total")))

    def views(self, *, mixed: bool = False) -> tuple[WorkerView, ...]:
        """They as people see them. `mixed`: a round may be spread over several classes."""
        now, main = self._clock(), self.main_class()
        groups: dict[WorkerClass | None, int] = {one: number for number, one in enumerate(self._classes, 1)}
        return tuple(
            lane.view(now, groups.get(lane.worker_class, 0), not mixed and lane.worker_class not in (None, main))
            for lane in self
        )

    def main_class(self, like: Environment | None = None) -> WorkerClass | None:
        """The class with most workers that take batches: of those in that environment, if there are any."""
        able = [lane.worker_class for lane in self if lane.worker_class and not lane.draining]
        if like:
            able = [one for one in able if one.is_like(like)] or able
        return max(able, key=able.count, default=None)

    # --- what the user asks for

    def add(self, spec: LaneSpec) -> None:
        """Start another worker."""
        self._last_id += 1
        lane = self._lanes[self._last_id] = Lane(self._last_id, spec)
        self._begin(lane)

    def add_at(self, where: str) -> None:
        """Start another worker at that place, or say why that is not possible."""
        try:
            self.add(self._where(where, [lane.spec for lane in self]))
        except SeedtuiError as error:
            self._tell(p.Told(f"no worker was added: {error.problem.message}", of_workers=True))

    def change(self, change: ChangeWorker) -> None:
        """Drain, park, restart or remove a worker, if it is still there."""
        lane = self._lanes.get(change.id)
        if lane is None:
            return
        match change.how:
            case "drain":
                lane.draining = not lane.draining
            case "park":
                lane.parked = not lane.parked
                if lane.parked and lane.info:
                    self.send(lane, p.Park())
            case "restart":
                self._end(lane)
                lane.losses, lane.missed, lane.draining, lane.parked = 0, False, False, False
                lane.told.clear()
                self._rounds.give_back(lane, None)
                self._begin(lane)
            case "remove":
                self._end(lane)
                lane.state = "removed"
                self._rounds.give_back(lane, None)
                del self._lanes[lane.id]
                if not self._lanes:
                    self._tell(p.Told("all workers were removed: add one", of_workers=True))

    def load(self, request: p.Load) -> None:
        """Load a model on all workers, those that come later too; without a path, on those of other machines."""
        self._load, self._loaded, self._classes = request, False, []
        self._told.clear()
        for lane in self:
            self._load_on(lane)

    def send(self, lane: Lane, request: p.Request) -> None:
        """Send a request to a worker; it is lost if there is none at the moment."""
        if lane.engine is not None:
            lane.engine.send(request)

    # --- they come

    def started(self, lane: Lane, engine: Engine) -> None:
        """Its process runs."""
        lane.engine = engine
        if not lane.is_remote:
            lane.opened = True
            self._load_on(lane)

    def _begin(self, lane: Lane) -> None:
        lane.forget_process()
        lane.state, lane.why, lane.retry_at = "starting", "", None
        lane.heard = self._clock()
        self._roster.begin(Key(lane.id, lane.generation), lane.spec)

    def _hello(self, lane: Lane, hello: Hello) -> None:
        """A worker on another machine introduces itself: its program must be this one."""
        if (hello.version, hello.wire) != (__version__, p.own_wire()):
            versions = f"seedtui {hello.version} there, {__version__} here"
            same = " with other messages" if hello.version == __version__ else ""
            self._fail(lane, f"{versions}{same}: install the same version")
            return
        lane.has_answered = True
        if hello.gpus and not lane.spec.gpu:
            usable = self._usable(lane, hello.gpus)
            if not usable:
                self._fail(lane, _no_gpu(lane.spec, hello.gpus))
                return
            self._spread(lane, [(f" gpu {gpu.index}", gpu.index, gpu.uuid) for gpu in usable])
        elif lane.spec.host and isinstance(lane.spec.host.devices, tuple) and not hello.gpus:
            missing = ", ".join(map(str, lane.spec.host.devices))
            self._fail(lane, f"it has no GPU {missing}: remove devices from its settings, or correct it")
            return
        elif not hello.gpus and not lane.spec.number:
            room, first = _room(lane.spec, hello), max(other.spec.number for other in self._beside(lane)) + 1
            several, numbers = room > 1 or first > 1, range(first, max(first, room) + 1)
            self._spread(lane, [(f" {number}" if several else "", number, "") for number in numbers])
        if lane.spec.kind == "ray" and hello.machine != self._machine:
            name = f"ray {hello.machine} {lane.spec.number}"  # Ray has chosen the machine, and may choose another one
            lane.spec = msgspec.structs.replace(lane.spec, name=name)
        lane.opened = True
        beside, client = len(self._beside(lane)), f"{self._id}-{lane.id}"
        self.send(lane, Open(lane.spec.gpu, self._keep_alive, f"{lane.spec.number}", beside, client))
        self._load_on(lane)

    def _beside(self, lane: Lane) -> list[Lane]:
        """The workers of its machine, as far as it is known by the same name, with itself."""
        place = lane.spec.kind, lane.spec.host
        return [other for other in self if (other.spec.kind, other.spec.host) == place]

    def _usable(self, lane: Lane, gpus: Sequence[Gpu]) -> list[Gpu]:
        """The GPUs of its machine that may be used and have no worker of ours."""
        wanted = lane.spec.host.devices if lane.spec.host else "all"
        taken = {other.spec.gpu for other in self._beside(lane)}
        return [
            gpu for gpu in gpus
            if gpu.uuid not in taken
            and (wanted == "all" or (gpu.is_free if wanted == "free" else gpu.index in wanted))
        ]  # fmt: skip

    def _spread(self, lane: Lane, places: Sequence[tuple[str, int, str]]) -> None:
        """Its machine has several places, each with a name, a number and a GPU: it takes the first one."""
        base = lane.spec
        specs = [
            msgspec.structs.replace(base, name=f"{base.name}{name}", number=number, gpu=gpu)
            for name, number, gpu in places
        ]
        lane.spec = specs[0]
        for spec in specs[1:]:
            self.add(spec)

    # --- they load, and prove what they make

    def _load_on(self, lane: Lane) -> None:
        if self._load is None or not lane.opened:
            return
        if not (self._load.path or lane.is_remote):
            self._on_load_failed(lane, Problem("model", f"model {self._load.name} is not on this machine"))
            return
        lane.info, lane.worker_class, lane.state = None, None, "loading"
        threads = self._load.threads or lane.spec.threads
        load = msgspec.structs.replace(self._load, threads=threads, device=lane.device(self._load.device))
        self.send(lane, lane.ask(load))

    def _on_loaded(self, lane: Lane, info: p.ModelInfo) -> None:
        """It has a model. One that has it already says so at once, even if it still makes a batch."""
        lane.info = info
        if lane.batch is None:
            self.check(lane)
        elif not lane.probing:
            lane.state, lane.suspect = "working", True  # it proves itself after that

    def check(self, lane: Lane) -> None:
        """Have the worker make the batch by which workers are compared."""
        probe = probe_round(self._load.recipe) if self._load else None
        lane.probe, lane.suspect = (), False
        if probe is None:
            self._classify(lane)
            return
        lane.state, lane.batch, lane.round = "checking", Batch(-1, probe), None
        self.send(lane, p.Run(probe))

    def suspect(self, worker_class: WorkerClass | None) -> None:
        """Two workers of that class made different images: before its next batch, each proves itself again."""
        for lane in self:
            lane.suspect = lane.suspect or lane.worker_class == worker_class

    def _on_probe(self, lane: Lane, event: p.Event) -> None:
        match event:
            case p.ImageReady(record=record):
                lane.probe = (*lane.probe, record.sha256)
            case p.RoundDone() | p.RoundFailed() | p.RoundCancelled():
                lane.batch = None
                if lane.info is not None:  # else it is to load another model by now, and proves itself with that
                    self._classify(lane)

    def _classify(self, lane: Lane) -> None:
        """It is known now which pixels it makes."""
        assert lane.info is not None and self._load is not None
        lane.worker_class, lane.state, lane.why = WorkerClass.of(lane.info, lane.probe), "ready", ""
        lane.told.clear()
        if lane.worker_class not in self._classes:
            self._classes.append(lane.worker_class)
        first = self._classes[0]
        if lane.worker_class != first:
            other = next((one.spec.name for one in self if one.worker_class == first), "the first one")
            lane.why = "; ".join(lane.worker_class.differences(lane.spec.name, first, other))
            self._tell_once(lane, f" differs from {other}: {lane.why}")
        if lane.missed:
            lane.missed = False
            self._tell(p.Told(f"{lane.spec.name} is back", passing=True))
        self._answers()
        if not self._loaded:
            self._loaded = True
            self._tell(p.Loaded(lane.info, self._load.spec))

    def _on_load_failed(self, lane: Lane, problem: Problem) -> None:
        lane.state, lane.why = "failed", problem.message
        if any(other.may_return for other in self):
            self._tell_once(lane, f": {problem}".rstrip("."))
        elif self._load is not None:  # the workers wait for another model
            self._tell(p.LoadFailed(_named(lane, problem) if lane.is_remote else problem, self._load.spec))

    # --- they go

    def lost(self, lane: Lane, problem: Problem, lasting: bool = False) -> None:
        """Its process is gone, or the line to it. `lasting` as in `WorkerDied`."""
        was_ready = lane.info is not None
        self._end(lane)
        lane.why, delay = problem.message, lane.delay(lasting)
        lane.state, lane.retry_at = ("failed", None) if delay is None else ("away", self._clock() + delay)
        self._rounds.give_back(lane, problem)
        problem = _named(lane, problem)
        is_news = was_ready or problem.message not in lane.told
        lane.told.add(problem.message)
        if not self._is_last(problem) and is_news:
            lane.missed = True
            words = str(problem).rstrip(".")
            self._tell(p.Told(words, passing=delay is not None, of_workers=True, worker=lane.spec.name))

    def _end(self, lane: Lane) -> None:
        self._roster.end(Key(lane.id, lane.generation))
        lane.forget_process()

    def _fail(self, lane: Lane, why: str) -> None:
        """It cannot be used, and will not come back by itself."""
        self._end(lane)
        lane.state, lane.why = "failed", why
        if not self._is_last(_named(lane, Problem("engine", why))):
            self._tell_once(lane, f": {why}")

    def _is_last(self, problem: Problem) -> bool:
        """Whether no worker is left now, for that reason; then it is told."""
        if self.is_dead or any(lane.may_return for lane in self):
            return self.is_dead
        if not self._lives_on:
            self.is_dead = True
            self._tell(p.WorkerDied(problem))
        elif self._silent:
            return False
        else:
            self._silent = True
            self._tell(p.Silent(problem))
        return True

    def _on_silent(self, lane: Lane, problem: Problem) -> None:
        lane.state, lane.why, lane.silent_since = "silent", problem.message, self._clock()
        self._rounds.leave(lane, problem)
        if not self._silent and all(other.state in ("silent", "away") or not other.may_return for other in self):
            self._silent = True
            self._tell(p.Silent(problem))
        else:
            again = "; another worker makes its batch" if lane.left else ""
            self._tell(p.Told(f"{lane.spec.name} does not answer{again}", passing=True))

    def _on_answering(self, lane: Lane) -> None:
        lane.why, lane.silent_since, lane.state = "", None, _state_of(lane)
        self._rounds.take_up(lane)
        if not self._silent:
            self._tell(p.Told(f"{lane.spec.name} answers again", passing=True))
        self._answers()

    def _answers(self) -> None:
        """One does, after none did."""
        if self._silent:
            self._silent = False
            self._tell(p.Answering())

    def look_at_the_clock(self) -> None:
        """Start those again whose time has come, and give up lines that are silent."""
        now = self._clock()
        for lane in self:
            if lane.retry_at is not None and now >= lane.retry_at:
                self._begin(lane)
            elif lane.silent_since is not None and now - lane.silent_since > (GIVE_UP if lane.is_remote else HUNG):
                self.lost(lane, Problem("engine", f"no answer for {now - lane.silent_since:.0f} s"))
            elif lane.spec.host and not lane.opened and lane.state == "starting" and now - lane.heard > UNANSWERED:
                hint = "Check that its command starts seedtui worker --stdio"
                self.lost(lane, Problem("engine", f"no answer within {UNANSWERED:.0f} s", hint))

    # --- what they say

    def said(self, lane: Lane, event: p.Event) -> None:
        """Handle an event that is not about a round."""
        match event:
            case p.WorkerDied(problem, lasting):
                self.lost(lane, problem, lasting)
            case Hello():
                self._hello(lane, event)
            case p.Loading():
                if not self._loaded and lane.id == min(self._lanes, default=0):
                    self._tell(event)
            case p.Loaded(spec=spec) | p.LoadFailed(spec=spec) if not lane.has_answered_last(spec):
                pass  # it was told to load another one since, or the same again: that answer counts
            case p.Loaded(info):
                self._on_loaded(lane, info)
            case p.LoadFailed(problem):
                self._on_load_failed(lane, problem)
            case p.Silent(problem, seconds):
                lane.heard = self._clock() - seconds
                self._on_silent(lane, problem)
            case p.Answering():
                self._on_answering(lane)
            case p.Memory():
                lane.memory = event
                self._tell(self.memory)
            case p.Pong():
                if not any(other.state in ("ready", "checking") for other in self):
                    self._tell(event)
            case p.Told(words) if lane.is_remote:
                self._tell_once(lane, f": {words}", of_workers=False)
            case p.Told(words) if words not in self._told:
                self._told.add(words)
                self._tell(event)
            case p.ImageReady() | p.RoundDone() | p.RoundFailed() | p.RoundCancelled() if lane.probing:
                self._on_probe(lane, event)

    def _tell_once(self, lane: Lane, words: str, *, of_workers: bool = True) -> None:
        """Tell of a worker: its name, and then `words`."""
        name = lane.spec.name
        if name + words not in self._told:
            self._told.add(name + words)
            self._tell(p.Told(name + words, of_workers=of_workers, worker=name))


def _state_of(lane: Lane) -> WorkerState:
    """What a worker that answers again is up to."""
    if lane.probing:
        return "checking"
    if lane.batch:
        return "working"
    return "ready" if lane.worker_class else "loading"


def _room(spec: LaneSpec, hello: Hello) -> int:
    """How many workers a place without GPUs has room for: what it says itself, or what the settings say of it."""
    return hello.workers or (spec.host.workers if spec.host else 1)


def _named(lane: Lane, problem: Problem) -> Problem:
    """`problem` with the name of the worker that has it."""
    return msgspec.structs.replace(problem, message=f"{lane.spec.name}: {problem.message}", about=lane.spec.name)


def _no_gpu(spec: LaneSpec, gpus: Sequence[Gpu]) -> str:
    if spec.host and spec.host.devices == "free":
        return f"no GPU is free ({users_in_words(gpus)})"
    return f"it has no such GPU, only {', '.join(str(gpu.index) for gpu in gpus)}"
