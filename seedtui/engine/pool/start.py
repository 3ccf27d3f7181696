"""Starts the engine that a plan asks for: one worker, or a pool of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from seedtui.core.errors import EngineError, InputError
from seedtui.core.pool.plan import Host, PoolPlan, check_host
from seedtui.engine.client.connection import Engine
from seedtui.engine.client.distant import command_of, start_distant
from seedtui.engine.client.environ import lane_environ, usable_cores
from seedtui.engine.client.keep_alive import start_worker
from seedtui.engine.gpus import gpus
from seedtui.engine.pool.lane import LaneSpec
from seedtui.engine.pool.pool import Pool
from seedtui.engine.ray.client import RayBridge
from seedtui.engine.wire.pool_protocol import Gpu, users_in_words

AMD = "/dev/kfd"
"""There are AMD's GPUs, which NVML does not know."""

Log = Callable[[str], Path]
"""The log file of the worker with that name, "" for the only one."""


def start_engine(
    plan: PoolPlan, log: Log, folder: Path, minutes: float, *, device: str | None = None, lives_on: bool = False
) -> Engine:  # fmt: skip
    """The engine of `plan`. Workers stay for `minutes`, with their sockets in `folder`, as in `start_worker`.

    `device` is that of the recipe: with ``cpu``, no GPU is used. `lives_on` is as in `Workers`.

    Raises:
        EngineError: it cannot be started.
        InputError: this machine does not have what the plan asks for.
    """
    if not plan.is_pool:
        return start_worker(log(""), folder, minutes)
    here = () if device == "cpu" else gpus()
    specs = lane_specs(plan, here, usable_cores())
    on_ray = next((spec for spec in specs if spec.kind == "ray"), None)
    ray = RayBridge(plan.ray, log("ray"), threads=on_ray.threads, gpus=device != "cpu") if on_ray else None

    def start(spec: LaneSpec) -> Engine:
        if ray is not None and spec.kind == "ray":
            return ray.connect()
        file = log(spec.name.replace(" ", "-").replace("/", "-"))
        if spec.host is not None:
            return start_distant(command_of(spec.host), file, spec.host)
        return start_worker(file, folder, minutes, _environ(spec, specs))

    def where(place: str, existing: Sequence[LaneSpec]) -> LaneSpec:
        return another(place, existing, here, specs[0].threads)

    at_end = ray.close if ray is not None else lambda: None
    return Pool(
        specs, start, where, log("pool"), mixed=plan.mixed, keep_alive=minutes, lives_on=lives_on, at_end=at_end
    )  # fmt: skip


def lane_specs(plan: PoolPlan, here: Sequence[Gpu], cores: int) -> tuple[LaneSpec, ...]:
    """The workers of `plan` on a machine with the GPUs `here` and so many CPU cores.

    All of them use the same number of CPU threads, as that decides low bits.

    Raises:
        InputError: a GPU is missing or not free, or there would be no worker.
    """
    local = _local(plan, here, cores) if plan.has_local else ()
    threads = plan.threads or (local[0].threads if local else 0)
    hosts = tuple(_on_host(host, threads) for host in plan.hosts)
    ray = (LaneSpec("ray", "ray", threads=threads),) if plan.ray else ()
    if not (specs := (*local, *hosts, *ray)):
        raise InputError("there is no worker", "Use --workers 1, or name a host")
    return specs


def another(place: str, existing: Sequence[LaneSpec], here: Sequence[Gpu], threads: int) -> LaneSpec:
    """The worker to add at `place`: "" for this machine, ``ray`` for the Ray cluster, or else a host.

    Raises:
        InputError: there is no room for it, or `place` is not a host.
    """
    if place == "ray" and (ray := [spec for spec in existing if spec.kind == "ray"]):
        number = max(spec.number for spec in ray) + 1
        return msgspec.structs.replace(ray[0], name=f"ray {number}", number=number)
    if place:
        known = next((spec.host for spec in existing if spec.host and spec.host.host == place), None)
        return _on_host(known or Host(check_host(place)), threads)
    used = {spec.gpu for spec in existing if spec.kind == "local"}
    if here:
        free = next((gpu for gpu in here if gpu.uuid not in used), None)
        if free is None:
            raise InputError("all GPUs of this machine have a worker", "Name another host")
        return LaneSpec(f"gpu {free.index}", gpu=free.uuid, number=free.index)
    number = max((spec.number for spec in existing if spec.kind == "local"), default=0) + 1
    return LaneSpec(f"cpu {number}", device="cpu", threads=threads, number=number)


def _local(plan: PoolPlan, here: Sequence[Gpu], cores: int) -> tuple[LaneSpec, ...]:
    if here:
        return tuple(LaneSpec(f"gpu {gpu.index}", gpu=gpu.uuid, number=gpu.index) for gpu in _chosen(plan, here))
    if isinstance(plan.devices, tuple) and plan.devices:
        if not os.path.exists(AMD):
            numbers = ", ".join(map(str, plan.devices))
            raise InputError(f"there is no GPU {numbers} on this machine", "Use a number of workers, or all")
        return tuple(LaneSpec(f"gpu {n}", gpu=f"{n}", device="cuda", number=n) for n in plan.devices)
    count = plan.workers or 1
    threads = plan.threads or max(1, cores // count)
    return tuple(LaneSpec(f"cpu {n}", device="cpu", threads=threads, number=n) for n in range(1, count + 1))


def _chosen(plan: PoolPlan, here: Sequence[Gpu]) -> Sequence[Gpu]:
    if isinstance(plan.devices, tuple) and plan.devices:
        by_index = {gpu.index: gpu for gpu in here}
        if missing := [index for index in plan.devices if index not in by_index]:
            raise InputError(f"there is no GPU {missing[0]}", f"This machine has {', '.join(map(str, by_index))}")
        return [by_index[index] for index in plan.devices]
    usable = [gpu for gpu in here if gpu.is_free] if plan.devices == "free" else list(here)
    if not usable:
        raise EngineError(f"no GPU is free ({users_in_words(here)})", "Wait, or use --workers all")
    if plan.workers is not None and plan.workers > len(usable):
        raise InputError(f"{plan.workers} workers need as many GPUs, and there are {len(usable)}", "Ask for fewer")
    return usable[: plan.workers] if plan.workers is not None else usable


def _on_host(host: Host, threads: int) -> LaneSpec:
    return LaneSpec(host.host, "host", host, threads=threads)


def _environ(spec: LaneSpec, specs: Sequence[LaneSpec]) -> Mapping[str, str]:
    """That of a worker of this machine."""
    on_cpu = sum(one.kind == "local" and not one.gpu for one in specs)
    return lane_environ(os.environ, spec.gpu, f"{spec.number}", shares_cpu=on_cpu > 1)
