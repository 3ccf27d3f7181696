"""What is in memory of large rounds: small tiles, a few whole pictures, and sketches of all images."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from seedtui.app.pictures.bounded import BoundedPictures
from seedtui.app.state.job import ImageRef
from seedtui.core.images.picture import Picture
from seedtui.core.images.thumbnail import thumbnail, tiny_sketch

TILE_SIDE = 128
"""Longest side of a tile in pixels."""

TILE_BYTES = 24 * 2**20
"""For tiles: 500 of them, more than any screen shows."""

WHOLE_BYTES = 24 * 2**20
"""For whole pictures, to zoom and compare: eight of 1024 x 1024."""

SKETCHED_ROUNDS = 8
"""Rounds whose sketches are kept: 4,096 images take 1 MB."""


class SheetPictures:
    """Thousands of images never are in memory: what is missing is read again."""

    def __init__(self) -> None:
        self.tiles = BoundedPictures(TILE_BYTES)
        self._whole = BoundedPictures(WHOLE_BYTES)
        self._decoded = BoundedPictures(WHOLE_BYTES)
        self._sketches: OrderedDict[str, dict[int, bytes]] = OrderedDict()

    def take(self, image: ImageRef, picture: Picture) -> None:
        """An image is there: remember all of it."""
        self.tiles.put(image, thumbnail(picture, TILE_SIDE))
        self._whole.put(image, picture)
        self.add_sketches(image[0], {image[1]: tiny_sketch(picture)})

    def put_decoded(self, image: ImageRef, picture: Picture) -> None:
        """The picture of a scout round, decoded at full size: it is shown in place of the preview."""
        self._decoded.put(image, picture)

    def whole(self, image: ImageRef) -> Picture | None:
        """That image at full size, if it is in memory; a decoded one first."""
        return self._decoded.get(image) or self._whole.get(image)

    def is_decoded(self, image: ImageRef) -> bool:
        """Whether the decoded picture of that image is in memory."""
        return self._decoded.get(image) is not None

    def add_sketches(self, round_id: str, sketches: Mapping[int, bytes]) -> None:
        """Remember sketches of a round."""
        self._sketches.setdefault(round_id, {}).update(sketches)
        self._sketches.move_to_end(round_id)
        while len(self._sketches) > SKETCHED_ROUNDS:
            self._sketches.popitem(last=False)

    def sketches(self, round_id: str) -> Mapping[int, bytes]:
        """The sketches of a round's images that are in memory."""
        return self._sketches.get(round_id, {})
