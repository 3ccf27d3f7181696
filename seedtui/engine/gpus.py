"""The NVIDIA GPUs of this machine and who uses them: from NVML, which needs no CUDA context and no torch."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedtui.core.errors import one_line
from seedtui.core.text.formatting import size_in_words
from seedtui.engine.wire.pool_protocol import Gpu

_MOST_USERS = 8


def gpus() -> tuple[Gpu, ...]:
    """All of them, in the order of nvidia-smi; none if there is no driver."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # not installed, or no driver: whatever it is, there is no GPU to use
        return ()
    try:
        return tuple(_gpu(pynvml, index) for index in range(pynvml.nvmlDeviceGetCount()))
    except pynvml.NVMLError:
        return ()


def _gpu(nvml: Any, index: int) -> Gpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    name, uuid = (
        text.decode() if isinstance(text, bytes) else str(text)
        for text in (nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetUUID(handle))
    )
    return Gpu(index, uuid, one_line(name), int(memory.total), int(memory.used), users_of(nvml, handle))


def users_of(nvml: Any, handle: Any, besides: int = 0) -> tuple[str, ...]:
    """Whose processes use the GPU, apart from that with the pid `besides`: ``ana: python, 14.2 GB``."""
    try:
        found = nvml.nvmlDeviceGetComputeRunningProcesses(handle)
    except nvml.NVMLError:
        return ()
    return tuple(_users((each.pid, each.usedGpuMemory) for each in found if each.pid != besides))[:_MOST_USERS]


def _users(processes: Iterator[tuple[int, int | None]]) -> Iterator[str]:
    for pid, used in processes:
        size = f", {size_in_words(used)}" if used else ""
        yield f"{_owner(pid)}: {_name(pid)}{size}"


def _owner(pid: int) -> str:
    try:
        uid = os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return "another user"  # of another container, or gone
    try:
        return one_line(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return f"user {uid}"


def _name(pid: int) -> str:
    try:
        return one_line(Path(f"/proc/{pid}/comm").read_text().strip())
    except (OSError, UnicodeError):
        return f"process {pid}"
