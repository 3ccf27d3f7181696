"""Pictures of single images in bounded memory: those used last stay."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from seedtui.app.state.job import ImageRef
from seedtui.core.images.picture import Picture


class BoundedPictures:
    """Pictures by image, at most `max_bytes` of them; the last one is always there."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._order: OrderedDict[ImageRef, int] = OrderedDict()
        self._rounds: dict[str, dict[int, Picture]] = {}
        self._bytes = 0

    def put(self, image: ImageRef, picture: Picture) -> None:
        """Remember a picture; those used least recently make room."""
        self._bytes += len(picture.pixels) - self._order.pop(image, 0)
        self._order[image] = len(picture.pixels)
        self._rounds.setdefault(image[0], {})[image[1]] = picture
        while self._bytes > self._max_bytes and len(self._order) > 1:
            (round_id, index), size = self._order.popitem(last=False)
            self._bytes -= size
            of_round = self._rounds[round_id]
            del of_round[index]
            if not of_round:
                del self._rounds[round_id]

    def get(self, image: ImageRef) -> Picture | None:
        """That picture, if it is in memory; it counts as used."""
        if image in self._order:
            self._order.move_to_end(image)
        return self._rounds.get(image[0], {}).get(image[1])

    def of(self, round_id: str) -> dict[int, Picture]:
        """The pictures of a round that are in memory."""
        return self._rounds.get(round_id, {})

    def missing(self, round_id: str, indexes: Iterable[int]) -> tuple[int, ...]:
        """Those that are not in memory; the others count as used."""
        return tuple(index for index in indexes if self.get((round_id, index)) is None)
