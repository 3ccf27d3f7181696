"""Exports a session to a folder or a zip: its PNGs, one sheet per round, and a contact sheet in Markdown."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture, columns_for
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.files.errors import file_error, shown
from seedtui.files.reading import open_file
from seedtui.library.export import contact_sheet
from seedtui.library.export.large_round import put_large
from seedtui.library.files import make_folder, put_new, sync_folder, write_file
from seedtui.library.images.names import image_name
from seedtui.library.images.png import encode_plain_png, read_picture, read_record
from seedtui.library.images.sheet import make_grid
from seedtui.library.library import Library
from seedtui.library.parts import part_file, part_folder, sweep_parts
from seedtui.library.sessions import Session, SessionId

CONTACT = "contact-sheet.md"

Put = Callable[[str, bytes], None]
"""Adds a file to the export: its path inside it, with ``/``, and its content."""


class Exported(NamedTuple):
    """What was written. `missing` counts images of the session whose PNG is missing or broken."""

    path: Path
    rounds: int
    images: int
    missing: int


def export_session(library: Library, session: SessionId, out: Path) -> Exported:
    """Write a session to `out`: a zip file if the name ends in .zip, else a folder, which must be new or empty.

    PNGs are copied unchanged, with their recipes inside. Nothing appears until everything has been written.

    Raises:
        FileError: the session has no rounds, `out` already exists, or it cannot be written.
    """
    loaded = library.load_session(session)
    if not loaded.lineage.rounds:
        raise FileError(f"session {session} has no rounds", "List sessions that do with: seedtui sessions")
    try:
        return (_export_zip if out.suffix.lower() == ".zip" else _export_folder)(loaded, out)
    except OSError as error:
        raise file_error("write", out, error) from error


def _export_folder(session: Session, out: Path) -> Exported:
    """Export to a hidden folder in `out` first, so that a kill leaves only that, which the next export removes."""
    sweep_parts(make_folder(out))
    if any(out.iterdir()):
        raise FileError(f"{shown(out)} already contains files", "Give a new folder, or a .zip file")
    with part_folder(out) as part:

        def put(name: str, data: bytes) -> None:
            make_folder((part / name).parent)
            write_file(part / name, data)

        counts = _export(session, put)
        for name in sorted(os.listdir(part), key=lambda name: name == CONTACT):  # the contact sheet last
            os.rename(part / name, out / name)
        sync_folder(out)
    return Exported(out, *counts)


def _export_zip(session: Session, out: Path) -> Exported:
    taken = FileError(f"{shown(out)} already exists", "Give another name")
    if os.path.lexists(out):
        raise taken
    with part_file(make_folder(out.parent)) as (part, file):
        with zipfile.ZipFile(file, "w") as archive:  # uncompressed: PNGs already are compressed
            counts = _export(session, lambda name, data: archive.writestr(f"{out.stem}/{name}", data))
        file.flush()
        os.fsync(file.fileno())
        if not put_new(part, out):
            raise taken
    return Exported(out, *counts)


def _export(session: Session, put: Put) -> tuple[int, int, int]:
    """Put all files of `session`. Returns the numbers of rounds, of images, and of missing images."""
    pages = []
    images = missing = 0
    width = len(str(len(session.lineage.rounds)))
    numbers = {r.id: n for n, r in enumerate(session.lineage.rounds, 1)}
    for round_ in session.lineage.rounds:
        prefix = f"{numbers[round_.id]:0{width}}"
        plates = tuple(_plates(session, round_, prefix, put))
        images += sum(plate.file != "" for plate in plates)
        missing += sum(plate.file == "" and (round_.id, plate.shot.index) in session.images for plate in plates)
        sheets = _put_sheets(session, round_, plates, prefix, put)
        pages.append(contact_sheet.page(session, round_, plates, numbers, sheets))
    put(CONTACT, contact_sheet.sheet(session, pages).encode())
    return len(session.lineage.rounds), images, missing


def _plates(session: Session, round_: Round, prefix: str, put: Put) -> Iterator[contact_sheet.Plate]:
    names: set[str] = set()
    for shot in _shots(session, round_):
        image = session.images.get((round_.id, shot.index))
        read = _read(image.path) if image else None
        if image is None or read is None:
            yield contact_sheet.Plate(shot)
            continue
        data, record = read
        stem, ending = image_name(record)[:-4], ""
        while (name := f"pictures/{prefix}_{stem}{ending}.png") in names:
            ending = f"-{len(names) + 1}"
        names.add(name)
        put(name, data)
        yield contact_sheet.Plate(shot, name, record, image.starred, session.rounds[round_.id].pick == shot.index)


def _shots(session: Session, round_: Round) -> tuple[Shot, ...]:
    """The shots whose images are not deleted."""
    deleted = session.rounds[round_.id].deleted
    return tuple(shot for shot in round_.shots if shot.index not in deleted)


def _read(path: Path) -> tuple[bytes, ImageRecord] | None:
    """The file's bytes and its record; None if it is missing or broken."""
    try:
        record = read_record(path)
        with open_file(path) as (file, _size):
            return file.read(), record
    except FileError:
        return None


def _put_sheets(
    session: Session, round_: Round, plates: tuple[contact_sheet.Plate, ...], prefix: str, put: Put
) -> dict[str, str]:
    """Put the sheets of the round; the path of each by what it is."""
    if round_.is_large:
        files = {s.index: image.path for s in round_.shots if (image := session.images.get((round_.id, s.index)))}
        return put_large(round_, plates, files, prefix, put)
    name = _put_sheet(session, round_, prefix, put)
    return {"All as one picture": name} if name else {}


def _put_sheet(session: Session, round_: Round, prefix: str, put: Put) -> str:
    """Put one picture with all of the round's pictures. Its path, "" if there are none or their sizes differ."""
    pictures: dict[int, Picture] = {}
    shots = _shots(session, round_)
    for shot in shots:
        image = session.images.get((round_.id, shot.index))
        try:
            if image:
                pictures[shot.index] = read_picture(image.path)
        except FileError:
            continue
    first = next(iter(pictures.values()), None)
    if first is None or any((p.width, p.height) != (first.width, first.height) for p in pictures.values()):
        return ""
    columns = columns_for(len(shots))
    rows = -(-len(shots) // columns)
    empty = Picture(first.width, first.height, bytes(len(first.pixels)))
    name = f"sheets/{prefix}.png"
    cells = [pictures.get(shot.index, empty) for shot in shots]
    put(name, encode_plain_png(make_grid(cells + [empty] * (columns * rows - len(cells)), columns, rows)))
    return name
