"""Opens an image to continue from, whichever program made it."""

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
    """How to make the image in `path`. `record` is set if seedtui made it and its pixels are unchanged."""

    path: Path
    image: ForeignImage
    record: ImageRecord | None


def open_image(path: Path, base: Recipe) -> Opened:
    """How the image in `path` was made. Whatever another program does not record is taken from `base`.

    Our own images are PNG files; those of other programs may also be JPEG or WebP.

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
    notes = () if intact else ("its pixels have been changed: it is made again",)
    image = ForeignImage(
        program="seedtui", prompt=record.full_prompt, seed=record.seed, recipe=recipe, variations=record.variations,
        notes=notes,
    )  # fmt: skip
    return Opened(path, image, record if intact else None)


def is_ours(path: Path) -> bool:
    """Whether the file `path` has a record of seedtui, which may be damaged.

    Raises:
        FileError: it cannot be read, or is not an image.
    """
    return _is_ours(read_texts(path))


class RoundRef(NamedTuple):
    """A round in the library, and its session."""

    session: SessionId
    round_id: str


def place_of(library: Library, opened: Opened) -> RoundRef | None:
    """The round of one of our images, where it becomes the pick: its original round, or one in a new session.

    None for an image that is not ours, or was changed.

    Raises:
        FileError: the library cannot be read or written.
    """
    if opened.record is None:
        return None
    picture, record = read_png(opened.path)
    session = library.session_of(record.round_id)
    if session is None:
        # A round of its own, since nothing else of its original round is here.
        record = msgspec.structs.replace(record, round_id=f"opened-{record.sha256[:12]}", index=0)
        session = library.session_of(record.round_id)
    if session is None:
        session = library.new_session()
        library.add_image(session, record, picture)
    library.undelete_rounds(record.round_id)
    library.undelete_images((record.round_id, record.index))
    library.set_pick(record.round_id, record.index)
    library.set_current(record.round_id)
    return RoundRef(session, record.round_id)


def _is_ours(found: Texts) -> bool:
    return KEYWORD in found.texts or KEYWORD in found.problems
