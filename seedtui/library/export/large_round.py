"""The sheets of a round of many images in an export: for a grid its pages, for others labelled contact sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from seedtui.core.rounds.rounds import Round
from seedtui.library.export.contact_sheet import Plate
from seedtui.library.export.grid_pages import grid_html, grid_markdown, grid_picture
from seedtui.library.export.sheet_files import contact_sheet_picture, pages_of
from seedtui.library.images.png import encode_plain_png

FOLDER = "sheets"


def put_large(
    round_: Round, plates: Sequence[Plate], files: Mapping[int, Path], prefix: str, put: Callable[[str, bytes], None]
) -> dict[str, str]:
    """Put the sheets of `round_`, whose images are in `files` by index. The path of each by what it is.

    `plates` say where the images are in the export. Only one image at a time is in memory.
    """
    put_in = {plate.shot.index: plate for plate in plates if plate.file}
    there = {index: path for index, path in files.items() if index in put_in}
    return (_put_grid if round_.axes else _put_contact_sheets)(round_, put_in, there, f"{FOLDER}/{prefix}", put)


def _put_grid(
    round_: Round, plates: Mapping[int, Plate], files: Mapping[int, Path], stem: str, put: Callable[[str, bytes], None]
) -> dict[str, str]:
    sheets = {}
    picture = grid_picture(round_, files)
    if picture:
        sheets["All as one picture"] = f"{stem}.png"
        put(f"{stem}.png", encode_plain_png(picture))
    sheet = f"{stem}.png".removeprefix(f"{FOLDER}/") if picture else ""
    for words, ending, page in (("As HTML", ".html", grid_html), ("As Markdown", ".md", grid_markdown)):
        sheets[words] = f"{stem}{ending}"
        put(f"{stem}{ending}", page(round_, lambda i: f"../{plates[i].file}" if i in plates else "", sheet).encode())
    return sheets


def _put_contact_sheets(
    round_: Round, plates: Mapping[int, Plate], files: Mapping[int, Path], stem: str, put: Callable[[str, bytes], None]
) -> dict[str, str]:
    captioned = [(files[index], _caption(plate)) for index, plate in plates.items()]
    sheets = {}
    pages = pages_of(captioned)
    for number, page in enumerate(pages, 1):
        picture = contact_sheet_picture(page)
        if picture:
            name = f"{stem}.png" if number == 1 else f"{stem}-{number}.png"
            sheets["All as one picture" if len(pages) == 1 else f"Sheet {number}"] = name
            put(name, encode_plain_png(picture))
    return sheets


def _caption(plate: Plate) -> str:
    words = plate.shot.label.removeprefix("seed ")
    return f"{words}, kept" if plate.starred else words
