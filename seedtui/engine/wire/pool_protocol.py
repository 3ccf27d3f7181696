"""The messages about the workers of a pool, and those that begin a connection to a worker on another machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from seedtui.engine.wire.message import Message

FREE = 10**9
"""Bytes: a GPU on which other processes use less counts as free."""

# --- with a worker on another machine, before anything else


class Gpu(msgspec.Struct, frozen=True):
    """A GPU of a machine. `index` is its number in nvidia-smi, `others` the bytes that other processes use.

    `users` are whose processes these are, as in `protocol.Memory`.
    """

    index: int
    uuid: str
    name: str
    total: int
    others: int
    users: tuple[str, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether nobody else uses it. A desktop or a driver takes a little of every GPU."""
        return self.others < FREE


class Hello(Message, frozen=True):
    """The first message from another machine. `wire` is `protocol.own_wire` of its program.

    `workers` is how many workers the place has room for, if it has no `gpus`; 0 if it does not say.
    """

    version: str
    wire: str
    machine: str
    gpus: tuple[Gpu, ...] = ()
    workers: int = 0


class Open(Message, frozen=True):
    """The answer to `Hello`: start a worker, or join one that was kept. `gpu` is the UUID of its GPU, "" without one.

    It outlives the connection by `keep_alive` minutes. `lane` tells the workers of one machine apart; `beside` of them
    share its CPU, if they have no GPU. `client` is an id of the client: its earlier connection for the same lane, which
    may not have noticed yet that the line was cut, ends first.
    """

    gpu: str = ""
    keep_alive: float = 0.0
    lane: str = ""
    beside: int = 1
    client: str = ""


# --- about the workers of a pool

WorkerState = Literal[
    "starting", "loading", "checking", "ready", "unlike", "working", "silent", "away", "draining", "drained", "parked",
    "failed", "removed",
]  # fmt: skip
"""What a worker of a pool is up to.

``checking``: it makes the batch by which workers are compared. ``unlike``: it is ready, but most workers are of another
class, and rounds go to these. ``away``: it is gone, and comes back by itself.
``drained``: it finished what it had and gets nothing more. ``failed``: it does not come back by itself.
"""


class WorkerView(msgspec.Struct, frozen=True, kw_only=True):
    """A worker of a pool as people see it.

    `distant`: it is on another machine, or on a Ray cluster. `why` says why it is in this state, "" if there is nothing
    to say. `doing` is the batch that it makes. `group` is the number of its class: workers of one class make the same
    pixels; 0 if not known yet. `images` are those it made so far, `per_minute` its pace over the last batches. `quiet`:
    whole seconds since the last sign of life of one that is silent, else 0.
    """

    id: int
    name: str
    state: WorkerState
    distant: bool = False
    why: str = ""
    device: str = ""
    model: str = ""
    doing: str = ""
    group: int = 0
    images: int = 0
    per_minute: float = 0.0
    quiet: int = 0
    memory_ours: int = 0
    memory_others: int = 0
    memory_total: int = 0
    users: tuple[str, ...] = ()


class PoolChanged(Message, frozen=True):
    """The workers of the pool, whenever one of them changes. `waiting` batches are not given to a worker yet."""

    workers: tuple[WorkerView, ...]
    waiting: int = 0


class AddWorker(Message, frozen=True):
    """Start another worker: on this machine if `where` is "", or else on that host."""

    where: str = ""


ChangeHow = Literal["drain", "restart", "park", "remove"]


class ChangeWorker(Message, frozen=True):
    """Drain the worker with that id, so that it gets no more work; restart, park, or remove it.

    Draining or parking it again takes that back.
    """

    id: int
    how: ChangeHow


def users_in_words(gpus: Iterable[Gpu]) -> str:
    """``GPU 0: ana: python, 14 GB; GPU 1: in use``"""
    return "; ".join(f"GPU {gpu.index}: {', '.join(gpu.users) or 'in use'}" for gpu in gpus)
