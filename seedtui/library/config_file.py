"""The file of the user's settings: read here, and written a value at a time, the user's comments kept."""

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
"""A file of 256 KiB is no config."""


def read_config(environ: Mapping[str, str] | None = None, keymap: Path | None = None) -> Config:
    """The settings of the user's file, over them the environment's; the keys of the file `keymap` over both.

    Raises:
        InputError: a value cannot be used; key and line are told.
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
        FileError: it cannot be read, is too large, or no text.
    """
    return read_text(file, MAX_BYTES)


def write_settings(text: str) -> Path:
    """Put `text` in place of the user's file; what the file links to is written, the link stays. Where it is.

    Raises:
        FileError: it cannot be written.
    """
    file = config_file()
    make_folder(file.parent)
    try:
        target = file.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise file_error("write", file, error if isinstance(error, OSError) else OSError(str(error))) from error
    write_file(target, text.encode())
    return file


def keep_setting(path: tuple[str, ...], value: str | list[str]) -> None:
    """Write one value into the user's file, such as ``("suffix_sets", "portrait")``; all else in it stays as it is.

    Raises:
        FileError: it cannot be read or written.
        InputError: what is there is not TOML, or would not be read again; nothing is written then.
    """
    import tomlkit  # only when something is kept
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
        table[name] = _item(value) if isinstance(value, str) else _lines(value)
        new = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise InputError(f"{shown(file)} cannot take {path[-1]}: {error}", "Write it there by hand") from error
    parse_config(new, {}, file.name)
    write_settings(new)


def _lines(values: list[str]) -> Any:
    """An array that is written one value a line."""
    import tomlkit

    array = tomlkit.array().multiline(True)
    array.extend(map(_item, values))
    return array


def _item(value: str) -> Any:
    """A string as `toml.written` writes it, which leaves nothing in the file that an editor or a terminal obeys."""
    import tomlkit

    return tomlkit.parse(f"value = {toml.written(value)}")["value"]
