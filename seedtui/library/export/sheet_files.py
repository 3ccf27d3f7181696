"""Writes the sheets of a round beside its images: labelled pictures of all of them, and for a grid its pages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from seedtui.core.rounds.rounds import Round
from seedtui.library.export.grid_pages import grid_html, grid_markdown, grid_picture
from seedtui.library.files import write_file
from seedtui.library.images.png import encode_plain_png

GRID = "grid"
"""The name of a grid's files, without its ending."""


def write_grid(folder: Path, round_: Round, files: Mapping[int, Path], *, replace: bool) -> tuple[Path, ...]:
    """Write ``grid.png``, ``grid.html`` and ``grid.md`` in `folder` for the images in `files`, by their index.

    `replace` those of that name; otherwise they are called ``grid-2`` and so on. Returns what was written.

    Raises:
        FileError: one cannot be written.
    """
    endings = (".png", ".html", ".md")
    names = (GRID if number == 1 else f"{GRID}-{number}" for number in count(1))
    stem = next(
        name for name in names if replace or not any(os.path.lexists(folder / f"{name}{end}") for end in endings)
    )
    links = {index: os.path.relpath(path, folder) for index, path in files.items()}
    picture = grid_picture(round_, files)
    sheet = f"{stem}.png" if picture else ""
    pages = {end: page(round_, lambda index: links.get(index, ""), sheet).encode()
             for end, page in ((".html", grid_html), (".md", grid_markdown))}  # fmt: skip
    if picture:
        pages[".png"] = encode_plain_png(picture)
    for end, data in pages.items():
        write_file(folder / f"{stem}{end}", data)
    return tuple(folder / f"{stem}{end}" for end in pages)
