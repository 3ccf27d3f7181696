"""Copies images of a session into a round that asks for the same ones, in place of making them twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from seedtui.core.errors import SeedtuiError
from seedtui.core.images.made import Here, as_cell
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.parts import parts
from seedtui.core.rounds.rounds import Round

if TYPE_CHECKING:
    from seedtui.library.images.made_images import MadeImages
    from seedtui.library.library import Library
    from seedtui.library.sessions import SessionId


class Copies:
    """Used only from the thread of the library. Knows the images of one session, for the round that is copied to."""

    def __init__(self) -> None:
        self._round_id = ""
        self._made: MadeImages | None = None

    def add(self, path: Path, record: ImageRecord) -> None:
        """An image was saved; a later part of its round may ask for the same one."""
        if self._made is not None and record.round_id == self._round_id:
            self._made.add(path, record)

    def copied(
        self, library: Library, session: SessionId, round_: Round, part: Round, here: Here
    ) -> Iterator[tuple[Picture, ImageRecord]]:
        """Copy what there is of `part` into `round_`, one after the other; `here` is loaded for it.

        Raises:
            FileError: the library cannot be read, or a copy cannot be written.
        """
        if self._made is None or self._round_id != round_.id:
            from seedtui.library.images.made_images import MadeImages

            self._round_id, self._made = round_.id, MadeImages()
            for path, record in library.records_of(session):
                self._made.add(path, record)
        there = ((index, path) for one in parts(part) for index, path in self._made.of(one, here).items())
        for index, path in there:
            if found := _read(path):
                picture, record = found[0], as_cell(found[1], round_, index)
                library.add_image(session, record, picture)
                yield picture, record


def _read(path: Path) -> tuple[Picture, ImageRecord] | None:
    """None if the file is gone or broken: then the image is made."""
    from seedtui.library.images.png import read_png

    try:
        return read_png(path)
    except SeedtuiError:
        return None
