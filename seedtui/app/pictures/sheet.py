"""The sheet of a round, as one picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from seedtui.app.state.round_view import RoundView
from seedtui.core.errors import InputError
from seedtui.core.images.picture import Picture, columns_for
from seedtui.library.files import make_folder, name_choices, write_new_file
from seedtui.library.images.names import image_stem
from seedtui.library.images.png import encode_plain_png
from seedtui.library.images.sheet import make_grid

if TYPE_CHECKING:
    from seedtui.library.library import Library


def save_large_sheet(folder: Path, round_view: RoundView, library: Library) -> Path:
    """Write the sheets of a large round, read from the library: a labelled grid and its pages, or contact sheets.

    Returns the first file.

    Raises:
        InputError: there is no picture yet.
        FileError: the library cannot be read, or a file cannot be written.
    """
    from seedtui.library.export.sheet_files import write_contact_sheets, write_grid

    round_ = round_view.round
    files = {index: library.path(round_.id, index) for index in round_view.kept}
    make_folder(folder)
    if round_.axes:
        written = write_grid(folder, round_, files, replace=False)
    else:
        captioned = [(path, round_.caption(round_.shots[index])) for index, path in files.items()]
        written = write_contact_sheets(folder, captioned, replace=False)
    if not written:
        raise InputError("there is no picture to save yet", "Wait for some")
    return next((path for path in written if path.suffix == ".png"), written[0])


def save_sheet(folder: Path, round_view: RoundView, pictures: Mapping[int, Picture]) -> Path:
    """Write all pictures of a round that are not deleted as one grid, like Diffusers' `make_image_grid`.

    Raises:
        FileError: it cannot be written.
    """
    kept = round_view.kept
    columns = columns_for(len(kept))
    rows = -(-len(kept) // columns)
    first = next(iter(pictures.values()))
    empty = Picture(first.width, first.height, bytes(len(first.pixels)))
    cells = [pictures.get(index, empty) for index in kept]
    sheet = make_grid(cells + [empty] * (columns * rows - len(kept)), columns, rows)
    record = next(record for index in kept if (record := round_view.records[index]))
    data = encode_plain_png(sheet)
    names = name_choices(make_folder(folder), f"{image_stem(record)}_sheet")
    return next(path for path in names if write_new_file(path, data))
