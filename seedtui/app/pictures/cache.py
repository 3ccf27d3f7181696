"""Pictures in memory: those of the rounds viewed last, and the previews of the running one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Set

from seedtui.app.pictures.sheet_pictures import SheetPictures
from seedtui.app.state.job import ImageRef
from seedtui.core.images.picture import Picture

MAX_BYTES = 32 * 2**20
"""For finished pictures that are on disk: two screens of 1024 x 1024."""

MAX_ROUNDS = 16
"""Rounds whose pictures are kept, however small: a session of hundreds takes no more memory than a short one."""


class PictureCache:
    """Pictures by round and index.

    Finished ones beyond `MAX_BYTES` or `MAX_ROUNDS` are dropped, the least recently viewed round first.
    """

    def __init__(self) -> None:
        self._rounds: OrderedDict[str, dict[int, Picture]] = OrderedDict()
        self.sheets = SheetPictures()
        self._previews: dict[int, Picture] = {}
        self._previewed = ""

    def put(self, round_id: str, index: int, picture: Picture) -> None:
        """Remember a finished picture."""
        self._rounds.setdefault(round_id, {})[index] = picture
        self._rounds.move_to_end(round_id)

    def of(self, round_id: str) -> dict[int, Picture]:
        """The finished pictures of a round that are in memory; of a large one, tiles of at most 128 pixels."""
        if tiles := self.sheets.tiles.of(round_id):
            return tiles
        if round_id in self._rounds:
            self._rounds.move_to_end(round_id)
        return self._rounds.get(round_id, {})

    def preview(self, round_id: str, previews: dict[int, Picture]) -> None:
        """Add previews of the running round; those of its other images stay."""
        before = self._previews if round_id == self._previewed else {}
        self._previews, self._previewed = {**before, **previews}, round_id

    def drop_preview(self, image: ImageRef) -> None:
        """The image is there."""
        if image[0] == self._previewed:
            self._previews.pop(image[1], None)

    def previews_of(self, round_id: str) -> dict[int, Picture]:
        """The previews of a round, if it is the one that ran last."""
        return self._previews if round_id == self._previewed else {}

    @property
    def is_over(self) -> bool:
        """Whether a limit is exceeded."""
        return len(self._rounds) > MAX_ROUNDS or sum(map(_bytes, self._rounds.values())) > MAX_BYTES

    def let_go(self, needed: Set[str]) -> frozenset[str]:
        """Drop what exceeds the limits, except the rounds `needed` and the last one viewed. Returns those dropped."""
        size = sum(_bytes(pictures) for pictures in self._rounds.values())
        gone = []
        for round_id in list(self._rounds)[:-1]:
            if size <= MAX_BYTES and len(self._rounds) <= MAX_ROUNDS:
                break
            if round_id not in needed:
                size -= _bytes(self._rounds.pop(round_id))
                gone.append(round_id)
        return frozenset(gone)


def _bytes(pictures: dict[int, Picture]) -> int:
    return sum(len(picture.pixels) for picture in pictures.values())
