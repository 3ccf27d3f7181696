"""Reads the user's settings file, and writes single values to it, keeping comments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seedtui.core.config import toml
from seedtui.core.config.settings import Config, parse_config, with_keymap
from seedtui.core.errors import InputError
from seedtui.files.errors import file_error, shown
from seedtui.files.reading import read_text
from seedtui.library.files import make_folder, write_file
from seedtui.library.parts import sweep_parts
from seedtui.library.paths import config_file

MAX_BYTES = 2**18
"""Maximum size: no real config has more than 256 KiB."""


def read_config(environ: Mapping[str, str] | None = None, keymap: Path | None = None) -> Config:
    """The settings in the user's file, overridden by the environment, with the key bindings of `keymap` over both.

    Raises:
        InputError: a value is invalid; the message has the key and the line.
        FileError: a file cannot be read.
    """
    file = config_file()
    sweep_parts(file.parent)
    text = read_settings(file) if os.path.lexists(file) else ""
    config = parse_config(text, os.environ if environ is None else environ, file.name)
    return with_keymap(config, read_settings(keymap), keymap.name) if keymap else config


def read_settings(file: Path) -> str:
    """The text of `file`.

    Raises:
        FileError: it cannot be read, is too large, or is not text.
    """
    return read_text(file, MAX_BYTES)


def write_settings(text: str) -> Path:
    """Replace the user's file with `text` and return its path. If it is a link, the target is replaced.

    Raises:
        FileError: it cannot be written.
    """
    file = config_file()
    make_folder(file.parent)
    try:
        target = file.resolve()
    except (OSError, RuntimeError) as error:  # circular links
        raise file_error("write", file, error if isinstance(error, OSError) else OSError(str(error))) from error
    write_file(target, text.encode())
    return file


def keep_setting(path: tuple[str, ...], value: str | bool | list[str]) -> None:
    """Write one value, such as ``("suffix_sets", "portrait")``, into the user's file and leave the rest unchanged.

    Raises:
        FileError: the file cannot be read or written.
        InputError: the file is invalid, or would be afterwards; then nothing is written.
    """
    import tomlkit  # slow, and needed only here
    from tomlkit.exceptions import TOMLKitError

    file = config_file()
    text = read_settings(file) if os.path.lexists(file) else ""
    parse_config(text, {}, file.name)
    try:
        document = tomlkit.parse(text)
        *tables, name = path
        table = document
        for key in tables:
            table = table.setdefault(key, tomlkit.table())
        table[name] = _lines(value) if isinstance(value, list) else _item(value)
        new = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise InputError(f"cannot add {path[-1]} to {shown(file)}: {error}", "Add it by hand") from error
    parse_config(new, {}, file.name)
    write_settings(new)


def _lines(values: list[str]) -> Any:
    """An array with one value per line."""
    import tomlkit

    array = tomlkit.array().multiline(True)
    array.extend(map(_item, values))
    return array


def _item(value: str | bool) -> Any:
    """A value in the form of `toml.written`, which escapes what an editor or terminal would obey."""
    import tomlkit

    return tomlkit.parse(f"value = {toml.written(value)}")["value"]
