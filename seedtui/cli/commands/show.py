"""``seedtui show``: draws pictures in the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import for_each, print_json, say
from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.text.gated_stream import ungated
from seedtui.library.images.png import read_picture, read_record
from seedtui.terminal.probe.modes import Terminal

_CAPTION_ROWS = 2


@command
@o.images("PNG files, made by any program.")
@option("--width", metavar="N", type=click.IntRange(1, 1000), help="Use at most N columns, 1 to 1000.")
@option("--json", is_flag=True, help="Print path, size and label, one JSON object per line.")
def show(images: tuple[Path, ...], width: int | None, json: bool) -> int:
    """Draw pictures in this terminal.

    As pixels where the terminal can show them, otherwise in blocks, and in letters where there are no colours.
    """
    if json:
        return for_each(images, _describe)
    from seedtui.terminal.lifecycle import prepared_terminal

    if not (sys.stdout and sys.stdout.isatty()):
        return for_each(images, lambda path: draw(path, Terminal("ascii"), width))
    with prepared_terminal(load_config().images) as (terminal, _, _):
        return for_each(images, lambda path: draw(path, terminal, width))


def draw(path: Path, terminal: Terminal, width: int | None) -> None:
    """Print the picture in `path` and its path, with seed and suffix if seedtui made it."""
    from seedtui.terminal.output.print_picture import print_picture

    picture: Picture = read_picture(path)
    columns, rows = _size()
    print_picture(picture, terminal, ungated(sys.stdout), width or columns, max(1, rows - _CAPTION_ROWS))
    say(f"{path}  {_label(path)}".rstrip())


def _size() -> tuple[int, int]:
    """Columns and rows of the terminal; only without one, those of COLUMNS and LINES, which may be outdated."""
    try:
        return os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size()


def _describe(path: Path) -> None:
    picture = read_picture(path)
    print_json({"path": str(path.absolute()), "width": picture.width, "height": picture.height, "label": _label(path)})


def _label(path: Path) -> str:
    try:
        record = read_record(path)
    except FileError:
        return ""  # a picture of another program is drawn too
    return record.label
