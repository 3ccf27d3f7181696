"""An image to go on from, whoever made it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from seedtui.core.errors import FileError, InputError
from seedtui.core.foreign.translate import ForeignImage, understand
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.files.errors import shown
from seedtui.library.foreign.reading import read_foreign
from seedtui.library.foreign.texts import Texts, read_texts
from seedtui.library.images.png import KEYWORD, pixels_intact, read_png
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId


class Opened(NamedTuple):
    """What `path` says: how to make it, and the record if seedtui made it and nobody changed its pixels since."""

    path: Path
    image: ForeignImage
    record: ImageRecord | None


def open_image(path: Path, base: Recipe) -> Opened:
    """How the image in `path` was made; what another program does not say is as in `base`.

    One of ours is a PNG file, one of another program may be a JPEG or WebP file too.

    Raises:
        FileError: it cannot be read, or does not say how it was made.
    """
    found = read_texts(path)
    if not _is_ours(found):
        try:
            return Opened(path, understand(read_foreign(path, found), base), None)
        except InputError as error:
            raise FileError(f"cannot use {shown(path)}: {error.problem.message}", error.problem.hint) from error
    picture, record = read_png(path)
    intact = pixels_intact(picture, record)
    recipe = msgspec.structs.replace(record.recipe, revision=None)
    notes = () if intact else ("its pixels were changed since it was made: it is made again",)
    image = ForeignImage(program="seedtui", prompt=record.full_prompt, seed=record.seed, recipe=recipe, notes=notes)
    return Opened(path, image, record if intact else None)


def is_ours(path: Path) -> bool:
    """Whether the file `path` has a record of seedtui, which may be damaged.

    Raises:
        FileError: it cannot be read, or is no image.
    """
    return _is_ours(read_texts(path))


class RoundRef(NamedTuple):
    """A round in the library, and its session."""

    session: SessionId
    round_id: str


def place_of(library: Library, opened: Opened) -> RoundRef | None:
    """Where to go on from an image of ours, which is picked there: the round it is from, or a new session with it.

    None for the image of another program.

    Raises:
        FileError: the library cannot be read or written.
    """
    if opened.record is None:
        return None
    picture, record = read_png(opened.path)
    session = library.session_of(record.round_id)
    if session is None:
        # A round of its own: of the one that it is from nothing but this image is here.
        record = msgspec.structs.replace(record, round_id=f"opened-{record.sha256[:12]}", index=0)
        session = library.session_of(record.round_id)
    if session is None:
        session = library.new_session()
        library.add_image(session, record, picture)
    library.undelete_rounds(record.round_id)
    library.set_pick(record.round_id, record.index)
    library.set_current(record.round_id)
    return RoundRef(session, record.round_id)


def _is_ours(found: Texts) -> bool:
    return KEYWORD in found.texts or KEYWORD in found.problems
