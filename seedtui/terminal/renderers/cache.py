"""Keeps the last drawing of each tile, so that drawing it again costs nothing."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock

from seedtui.terminal.renderers.renderer import Drawing


class DrawingCache:
    """The last arguments and drawing of each tile. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_tile: dict[Hashable, tuple[tuple[object, ...], Drawing]] = {}

    def find(self, tile: Hashable, question: tuple[object, ...]) -> Drawing | None:
        with self._lock:
            kept = self._by_tile.get(tile)
        return kept[1] if kept and kept[0] == question else None

    def keep(self, tile: Hashable, question: tuple[object, ...], drawing: Drawing) -> Drawing:
        with self._lock:
            self._by_tile[tile] = (question, drawing)
        return drawing

    def forget(self, tile: Hashable) -> None:
        with self._lock:
            self._by_tile.pop(tile, None)

    def forget_all(self) -> None:
        with self._lock:
            self._by_tile.clear()
