"""What may lie where a file is expected."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

NO_FILES = ("pipe", "socket", "folder", "loop", "device", "nowhere", "not ours")


def put_no_file(path: Path, kind: str) -> Path:
    """Something at `path` that cannot be read as a file is; `path` itself."""
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as sock:
                folder = os.open(path.parent, os.O_RDONLY)
                sock.bind(f"/proc/self/fd/{folder}/{path.name}")  # the whole path may be too long for a socket
                os.close(folder)
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path)
        case "device":
            _put_device(path)
        case "nowhere":
            path.symlink_to("nothing-here")
        case "not ours":
            path.write_bytes(b"{}")
            path.chmod(0)
            if os.access(path, os.R_OK):
                pytest.skip("root may read everything")
    return path


def _put_device(path: Path) -> None:
    """An endless one of our own: a link to the system's could, as root, lead a mistake to the device itself."""
    if os.geteuid() != 0:
        path.symlink_to("/dev/zero")
        return
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except OSError:
        pytest.skip("this root may make no devices")
