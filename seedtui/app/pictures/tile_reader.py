"""Reads tiles and sketches of large rounds in a thread of its own, so that a picture never waits for a write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from seedtui.app.events import TilesRead
from seedtui.app.pictures.sheet_pictures import TILE_SIDE
from seedtui.app.state.job import ImageRef
from seedtui.core.errors import SeedtuiError
from seedtui.core.images.thumbnail import thumbnail, tiny_sketch

if TYPE_CHECKING:
    from seedtui.library.library import Library

MOST_WAITING = 512
"""Tiles that wait to be read; those requested first are forgotten: they are no longer on screen."""

_EVERY = 0.05
"""Seconds between two reports."""


class TileReader:
    """`post` gets the results. Tiles go before sketches, and of tiles those requested last."""

    def __init__(self, library: Callable[[], Library], post: Callable[[TilesRead], object]) -> None:
        self._library, self._post = library, post
        self._lock = threading.Lock()
        self._tiles: dict[ImageRef, None] = {}
        self._sketches: dict[ImageRef, None] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tiles")

    def read_tiles(self, round_id: str, indexes: Iterable[int]) -> None:
        """Read those tiles next."""
        with self._lock:
            for index in reversed(tuple(indexes)):
                self._tiles.pop((round_id, index), None)
                self._tiles[round_id, index] = None
            while len(self._tiles) > MOST_WAITING:
                del self._tiles[next(iter(self._tiles))]
        self._thread.submit(self._work)

    def read_sketches(self, round_id: str, indexes: Iterable[int]) -> None:
        """Read those sketches when no tile waits."""
        with self._lock:
            self._sketches |= dict.fromkeys((round_id, index) for index in indexes)
        self._thread.submit(self._work)

    def close(self) -> None:
        """Read nothing more."""
        with self._lock:
            self._tiles.clear()
            self._sketches.clear()
        self._thread.shutdown(wait=True, cancel_futures=True)

    # --- in its thread

    def _work(self) -> None:
        found = TilesRead("", {}, {}, frozenset())
        due = time.monotonic() + _EVERY
        while request := self._next():
            image, is_tile = request
            if found.round_id not in ("", image[0]) or time.monotonic() >= due:
                self._post(found)
                found, due = TilesRead("", {}, {}, frozenset()), time.monotonic() + _EVERY
            found = self._with(found, image, is_tile)
        if found.round_id:
            self._post(found)

    def _with(self, found: TilesRead, image: ImageRef, is_tile: bool) -> TilesRead:
        round_id, index = image
        try:
            picture = self._library().picture(*image)
        except SeedtuiError:
            return TilesRead(round_id, found.tiles, found.sketches, found.gone | {index})
        tiles = {index: thumbnail(picture, TILE_SIDE)} if is_tile else {}
        sketches = {index: tiny_sketch(picture)}
        return TilesRead(round_id, {**found.tiles, **tiles}, {**found.sketches, **sketches}, found.gone)

    def _next(self) -> tuple[ImageRef, bool] | None:
        with self._lock:
            if self._tiles:
                return self._tiles.popitem()[0], True
            if self._sketches:
                image = next(iter(self._sketches))
                del self._sketches[image]
                return image, False
            return None
