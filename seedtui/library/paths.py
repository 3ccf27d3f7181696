"""Where everything is kept: by the platform's habits, or all in the one folder that `SEEDTUI_HOME` names.

All but `worker_log` only name places; whoever writes there creates them.
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
    """The folder that pictures are saved in, one folder a session."""
    return _place("pictures", platformdirs.user_pictures_path() / APP)


def config_file() -> Path:
    """The user's settings, TOML."""
    return _place("config", platformdirs.user_config_path(APP)) / "config.toml"


def cache_dir() -> Path:
    """What can be made again, such as hashes of weights."""
    return _place("cache", platformdirs.user_cache_path(APP))


def log_file() -> Path:
    """What the app and its worker say of themselves, as the terminal belongs to the screen."""
    return _place("log", platformdirs.user_log_path(APP)) / "seedtui.log"


def worker_log() -> Path:
    """What a worker that this process starts prints; those of a week ago are taken away.

    The folder is made, and all logs in it closed to other users: they may hold prompts and paths.
    """
    folder = log_file().parent
    with contextlib.suppress(OSError):  # whoever writes there says why
        private_folder(folder)
    for old in folder.glob("*.log"):
        close_to_others(old)
        with contextlib.suppress(OSError):
            if old.name.startswith("worker-") and time.time() - old.stat().st_mtime > 7 * 86_400:
                old.unlink()
    return folder / f"worker-{os.getpid()}.log"


def runtime_dir() -> Path:
    """The folder of the sockets of workers that outlive the app."""
    if os.environ.get("SEEDTUI_HOME"):
        return _place("run", Path())
    ours = os.environ.get("XDG_RUNTIME_DIR")
    return Path(ours) / APP if ours and os.access(ours, os.W_OK) else data_dir() / "run"


def _place(name: str, usual: Path) -> Path:
    home = os.environ.get("SEEDTUI_HOME")
    return Path(home).expanduser().absolute() / name if home else usual
