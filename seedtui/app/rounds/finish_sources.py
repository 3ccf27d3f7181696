"""The pixels that finish rounds are made from: in memory, or read from disk before the round is sent."""

from __future__ import annotations

from seedtui.app.pictures.controller import PictureController
from seedtui.app.state.job import ImageRef
from seedtui.app.store import Store
from seedtui.core.rounds.rounds import Round


class FinishSources:
    """Called only from the app's thread."""

    def __init__(self, store: Store, pictures: PictureController) -> None:
        self._store, self._pictures = store, pictures
        self._reading: set[ImageRef] = set()
        self._missing: set[ImageRef] = set()

    def pixels(self, round_: Round) -> bytes | None:
        """The pixels for `round_`, b"" if it needs none or there are none: then the worker makes the picture again.

        None while they are being read; `on_read` or `on_failed` follows.
        """
        if not round_.source or round_.parent is None:
            return b""
        image = (round_.parent.round_id, round_.parent.index)
        if picture := self._pictures.cached(image):
            self._missing.discard(image)
            return picture.pixels
        round_view = self._store.state.round_views.get(image[0])
        if image in self._missing or round_view is None or image[1] not in round_view.kept:
            self._missing.discard(image)  # another round may find it
            return b""
        if image not in self._reading:
            self._reading.add(image)
            self._pictures.find(image)
        return None

    def on_read(self, round_id: str, gone: frozenset[int]) -> None:
        """Pictures of that round were read; those that are `gone` could not be."""
        self._missing |= {image for image in self._reading if image[0] == round_id and image[1] in gone}
        self._reading = {image for image in self._reading if image[0] != round_id}

    def on_failed(self) -> None:
        """The library cannot be used: what was being read will not come."""
        self._missing |= self._reading
        self._reading.clear()
