"""The memory use of an NVIDIA GPU by all processes: from NVML, which needs no CUDA context, or else from torch."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Protocol

import torch

from seedtui.engine.gpus import users_of
from seedtui.engine.wire import protocol as p

EVERY = 2.0
"""Seconds between two readings."""


class Client(Protocol):
    """The receiver of the readings."""

    def send(self, event: p.Event) -> object: ...


def watch(device: Callable[[], str | None], client: Callable[[], Client]) -> None:
    """From a thread, send the memory of `device` to the client: at first, and after each change of at least 1 %."""

    def look() -> None:
        last: tuple[Client, p.Memory] | None = None
        while True:
            name, to = device(), client()
            memory = memory_of(name) if name and name.startswith("cuda") else None
            if memory is not None and (last is None or last[0] is not to or _apart(last[1], memory)):
                to.send(memory)
                last = to, memory
            time.sleep(EVERY)

    threading.Thread(target=look, name="memory", daemon=True).start()


def memory_of(device: str) -> p.Memory | None:
    """The memory of a CUDA device, None if it is unknown."""
    try:
        ours = torch.cuda.memory_reserved(device)
        uuid = str(torch.cuda.get_device_properties(device).uuid)
        used, total, seen, users = _by_nvml(uuid) or _by_torch(device)
    except (RuntimeError, AssertionError, AttributeError):
        return None
    ours = max(ours, seen)
    return p.Memory(ours, max(0, used - ours), total, users)


_Use = tuple[int, int, int, tuple[str, ...]]


def _by_nvml(uuid: str) -> _Use | None:
    """Bytes used, bytes in total, bytes used by this process (0 if unknown), and who else uses the GPU with that id."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        processes = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
    except pynvml.NVMLError:
        return None
    ours = sum(each.usedGpuMemory or 0 for each in processes if each.pid == os.getpid())
    return int(memory.used), int(memory.total), ours, users_of(processes)


def _by_torch(device: str) -> _Use:
    free, total = torch.cuda.mem_get_info(device)
    return total - free, total, 0, ()


def _apart(one: p.Memory, two: p.Memory) -> bool:
    return one.users != two.users or max(abs(one.ours - two.ours), abs(one.others - two.others)) * 100 >= two.total
