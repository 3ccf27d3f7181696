"""Draws real pixels in terminals that paint them at the cursor, over cells: with iTerm2's inline images, or sixel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import Mode
from seedtui.terminal.renderers.cache import DrawingCache
from seedtui.terminal.renderers.cell_size import Cell, CellSize
from seedtui.terminal.renderers.cells import MAX_CELLS, PaintedColor, picture_rows
from seedtui.terminal.renderers.fit import Box, fit
from seedtui.terminal.renderers.iterm2 import inline_image, jpeg_preview, jpeg_within, png_exact
from seedtui.terminal.renderers.renderer import Drawing, Renderer
from seedtui.terminal.renderers.sixel import encoded, reduced_within
from seedtui.terminal.renderers.text.canvas import to_image


@dataclass(frozen=True, slots=True)
class Allowance:
    """Bytes that pictures may take to send: a screenful of final ones, and one preview."""

    screen: int
    preview: int


_LOCAL = {"iterm2": Allowance(200_000, 9_000), "sixel": Allowance(440_000, 16_000)}
_REMOTE = {"iterm2": Allowance(150_000, 9_000), "sixel": Allowance(320_000, 12_000)}
"""In 64 colours, sixel takes twice as much as a JPEG of good quality."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a picture is to be painted: over the cells of `box`, in about `limit` bytes. `exact`: single pixels count."""

    box: Box
    cell: Cell
    limit: int
    preview: bool
    exact: bool

    @property
    def pixels(self) -> tuple[int, int]:
        """Those of the cells, and never more: what is in the next cells would be erased."""
        return max(1, int(self.box.width * self.cell[0])), max(1, int(self.box.height * self.cell[1]))

    def edges(self, part: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Left, upper, right and lower edge of the `part` in an image of `size`."""
        across, down = size[0] / self.box.width, size[1] / self.box.height
        return part.left * across, part.top * down, (part.left + part.width) * across, (part.top + part.height) * down


class PaintedPicture(ABC):
    """A picture over the cells of a box, and what draws it or a part of it. Safe to use from any thread."""

    def __init__(self, image: Image.Image, wish: Wish) -> None:
        self._image, self._wish = image, wish
        self._encoded: dict[Box, str] = {}
        self.whole = wish.box
        self.bytes = 0

    def encode(self, parts: Iterable[Box]) -> None:
        """Encode these parts now; they make up the whole."""
        self.bytes = sum(len(self.sequence(part)) for part in parts)

    def sequence(self, part: Box) -> str:
        if part not in self._encoded:
            self._encoded[part] = self._encode(part)
        return self._encoded[part]

    @abstractmethod
    def _encode(self, part: Box) -> str:
        """What draws the `part` at the cursor."""


class InlinePicture(PaintedPicture):
    """iTerm2's inline images. The terminal scales them, so no more pixels are sent than there are."""

    def __init__(self, image: Image.Image, wish: Wish) -> None:
        width, height = wish.pixels
        if wish.exact and image.width < width and image.height < height:
            times = min(width // image.width, height // image.height)  # a terminal would blur single pixels
            image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
        elif image.width > width or image.height > height:
            size = min(image.width, width), min(image.height, height)
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        super().__init__(image, wish)

    def _encode(self, part: Box) -> str:
        wish, image = self._wish, self._image
        if part != wish.box:
            left, top, right, bottom = edges = wish.edges(part, image.size)
            size = max(1, round(right - left)), max(1, round(bottom - top))
            image = image.resize(size, Image.Resampling.BILINEAR, box=edges)
        share = wish.limit * part.width * part.height // (wish.box.width * wish.box.height)
        return inline_image(self._file(image, max(_LEAST, share)), part.width, part.height)

    def _file(self, image: Image.Image, limit: int) -> bytes:
        if self._wish.exact:
            return png_exact(image)
        return jpeg_preview(image) if self._wish.preview else jpeg_within(image, limit)


_LEAST = 2_000
"""Bytes that the smallest part of a picture may take."""


class SixelPicture(PaintedPicture):
    """Sixel, pixel for pixel. All parts have the same colours."""

    def __init__(self, image: Image.Image, wish: Wish) -> None:
        smooth = Image.Resampling.BILINEAR if wish.preview else Image.Resampling.LANCZOS
        way = Image.Resampling.NEAREST if wish.exact else smooth
        scaled = image.resize(wish.pixels, way) if image.size != wish.pixels else image
        limit = _EXACT_TIMES * wish.limit if wish.exact else wish.limit
        reduced, whole = reduced_within(scaled, limit, fast=wish.preview)
        super().__init__(reduced, wish)
        self._encoded[wish.box] = whole

    def _encode(self, part: Box) -> str:
        left, top, _, _ = self._wish.edges(part, self._image.size)
        width, height = replace(self._wish, box=part).pixels
        edges = (round(left), round(top), round(left) + width, round(top) + height)
        return encoded(self._image.crop(edges))


_EXACT_TIMES = 4
"""How many times the bytes a picture may take whose single pixels count."""


class PaintedRenderer:
    """Each drawing is encoded as a whole, and in its `pieces`; parts that are uncovered later are encoded then."""

    def __init__(
        self, name: str, paint: Callable[[Image.Image, Wish], PaintedPicture], flat: Renderer, cells: CellSize,
        allowance: Allowance,
    ) -> None:  # fmt: skip
        """`flat` draws pictures that can be dimmed."""
        self.name = name
        self.flat: Renderer = flat
        self.previews_per_second = flat.previews_per_second
        self._cells, self._paint, self._allowance = cells, paint, allowance
        self._kept = DrawingCache()

    @property
    def cell(self) -> tuple[int, int]:
        return self._cells.rounded

    def draw(
        self, tile: Hashable, picture: Picture, columns: int, rows: int,
        *, background: str = "#000000", preview: bool = False, sharing: int = 4, shown: Drawing | None = None,
        pieces: int = 0, exact: bool = False,
    ) -> Drawing:  # fmt: skip
        if columns < 1 or rows < 1:
            return Drawing(((),) * max(0, rows))
        cell = self._cells.size
        question = (picture, columns, rows, background, preview, sharing, pieces, exact, cell)
        if kept := self._kept.find(tile, question):
            return kept
        most = (min(columns, MAX_CELLS), min(rows, MAX_CELLS))
        box = Box(0, 0, *most) if pieces else fit((picture.width, picture.height), most, cell)
        limit = self._allowance.preview if preview else self._allowance.screen // max(1, sharing)
        wish = Wish(box._replace(left=0, top=0), cell, limit, preview, exact)
        painting = self._paint(to_image(picture), wish)
        painting.encode(_cut_apart(wish.box, pieces or 1))
        cells = picture_rows(box, columns, rows, PaintedColor.of(painting), background)
        return self._kept.keep(tile, question, Drawing(cells, painting=painting))

    def release(self, tile: Hashable) -> str:
        self.flat.release(tile)
        self._kept.forget(tile)
        return ""

    def release_all(self) -> str:
        self.flat.release_all()
        self._kept.forget_all()
        return ""


def _cut_apart(box: Box, pieces: int) -> list[Box]:
    width = box.width // pieces
    return [Box(left, 0, width, box.height) for left in range(0, width * pieces, width)]


def make_painted(mode: Mode, flat: Renderer, cells: CellSize, *, slow: bool = False) -> PaintedRenderer:
    """The renderer for ``iterm2`` or ``sixel``. `slow`: the connection is."""
    kinds: dict[Mode, type[PaintedPicture]] = {"iterm2": InlinePicture, "sixel": SixelPicture}
    return PaintedRenderer(mode, kinds[mode], flat, cells, (_REMOTE if slow else _LOCAL)[mode])
