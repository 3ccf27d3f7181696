"""Copies an image to the clipboard of the desktop, if the terminal is on it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_PATIENCE = 5
"""Seconds."""


def copied_image(path: Path, environ: Mapping[str, str]) -> bool:
    """Copy the PNG file `path` with ``wl-copy`` or ``xclip``. False over SSH, without a display, or if that fails.

    Both go on in the background until something else is copied. Blocks until then: call it in a thread.
    """
    command = _command(path, environ)
    if command is None:
        return False
    try:
        with path.open("rb") as file:
            done = subprocess.run(  # pipes would stay open as long as the program
                command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=_PATIENCE, start_new_session=True,
            )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _command(path: Path, environ: Mapping[str, str]) -> list[str] | None:
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return None  # a display that was forwarded, or is of another seat
    search = environ.get("PATH")
    if environ.get("WAYLAND_DISPLAY") and (program := shutil.which("wl-copy", path=search)):
        return [program, "--type", "image/png"]
    if environ.get("DISPLAY") and (program := shutil.which("xclip", path=search)):
        return [program, "-selection", "clipboard", "-t", "image/png", "-i", str(path)]
    return None
