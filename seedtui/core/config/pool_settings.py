"""The settings of the pool: the table ``[pool]``, and a table ``[[hosts]]`` for each other machine."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from seedtui.core.config.origin import Origin
from seedtui.core.config.values import convert, typed
from seedtui.core.errors import InputError, quoted
from seedtui.core.pool.plan import MAX_WORKERS, Devices, Host, PoolPlan, check_devices, check_ray, parse_workers

MAX_THREADS = 1024

POOL_ABOUT: dict[str, tuple[str, object]] = {
    "workers": (
        "workers of this machine: how many, all (one for each GPU), free (each GPU nobody else uses), or gpu:0,2",
        2,
    ),
    "devices": ("its GPUs: all, free (nobody else uses them), or their numbers in nvidia-smi", [0, 2]),
    "threads": ("CPU threads of each worker, which affect low bits; 0: its share of the cores", 4),
    "ray": ("a Ray cluster whose workers take part: its address, auto, or local to start one here", "auto"),
    "mixed": ("a round may be made by unlike workers, so that low bits may differ within it", True),
}
"""What each key of ``[pool]`` is, and an example."""

HOST_ABOUT: dict[str, tuple[str, object]] = {
    "host": ("another machine, as ssh takes it", "ana@box"),
    "command": (
        "how to reach it: ssh, srun or kubectl, perhaps with options, or a command with {host} and {seedtui}",
        "srun",
    ),
    "seedtui": ("the program there", "~/venv/bin/seedtui"),
    "devices": ("its GPUs: all, free, or their numbers in nvidia-smi", "free"),
    "workers": ("how many workers it runs if it has no GPU", 2),
}
"""What each key of ``[[hosts]]`` is, and an example."""

_POOL_TYPES: dict[str, Any] = {
    "workers": Annotated[int, Meta(ge=0, le=MAX_WORKERS)],
    "devices": object,
    "threads": Annotated[int, Meta(ge=0, le=MAX_THREADS)],
    "ray": str,
    "mixed": bool,
}
_HOST_TYPES: dict[str, Any] = {
    "host": str,
    "command": str,
    "seedtui": str,
    "devices": object,
    "workers": Annotated[int, Meta(ge=1, le=MAX_WORKERS)],
}


def with_pool(plan: PoolPlan, name: str, value: object, strict: bool = True) -> PoolPlan:
    """`plan` with the key `name` of ``[pool]`` set to `value`; without `strict`, to the text of a variable.

    Raises:
        InputError: an unknown key, or an invalid value.
    """
    if name == "workers" and isinstance(value, str):
        workers, devices = parse_workers(value)
        return msgspec.structs.replace(plan, workers=workers, devices=devices or plan.devices)
    given = typed(_POOL_TYPES, name, value, strict)
    if name == "devices":
        given = _devices(given, strict)
    if name == "ray" and given:
        check_ray(given)
    return msgspec.structs.replace(plan, **{name: given})


def hosts_from(origin: Origin, value: object) -> tuple[Host, ...]:
    """The hosts in `value`, the tables ``[[hosts]]``, whose key is at `origin`.

    Raises:
        InputError: an unknown key, an invalid value, or a host named twice; the message has its line.
    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise origin.wrong(InputError("expected tables", "Write [[hosts]] with its keys below, once for each host"))
    hosts: dict[str, Host] = {}
    for number, table in enumerate(value, 1):
        place = origin.at(f"{number}")
        host = _host(place, table)
        if host.host in hosts:
            raise place.wrong(InputError(f"{quoted(host.host)} is named twice", "Remove one of the two"))
        hosts[host.host] = host
    return tuple(hosts.values())


def _host(origin: Origin, table: dict[str, object]) -> Host:
    values: dict[str, Any] = {}
    for name, value in table.items():
        try:
            if name == "via":  # as on the command line
                raise InputError("unknown key", "Did you mean command?")
            given = typed(_HOST_TYPES, name, value, True)
            values[name] = _devices(given, True) if name == "devices" else given
            Host(**{"host": "any", name: values[name]}).check()
        except InputError as error:
            raise origin.at(name).wrong(error) from error
    if "host" not in values:
        raise origin.wrong(InputError("this table has no host", 'Add host = "user@name"'))
    return Host(**values)


def _devices(value: object, strict: bool) -> Devices:
    if value in ("all", "free"):
        return value
    words = value.split(",") if isinstance(value, str) and not strict else value
    try:
        numbers = convert(words, tuple[int, ...], strict)
    except InputError as error:
        example = "[0, 2]" if strict else "0,2"
        shown = quoted(value) if isinstance(value, str) else json.dumps(value, default=str)
        raise InputError(f"{shown} does not name GPUs", f"Use all, free, or {example}") from error
    return check_devices(numbers)
