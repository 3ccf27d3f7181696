"""The user's settings, for the commands and the app."""

from __future__ import annotations

from pathlib import Path

from seedtui.core.config.settings import Config, check_config
from seedtui.core.errors import InputError, quoted
from seedtui.core.recipes.schedulers import scheduler_class
from seedtui.library.config_file import read_config


def load_config(keymap: Path | None = None) -> Config:
    """The settings. Keys and theme, which only the app uses, are not checked.

    Raises:
        InputError: a value is invalid; the message names its key and line.
        FileError: the file cannot be read.
    """
    return check_config(read_config(keymap=keymap), {"images": _check_images, "recipe.scheduler": _check_scheduler})


def load_whole_config() -> Config:
    """`load_config`, with keys and theme checked too. Imports Textual.

    Raises:
        InputError, FileError: as `load_config`.
    """
    from seedtui.ui.keys.keymap import check_keys
    from seedtui.ui.theme import check_theme

    return check_config(load_config(), {"keys": check_keys, "theme": check_theme})


def _check_images(config: Config, key: str) -> None:
    from seedtui.terminal.probe.modes import MODES  # late: it imports rich

    if config.images.lower() not in ("auto", *MODES):
        raise InputError(f"unknown way to draw {quoted(config.images)}", f"Use auto, {', '.join(MODES)}")


def _check_scheduler(config: Config, key: str) -> None:
    scheduler_class(config.recipe.scheduler or "")
