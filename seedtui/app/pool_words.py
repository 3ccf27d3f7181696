"""The workers of a pool in words: how many work, how fast they are together, and who is missing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from seedtui.core.text.formatting import counted, size_in_words
from seedtui.engine.wire.pool_protocol import WorkerState, WorkerView

MISSING: tuple[WorkerState, ...] = ("failed", "silent", "away")
"""The states of workers that one would expect to work, the worst first."""

USABLE: tuple[WorkerState, ...] = ("checking", "ready", "working", "draining")
"""The states of workers that make images, or could."""


def pool_in_words(workers: Sequence[WorkerView]) -> tuple[str, ...]:
    """For example ``3 of 4 workers``, ``box2 away``, ``42 images/min``; nothing without a pool."""
    if not workers:
        return ()
    count, pace = count_and_pace(workers)
    return tuple(filter(None, (count, *(_missing(state, workers) for state in MISSING), pace)))


def count_and_pace(workers: Sequence[WorkerView]) -> tuple[str, str]:
    """For example ``3 of 4 workers`` and ``42 images/min``, "" while nothing is made or that is not known."""
    usable = [worker for worker in workers if worker.state in USABLE]
    there = "" if len(usable) == len(workers) else f"{len(usable)} of "
    works = any(worker.state in ("working", "draining") for worker in usable)
    together = sum(worker.per_minute for worker in usable) if works else 0.0
    pace = f"{pace_in_words(together)} images/min" if together else ""
    return f"{there}{counted(len(workers), 'worker')}", pace


def _missing(state: WorkerState, workers: Sequence[WorkerView]) -> str:
    """``box2 away``, or ``2 away``."""
    names = [worker.name for worker in workers if worker.state == state]
    return f"{names[0] if len(names) == 1 else len(names)} {state}" if names else ""


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
    return tuple(filter(None, (facts, memory, worker.why or quiet, users)))
