"""Writes the sheets of a round beside its images: labelled pictures of all of them, and for a grid its pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path

from seedtui.core.images.picture import Picture, columns_for
from seedtui.core.rounds.rounds import Round
from seedtui.library.export.grid_pages import grid_html, grid_markdown, grid_picture
from seedtui.library.export.labelled_sheet import Heads, sheet_of_files
from seedtui.library.files import write_file
from seedtui.library.images.png import encode_plain_png

GRID = "grid"
CONTACT = "contact-sheet"
"""Names of files without their ending."""

PAGE_COLUMNS = 16
PAGE = PAGE_COLUMNS * PAGE_COLUMNS
"""Images on one contact sheet."""


def write_grid(folder: Path, round_: Round, files: Mapping[int, Path], *, replace: bool) -> tuple[Path, ...]:
    """Write ``grid.png``, ``grid.html`` and ``grid.md`` in `folder` for the images in `files`, by their index.

    `replace` those of that name; otherwise they are called ``grid_2`` and so on. Returns what was written.

    Raises:
        FileError: one cannot be written.
    """
    stem = GRID if replace else _free(folder, GRID, lambda name: [f"{name}{end}" for end in (".png", ".html", ".md")])
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


def write_contact_sheets(
    folder: Path, captioned: Sequence[tuple[Path, str]], *, replace: bool
) -> tuple[Path, ...]:  # fmt: skip
    """Write the images, each with its caption, as ``contact-sheet.png``, with more pages from `PAGE` images on.

    `replace` as in `write_grid`. Returns what was written.

    Raises:
        FileError: one cannot be written.
    """
    pages = pages_of(captioned)

    def names(stem: str) -> list[str]:
        return [f"{stem}{f'-{number}' if number else ''}.png" for number in range(len(pages))]

    written = []
    for name, page in zip(names(CONTACT if replace else _free(folder, CONTACT, names)), pages, strict=True):
        picture = contact_sheet_picture(page)
        if picture:
            write_file(folder / name, encode_plain_png(picture))
            written.append(folder / name)
    return tuple(written)


def contact_sheet_picture(captioned: Sequence[tuple[Path, str]]) -> Picture | None:
    """One picture of these images with their captions; None if there is none that can be read."""
    columns = min(PAGE_COLUMNS, columns_for(len(captioned)))
    rows = -(-len(captioned) // columns)
    heads = Heads(captions=[caption for _, caption in captioned])
    return sheet_of_files([path for path, _ in captioned], columns, rows, heads)


def pages_of(captioned: Sequence[tuple[Path, str]]) -> list[Sequence[tuple[Path, str]]]:
    """The images of each contact sheet, `PAGE` at most."""
    return [captioned[start : start + PAGE] for start in range(0, len(captioned), PAGE)]


def _free(folder: Path, stem: str, files: Callable[[str], Sequence[str]]) -> str:
    """`stem`, or it with a number, such that none of its `files` is in `folder`."""
    names = (stem if number == 1 else f"{stem}_{number}" for number in count(1))
    return next(name for name in names if not any(os.path.lexists(folder / file) for file in files(name)))
