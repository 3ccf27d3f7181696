"""Hands images to a program outside the terminal, such as an image viewer."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from seedtui.core.errors import InputError, quoted

_EARLY = 1.0
"""Seconds in which a program that cannot show the images usually says so and ends."""

_WHAT_TO_DO = 'Set one: viewer = "feh" in the settings, or SEEDTUI_VIEWER'


def viewer_command(setting: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the command that shows images: those of the `setting`, else what opens files on this desktop.

    Raises:
        InputError: there is none, or it is not installed; the hint says what to set.
    """
    try:
        words = shlex.split(setting)
    except ValueError as error:
        raise InputError(f"the setting viewer cannot be read: {error}", "Close its quotes") from error
    if words:
        if shutil.which(words[0], path=environ.get("PATH")) is None:
            raise InputError(f"there is no program {quoted(words[0])}", "Install it, or change the setting viewer")
        return tuple(words)
    if sys.platform == "darwin":
        return ("open",)
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        where = " over SSH" if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY") else ""
        raise InputError(f"there is no display here{where} to show the image on", f"{_WHAT_TO_DO}; y copies the path")
    if shutil.which("xdg-open", path=environ.get("PATH")) is None:
        raise InputError("there is no viewer for images", _WHAT_TO_DO)
    return ("xdg-open",)


def show_images(command: Sequence[str], paths: Sequence[Path]) -> None:
    """Start the viewer with the files, detached, and without a shell; its output goes nowhere.

    Programs that open files for the desktop take one at a time. Blocks for a moment: call it in a thread.

    Raises:
        InputError: it cannot be started, or fails at once; an error of the setting, so there is no retry.
    """
    each = [[path] for path in paths] if tuple(command) in (("xdg-open",), ("open",)) else [list(paths)]
    for files in each:
        _start([*command, *map(str, files)])


def _start(words: list[str]) -> None:
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
            )
        except OSError as error:
            why = error.strerror or error
            raise InputError(f"cannot start {quoted(words[0])}: {why}", "Change the setting viewer") from error
        try:
            code = process.wait(_EARLY)
        except subprocess.TimeoutExpired:
            threading.Thread(target=process.wait, daemon=True).start()  # or it would stay as a zombie
            return
        if code:
            errors.seek(0)
            said = errors.read(2000).decode(errors="replace").strip().splitlines()
            raise InputError(
                f"{quoted(words[0])} failed: {said[-1] if said else f'exit code {code}'}", "Change the setting viewer"
            )
