"""Connects this process to a Ray cluster, or starts one that ends with it."""

from __future__ import annotations

import contextlib
import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

from seedtui.core.errors import EngineError, one_line
from seedtui.engine.client.environ import usable_cores
from seedtui.engine.ray.place import Place, Room, room_on
from seedtui.engine.ray.settings import ADDRESS, ALONE, QUIET, knock, private_folder, running_cluster


@contextlib.contextmanager
def cluster(place: Place) -> Iterator[Room]:
    """Be a driver of the cluster at `place` for the duration of the block.

    Raises:
        EngineError: there is no such cluster, it does not let us in, or has no room.
        InputError: RAY_ADDRESS is no address that can be used.
    """
    address = running_cluster() if place.address == "auto" else place.address
    with _joined(address) if address and address != "local" else _started(place.use_gpus):
        room = _room(place)
        if not room.workers:
            raise EngineError(f"no machine of the Ray cluster has {room.cpus} CPUs", "Use fewer threads for a worker")
        yield room


def _room(place: Place) -> Room:
    import ray

    resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return room_on(resources, place.threads, use_gpus=place.use_gpus)


@contextlib.contextmanager
def _joined(address: str) -> Iterator[None]:
    os.environ.update(QUIET)
    failed = f"cannot connect to the Ray cluster at {address}"
    try:
        knock(address)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise EngineError(f"{failed}: {one_line(why)}", "Does it run? See: ray status") from error
    with _driver(failed, address=address):
        yield


@contextlib.contextmanager
def _started(use_gpus: bool) -> Iterator[None]:
    with private_folder() as (folder, token):
        os.environ.update(ALONE, RAY_AUTH_TOKEN_PATH=os.fspath(token))
        os.environ.pop("RAY_AUTH_TOKEN", None)  # it would come first
        with _driver("cannot start Ray on this machine", **_alone(folder, use_gpus)):
            yield


def _alone(folder: Path, use_gpus: bool) -> dict[str, object]:
    """The options of a cluster on this machine."""
    return {
        "address": "local", "num_cpus": usable_cores(), **({} if use_gpus else {"num_gpus": 0}),
        "_node_ip_address": ADDRESS, "_temp_dir": os.fspath(folder / "ray"), "include_dashboard": False,
    }  # fmt: skip


@contextlib.contextmanager
def _driver(failed: str, **options: object) -> Iterator[None]:
    import ray

    try:
        ray.init(namespace="seedtui", log_to_driver=False, logging_level=logging.WARNING, **options)
    except Exception as error:  # of many kinds, as Ray's documentation does not say which
        traceback.print_exc()
        hint = "The same versions of Ray and Python are needed, and the cluster's token if it has one"
        raise EngineError(f"{failed}: {one_line(error, 200)}", hint) from error
    try:
        yield
    finally:
        ray.shutdown()
