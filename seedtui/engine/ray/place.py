"""Where a pool wants its workers on Ray, and what it found there."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """The cluster at `address`, as in `PoolPlan.ray`. Workers have `threads` CPU threads, 0 for those of a machine."""

    address: str
    threads: int
    use_gpus: bool


class Room(NamedTuple):
    """A cluster has room for so many `workers`, each of which takes `cpus` CPUs and `gpus` GPUs.

    `threads` is the number of CPU threads of each, 0 for the default of its machine.
    """

    workers: int
    cpus: int
    gpus: int
    threads: int


def room_on(nodes: list[dict[str, float]], threads: int, *, use_gpus: bool) -> Room:
    """The room on machines with the resources `nodes`, in Ray's names: ``CPU`` and ``GPU``.

    With GPUs, a worker has one, and no CPU of its own: its threads are busy only between steps. Without, it has
    `threads` CPUs, or if that is 0, as many as the smallest machine. The room has no workers if no machine is as large.
    """
    gpus = sum(int(node.get("GPU", 0)) for node in nodes) if use_gpus else 0
    if gpus:
        return Room(gpus, 0, 1, threads)
    cpus = [int(node.get("CPU", 0)) for node in nodes if node.get("CPU", 0) >= 1]
    threads = threads or min(cpus, default=1)
    return Room(sum(each // threads for each in cpus), threads, 0, threads)
