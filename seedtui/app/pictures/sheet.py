"""The sheet of a round, as one picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seedtui.app.state.round_view import RoundView
from seedtui.core.images.picture import Picture, columns_for
from seedtui.library.files import make_folder, name_choices, write_new_file
from seedtui.library.images.names import image_stem
from seedtui.library.images.png import encode_plain_png
from seedtui.library.images.sheet import make_grid


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
