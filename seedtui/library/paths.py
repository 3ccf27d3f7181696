"""Where everything is stored: in the platform's usual places, or all in the folder `SEEDTUI_HOME`.

Except for `worker_log`, these functions create nothing; the code that writes there does.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import platformdirs

from seedtui.library.private import close_to_others, private_folder

APP = "seedtui"


def data_dir() -> Path:
    """The folder of the journal."""
    return _place("data", platformdirs.user_data_path(APP))


def pictures_dir() -> Path:
    """The folder for pictures, with one folder per session."""
    return _place("pictures", platformdirs.user_pictures_path() / APP)


def config_file() -> Path:
    """The user's settings file, in TOML."""
    return _place("config", platformdirs.user_config_path(APP)) / "config.toml"


def verdicts_file() -> Path:
    """Which setups continue exactly from what a scout round saved, as workers have found."""
    return _place("cache", platformdirs.user_cache_path(APP)) / "exact.json"


def log_file() -> Path:
    """The log of the app, which cannot write to the terminal while it draws there."""
    return _place("log", platformdirs.user_log_path(APP)) / "seedtui.log"


def worker_log(lane: str = "") -> Path:
    """The log file of a worker started by this process; of several, `lane` tells them apart.

    Removes worker logs older than a week.

    Creates the folder, and makes all logs in it private, because they may contain prompts and paths.
    """
    folder = log_file().parent
    with contextlib.suppress(OSError):  # writing there will report the reason
        private_folder(folder)
    for old in folder.glob("*.log"):
        close_to_others(old)
        with contextlib.suppress(OSError):
            if old.name.startswith("worker-") and time.time() - old.stat().st_mtime > 7 * 86_400:
                old.unlink()
    return folder / f"worker-{os.getpid()}{f'-{lane}' if lane else ''}.log"


def runtime_dir() -> Path:
    """The folder for the sockets of workers that outlive the app."""
    if os.environ.get("SEEDTUI_HOME"):
        return _place("run", Path())
    ours = os.environ.get("XDG_RUNTIME_DIR")
    return Path(ours) / APP if ours and os.access(ours, os.W_OK) else data_dir() / "run"


def _place(name: str, usual: Path) -> Path:
    home = os.environ.get("SEEDTUI_HOME")
    return Path(home).expanduser().absolute() / name if home else usual


def in_words(path: Path) -> str:
    """A file and its folder for the status line: ``seed_2.png in ~/pictures``."""
    return f"{path.name} in {folder_in_words(path.parent)}"


def folder_in_words(folder: Path) -> str:
    """``~/pictures``"""
    folder, home = folder.absolute(), Path.home()
    return f"~/{folder.relative_to(home)}".removesuffix("/.") if folder.is_relative_to(home) else str(folder)
