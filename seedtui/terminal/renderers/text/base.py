"""The base of renderers that draw with characters: nothing is sent, and the last drawing is cached."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.cache import DrawingCache
from seedtui.terminal.renderers.renderer import Drawing, Renderer, Row


class TextRenderer(ABC):
    """A `Renderer` whose drawings are rows of characters. Subclasses paint them."""

    def __init__(self, name: str, cell: tuple[int, int], previews_per_second: float = 10.0) -> None:
        self.name = name
        self.cell = cell
        self.previews_per_second = previews_per_second
        self._kept = DrawingCache()

    @property
    def flat(self) -> Renderer:
        return self

    def draw(
        self, tile: Hashable, picture: Picture, columns: int, rows: int,
        *, background: str = "#000000", preview: bool = False, sharing: int = 4, shown: Drawing | None = None,
        pieces: int = 0, exact: bool = False,
    ) -> Drawing:  # fmt: skip
        if columns < 1 or rows < 1:
            return Drawing(((),) * max(0, rows))
        question = (picture, columns, rows, background, preview, pieces > 0)
        kept = self._kept.find(tile, question)
        return kept or self._kept.keep(tile, question, Drawing(self.paint(*question)))

    def release(self, tile: Hashable) -> str:
        self._kept.forget(tile)
        return ""

    def release_all(self) -> str:
        self._kept.forget_all()
        return ""

    @abstractmethod
    def paint(
        self, picture: Picture, columns: int, rows: int, background: str, preview: bool, fill: bool
    ) -> tuple[Row, ...]:  # fmt: skip
        """`rows` rows of segments that fill `columns` cells each (both at least 1). A `preview` should be fast."""
