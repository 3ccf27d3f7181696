"""The environment of a process that runs torch: how long its threads wait actively for each other."""

from __future__ import annotations

import os
from collections.abc import Mapping

_CHOSEN = ("OMP_", "GOMP_", "KMP_", "MKL_")
"""A user who has set a variable that begins like this has chosen."""

ALONE, SHARED = 10_000, 1_000
"""How often a thread looks before it sleeps (`GOMP_SPINCOUNT`).

PyTorch's threads meet at a barrier after each operation. By default they spin there for long, and where another process
wants the same cores, a round takes 4 to 8 times longer. On two cores, a round of the starter model (seconds):

    spin count                  alone   beside one busy process
    the library's default       0.76    2.8 to 5.6
    10,000                      0.75    2.2
    1,000                       1.02    1.5

The count is read once, when the process starts. Results do not depend on it.
"""


def torch_environ(environ: Mapping[str, str], load: float | None = None, cores: int | None = None) -> dict[str, str]:
    """`environ` with a spin count, unless the user has chosen one; by `load`, of which half the `cores` is much.

    Without `load` or `cores`: the average load of the last minute, and the cores of this machine.
    """
    if any(name.startswith(_CHOSEN) for name in environ):
        return dict(environ)
    busy = (os.getloadavg()[0] if load is None else load) >= (cores or os.cpu_count() or 1) / 2
    return {**environ, "GOMP_SPINCOUNT": str(SHARED if busy else ALONE)}


def usable_cores() -> int:
    """The CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def lane_environ(environ: Mapping[str, str], gpu: str, lane: str, *, shares_cpu: bool) -> dict[str, str]:
    """`environ` for one of several workers: it sees only its own GPU, and is joined only as the same one again.

    Those that share a CPU must not spin while they wait.
    """
    seen = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": gpu} if gpu else {}
    if gpu.isdigit():
        seen["HIP_VISIBLE_DEVICES"] = gpu
    own = {**environ, **seen, "SEEDTUI_LANE": lane}
    return torch_environ(own, load=float(os.cpu_count() or 1)) if shares_cpu else own
