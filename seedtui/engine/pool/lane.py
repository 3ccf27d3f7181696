"""A place in the pool: it has a worker, loses it, and gets another one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from seedtui.core.pool.plan import Host
from seedtui.core.text.formatting import counted
from seedtui.engine.client.connection import Engine
from seedtui.engine.pool.pool_round import Batch, PoolRound
from seedtui.engine.pool.worker_class import WorkerClass
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import WorkerState, WorkerView
from seedtui.models.pipeline_spec import PipelineSpec

PACE = 8
"""Batches over which the pace of a worker is measured."""

_DELAYS = (0.5, 2.0, 5.0, 15.0, 30.0)
"""Seconds before a worker that was lost is started again: after the first loss, the second, and so on."""

_LASTING = 300.0
"""The same after a loss that is likely to happen again, like a refused login: some hosts shut out who tries often."""

MOST_LOSSES = 5
"""Losses in a row, without a batch between them, after which a worker of this machine is not started again.

One on another machine always is, if it ever worked; before that, it no longer counts as one that comes back.
"""


class LaneSpec(msgspec.Struct, frozen=True):
    """Where a worker runs. `gpu` is the UUID of its GPU, or its number where there is no NVML; "" for a CPU, or for
    whatever the machine has. `device` is what it uses if the recipe does not say.

    `threads` is the number of its CPU threads, 0 for the machine's default. `number` tells those of one machine apart.
    """

    name: str
    kind: Literal["local", "host", "ray"] = "local"
    host: Host | None = None
    gpu: str = ""
    device: str = ""
    threads: int = 0
    number: int = 0


@dataclass
class Lane:
    """What the pool knows of one worker; only the pool's thread changes it. `generation` counts its processes."""

    id: int
    spec: LaneSpec
    engine: Engine | None = None
    generation: int = 0
    opened: bool = False
    """It takes requests: one on another machine only after its `Hello`."""
    state: WorkerState = "starting"
    why: str = ""
    asked: p.Load | None = None
    """What it was told last to load."""
    unanswered: list[PipelineSpec] = field(default_factory=list)
    """What it was told to load and has not answered, without the threads, which a relay may choose."""
    info: p.ModelInfo | None = None
    batch: Batch | None = None
    round: PoolRound | None = None
    """The round of its batch, None for the probe."""
    left: bool = False
    """It is silent, and its batch is wanted from another one."""
    probe: tuple[str, ...] = ()
    suspect: bool = False
    """It, or another one of its class, made a wrong image: it proves itself again."""
    worker_class: WorkerClass | None = None
    draining: bool = False
    parked: bool = False
    losses: int = 0
    missed: bool = False
    """Its loss was told, so its return will be."""
    has_answered: bool = False
    """A worker on another machine has said hello, now or before."""
    told: set[str] = field(default_factory=set)
    """Why it was lost, as far as people were told since it last worked."""
    retry_at: float | None = None
    heard: float = 0.0
    silent_since: float | None = None
    images: int = 0
    memory: p.Memory | None = None
    _batches: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=PACE))

    @property
    def probing(self) -> bool:
        """Its batch is the probe."""
        return self.batch is not None and self.round is None

    def ask(self, load: p.Load) -> p.Load:
        """Note that it was told to load that."""
        self.asked = load
        self.unanswered.append(_without_threads(load.spec))
        return load

    def has_answered_last(self, spec: PipelineSpec | None) -> bool:
        """It has answered about `spec`, None if that is unknown: whether that is the answer to what it was told last.

        It may have been told several times, even the same.
        """
        answered = _without_threads(spec) if spec else next(iter(self.unanswered), None)
        if self.asked is None or answered not in self.unanswered:
            return False
        self.unanswered.remove(answered)
        return answered == _without_threads(self.asked.spec) and answered not in self.unanswered

    def device(self, asked: str | None) -> str | None:
        """The device for a recipe that asks for `asked`: the worker sees only its own GPU."""
        if self.spec.gpu and (asked is None or asked.startswith("cuda")):
            return "cuda"
        return asked or self.spec.device or None

    @property
    def doing(self) -> str:
        """The batch that it makes, "" for none, or for one that is wanted from another worker."""
        return self.batch.words if self.batch and self.round and not self.left else ""

    @property
    def is_remote(self) -> bool:
        return self.spec.kind != "local"

    @property
    def is_ready(self) -> bool:
        """Whether it can be given a batch."""
        return self.state == "ready" and self.batch is None and not (self.draining or self.parked)

    @property
    def may_return(self) -> bool:
        """Whether it works, or is likely to by itself."""
        if self.is_remote and not self.has_answered and self.losses > MOST_LOSSES:
            return False
        return self.state not in ("failed", "removed")

    @property
    def is_settled(self) -> bool:
        """Whether it is known what it can do."""
        return self.state not in ("starting", "loading", "checking")

    def forget_process(self) -> None:
        """Its process is no longer there; the next one has the next generation."""
        self.generation += 1
        self.opened = False
        self.engine, self.asked, self.info, self.worker_class, self.memory = None, None, None, None, None
        self.unanswered, self.probe, self.suspect, self.silent_since = [], (), False, None
        if self.probing:
            self.batch = None

    def counted(self, images: int, seconds: float) -> None:
        """It has made a batch of so many images."""
        self.losses = 0
        self.images += images
        self._batches.append((images, seconds))

    @property
    def pace(self) -> float:
        """Images a minute, 0 before the first batch."""
        seconds = sum(took for _, took in self._batches)
        return 60 * sum(images for images, _ in self._batches) / seconds if seconds else 0.0

    def delay(self, lasting: bool) -> float | None:
        """Seconds until it should be started again after another loss, `lasting` as in `WorkerDied`.

        None: not by itself.
        """
        self.losses += 1
        if lasting:
            return _LASTING if self.has_answered else None
        if self.losses > MOST_LOSSES and not self.is_remote:
            return None
        return _DELAYS[min(self.losses, len(_DELAYS)) - 1]

    def view(self, now: float, group: int, unlike: bool) -> WorkerView:
        """It as people see it. `unlike`: rounds go to another class."""
        info, memory = self.info, self.memory or p.Memory(0, 0, 0)
        threads = counted(info.environment.threads, "thread") if info else ""
        device = (info.environment.gpu or f"{info.device}, {threads}") if info else ""
        return WorkerView(
            id=self.id, name=self.spec.name, state=self._shown_state(unlike), distant=self.is_remote, why=self.why,
            device=device, model=f"{info.name} {info.dtype}" if info else "", doing=self.doing,
            group=group, images=self.images, per_minute=round(self.pace, 1),
            quiet=int(now - self.heard) if self.state == "silent" else 0,
            memory_ours=memory.ours, memory_others=memory.others, memory_total=memory.total, users=memory.users,
        )  # fmt: skip

    def _shown_state(self, unlike: bool) -> WorkerState:
        if self.state in ("ready", "working") and self.parked:
            return "parked"
        if self.state in ("ready", "working") and self.draining:
            return "draining" if self.batch else "drained"
        if self.state == "ready" and (self.batch or unlike):
            return "working" if self.batch else "unlike"
        return self.state


def _without_threads(spec: PipelineSpec) -> PipelineSpec:
    return msgspec.structs.replace(spec, threads=0)
