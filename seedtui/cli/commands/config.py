"""``seedtui config``: the settings, and where each comes from."""

from __future__ import annotations

import json as json_module
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_whole_config
from seedtui.cli.messages import print_json, say, tell
from seedtui.core.config import toml
from seedtui.core.config.settings import Config, all_keys, value_of, variable_of
from seedtui.core.config.template import commented_file
from seedtui.core.errors import EngineError, InputError
from seedtui.library.files import make_folder, write_new_file
from seedtui.library.paths import config_file


@command
@option("--path", is_flag=True, help="Print the path of the settings file.")
@option("--init", is_flag=True, help="Write a settings file that has every setting as a comment.")
@option("--edit", is_flag=True, help="Open the settings file in $VISUAL or $EDITOR; create it first if needed.")
@o.json
def config(path: bool, init: bool, edit: bool, json: bool) -> int:
    """Show every setting, and where it comes from.

    Command-line options override environment variables (SEEDTUI_STEPS and so on), which override the settings file,
    which overrides the defaults.
    """
    if sum((path, init, edit)) > 1:
        raise InputError("--path, --init and --edit cannot be combined", "Give one of them")
    if path:
        say(config_file())
        return 0
    if init:
        say(_init())
        return 0
    if edit:
        return _edit()
    _show(load_whole_config(), json)
    return 0


def _init() -> Path:
    file = config_file()
    make_folder(file.parent)
    if not write_new_file(file, commented_file(_keys()).encode()):
        raise InputError(f"{file} exists already", "Open it with: seedtui config --edit")
    return file


def _keys() -> dict[str, tuple[str, str]]:
    from seedtui.ui.keys.table import ACTIONS

    return {id: (action.keys, action.help) for id, action in ACTIONS.items() if action.in_keymap and not action.fixed}


def _edit() -> int:
    file = config_file()
    if not os.path.lexists(file):
        _init()
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    editor = words or [name for name in ("nano", "vi") if shutil.which(name)][:1]
    if not editor:
        raise EngineError("no editor was found", f"Set EDITOR, or open {file} yourself")
    try:
        code = subprocess.run([*editor, str(file)]).returncode
    except OSError as error:
        raise EngineError(
            f"cannot start the editor {editor[0]}: {error.strerror}", "Set EDITOR to another one"
        ) from error
    if code:
        tell(f"the editor exited with code {code}.")
        return 1
    load_whole_config()
    return 0


def _show(config: Config, as_json: bool) -> None:
    rows = [(key, value_of(config, key), _where(config, key)) for key in all_keys(config)]
    if as_json:
        for key, value, where in rows:
            print_json({"key": key, "value": value, "from": where, "variable": variable_of(key) or None})
        return
    from seedtui.core.text.console import cell, console, table

    lines = table("setting", "value", "from")
    for key, value, where in rows:
        style = "dim" if where == "default" else ""
        words = "not set" if value is None and key == "pool.workers" else _in_words(value)
        lines.add_row(cell(key), cell(words, style), cell(where, style))
    file = config_file()
    out = console()
    out.print(lines)
    out.print()
    out.print(cell(file if file.exists() else "no settings file; create one with: seedtui config --init", "dim"))


def _where(config: Config, key: str) -> str:
    origin = config.origins.get(key)
    return origin.where if origin else "default"


def _in_words(value: Any) -> str:
    if value is None:
        return "the model's"
    if isinstance(value, dict):
        return toml.written(value)
    if isinstance(value, bool):
        return f"{value}".lower()
    if isinstance(value, str):
        return json_module.dumps(value, ensure_ascii=False)
    return "  ".join(map(_in_words, value)) if isinstance(value, tuple) else f"{value}"
