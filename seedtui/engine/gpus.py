"""The NVIDIA GPUs of this machine and who uses them: from NVML, which needs no CUDA context and no torch."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from seedtui.core.errors import one_line
from seedtui.engine.wire.pool_protocol import Gpu

_MOST_USERS = 8


def gpus(environ: Mapping[str, str] = os.environ) -> tuple[Gpu, ...]:
    """Those that ``CUDA_VISIBLE_DEVICES`` leaves us, in the order of nvidia-smi; none if there is no driver."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # not installed, or no driver: whatever it is, there is no GPU to use
        return ()
    try:
        found = [_gpu(pynvml, index) for index in range(pynvml.nvmlDeviceGetCount())]
        return tuple(gpu for gpu in found if is_visible(gpu, environ))
    except pynvml.NVMLError:
        return ()


def is_visible(gpu: Gpu, environ: Mapping[str, str]) -> bool:
    """Whether ``CUDA_VISIBLE_DEVICES``, by which machines are often shared, names `gpu`, by its number or its UUID."""
    if (named := environ.get("CUDA_VISIBLE_DEVICES")) is None:
        return True
    words = [word.strip() for word in named.split(",")]
    return str(gpu.index) in words or any(len(word) > 4 and gpu.uuid.startswith(word) for word in words)


def _gpu(nvml: Any, index: int) -> Gpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    name, uuid = (
        text.decode() if isinstance(text, bytes) else str(text)
        for text in (nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetUUID(handle))
    )
    processes = _processes(nvml, handle)
    ours = sum(each.usedGpuMemory or 0 for each in processes if _is_our_worker(each.pid))
    return Gpu(index, uuid, one_line(name), int(memory.total), max(0, int(memory.used) - ours), users_of(processes))


def users_of(processes: Iterable[Any]) -> tuple[str, ...]:
    """Whose `processes`, those of NVML, use a GPU, apart from workers of this user: ``ana: python, 14 GB``."""
    others = [each for each in processes if not _is_our_worker(each.pid)]
    words = (_words(each.pid, each.usedGpuMemory) for each in others[:_MOST_USERS])
    more = len(others) - _MOST_USERS
    return (*words, f"and {more} more") if more > 0 else tuple(words)


def _processes(nvml: Any, handle: Any) -> list[Any]:
    try:
        return list(nvml.nvmlDeviceGetComputeRunningProcesses(handle))
    except nvml.NVMLError:
        return []


def _is_our_worker(pid: int) -> bool:
    """Whether it is a worker of this user, kept from before perhaps: it makes room for us, or is joined."""
    try:
        if os.stat(f"/proc/{pid}").st_uid != os.geteuid():
            return False
        return b"seedtui.engine.worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _words(pid: int, used: int | None) -> str:
    size = f", {used / 1e9:.0f} GB" if used and used >= 0.5e9 else ""  # no digits that change all the time
    return f"{_owner(pid)}: {_name(pid)}{size}"


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
