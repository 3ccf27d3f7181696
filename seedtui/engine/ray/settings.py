"""Ray's settings, chosen so that nobody else can use a cluster of ours. Without Ray, which reads them at its import."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from seedtui.core.pool.plan import check_ray

QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}
"""Nothing is reported to Ray's makers."""

ALONE = {
    **QUIET,
    # By default, Ray's processes listen on all interfaces. This one says that there is only one machine.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "token",
    # By default, workers run at the lowest priority.
    "RAY_worker_niceness": "0",
    # It ends workers when memory is short, whoever takes it.
    "RAY_memory_monitor_refresh_ms": "0",
}
"""The environment of a cluster on this machine alone. A token is needed besides; see `private_folder`."""

ADDRESS = "127.0.0.1"

_PREFIX = "seedtui-ray-"
_CONNECT = 10.0
"""Seconds within which the head of a cluster must answer."""


@contextlib.contextmanager
def private_folder(parent: Path = Path("/tmp")) -> Iterator[tuple[Path, Path]]:
    """A new folder that only its owner can enter, for a cluster of ours, and a file in it with the cluster's token.

    Ray wants a folder below that one, as it opens its own to everybody.

    `parent` must have a short path, as the names of sockets in it must not be longer than 107 bytes. Folders that were
    left behind by killed processes are removed first.
    """
    for old in parent.glob(f"{_PREFIX}*"):
        _remove_if_left(old)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        token = folder / "token"
        with open(os.open(token, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        yield folder, token
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def running_cluster() -> str | None:
    """The address of the cluster that `ray start` was called for on this machine, or that RAY_ADDRESS names.

    A cluster of another seedtui is not among them: it ends with that one.

    Raises:
        InputError: RAY_ADDRESS is no address that can be used.
    """
    if (address := os.environ.get("RAY_ADDRESS", "")) not in ("", "auto"):
        return check_ray(address)
    folder = os.environ.get("RAY_TMPDIR") or os.environ.get("TMPDIR") or "/tmp"
    try:
        address = Path(folder, "ray", "ray_current_cluster").read_text().strip()
        knock(address)
    except (OSError, ValueError):  # there is none, or no more
        return None
    return address


def knock(address: str) -> None:
    """See whether anything listens at `address`, which Ray would try for a long time.

    Raises:
        OSError: nothing does.
        ValueError: it is not HOST:PORT.
    """
    host, _, port = address.rpartition(":")
    if not 0 < int(port) < 65_536:
        raise ValueError(f"port {port}")
    socket.create_connection((host.strip("[]"), int(port)), _CONNECT).close()


def _remove_if_left(folder: Path) -> None:
    """Remove `folder` if its process is gone, which held the lock in it."""
    with contextlib.suppress(OSError):
        if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
            return
        lock = os.open(folder / "lock", os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
