"""The workers of a pool in words: how many work, how fast they are together, and who is missing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from seedtui.core.text.formatting import counted, size_in_words
from seedtui.engine.wire.pool_protocol import WorkerState, WorkerView

MISSING = ("failed", "silent", "away", "restarting")
"""What is said of workers that one would expect to work, the worst first."""

USABLE = ("ready", "working", "draining")
"""What is said of workers that make images, or could."""

AT_WORK = (*USABLE, "unlike", "silent")
"""What is said of workers that have work, or have at least not lost it."""

_SHORT = 16
"""Characters of a name for which the header has room."""

_IDLE: tuple[WorkerState, ...] = ("drained", "parked", "failed", "removed")
"""The states of workers that get no batches until somebody changes that."""


def state_in_words(worker: WorkerView) -> str:
    """What the worker is up to."""
    if worker.state == "away":
        return "away" if worker.distant else "restarting"
    return "other class" if worker.state == "unlike" else worker.state


def why_nothing_is_made(workers: Sequence[WorkerView], key: str, *, waits: bool) -> str:
    """That no worker of a pool makes anything, and the keys that change that, `key` first; "" if one does, or will.

    `waits`: there is something to make, so that even one that comes by itself is waited for.
    """
    if not workers:
        return f"no workers left: press {key}, then a"
    states = {worker.state for worker in workers}
    if not states <= set(_IDLE):
        return "waiting for a worker" if waits and not states & set(AT_WORK) else ""
    remedy = "d" if "drained" in states else "p" if "parked" in states else "r"
    return f"no worker takes work: press {key}, then {remedy}"


def pool_in_words(workers: Sequence[WorkerView]) -> tuple[str, ...]:
    """For example ``3 of 4 workers``, ``box2 away``, ``42 images/min``."""
    count, pace = count_and_pace(workers)
    return tuple(filter(None, (count, *(_missing(words, workers) for words in MISSING), pace)))


def count_and_pace(workers: Sequence[WorkerView]) -> tuple[str, str]:
    """For example ``3 of 4 workers`` and ``42 images/min``, "" while nothing is made or that is not known."""
    if not workers:
        return "no workers", ""
    usable = [worker for worker in workers if state_in_words(worker) in USABLE]
    there = "" if len(usable) == len(workers) else f"{len(usable)} of "
    works = any(worker.state in ("working", "draining") for worker in usable)
    together = sum(worker.per_minute for worker in usable) if works else 0.0
    pace = f"{pace_in_words(together)} images/min" if together else ""
    return f"{there}{counted(len(workers), 'worker')}", pace


def _missing(words: str, workers: Sequence[WorkerView]) -> str:
    """``box2 away``, or for several or for a long name, ``2 away``."""
    names = [worker.name for worker in workers if state_in_words(worker) == words]
    is_short = len(names) == 1 and len(names[0]) <= _SHORT
    return f"{names[0] if is_short else len(names)} {words}" if names else ""


def pace_in_words(per_minute: float) -> str:
    """``42`` or ``4.2``; "" for 0."""
    return f"{per_minute:.0f}" if per_minute >= 9.95 else f"{per_minute:.1f}" if per_minute else ""


def classes(workers: Sequence[WorkerView]) -> int:
    """How many classes of workers there are, as far as is known: those of one make the same pixels."""
    return len({worker.group for worker in workers if worker.group})


def about(worker: WorkerView, several: bool) -> tuple[str, ...]:
    """What is known of a worker beside its row, in lines; `several` classes of workers are there."""
    made = f"{counted(worker.images, 'image')} made" if worker.images else ""
    group = f"class {worker.group}" if several and worker.group else ""
    others = f", and others {size_in_words(worker.memory_others)}" if worker.memory_others else ""
    ours, total = size_in_words(worker.memory_ours), size_in_words(worker.memory_total)
    memory = f"it uses {ours} of {total}{others}" if worker.memory_total else ""
    users = f"also on this GPU: {'; '.join(worker.users)}" if worker.users else ""
    quiet = f"no sign of life for {worker.quiet} s" if worker.quiet else ""
    facts = " · ".join(filter(None, (worker.device, worker.model, group, made)))
    return tuple(filter(None, (facts, memory, quiet or worker.why, users)))
