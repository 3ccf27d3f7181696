"""Draws real pixels in terminals that paint them at the cursor, over cells: with iTerm2's inline images, or sixel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import Mode
from seedtui.terminal.probe.tmux import HERE, Loss, Place, Tmux
from seedtui.terminal.probe.tty import kernel_cell
from seedtui.terminal.renderers.cache import DrawingCache
from seedtui.terminal.renderers.cells import MAX_CELLS, PaintedColor, picture_rows
from seedtui.terminal.renderers.fit import Box, fit
from seedtui.terminal.renderers.iterm2 import inline_image, jpeg_preview, jpeg_within, png_exact
from seedtui.terminal.renderers.renderer import Drawing, Renderer
from seedtui.terminal.renderers.sixel import encoded, reduced_within
from seedtui.terminal.renderers.text.canvas import to_image

Cell = tuple[float, float]
"""The width and height of a cell in pixels."""


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
        way = Image.Resampling.NEAREST if wish.preview or wish.exact else Image.Resampling.LANCZOS
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


class Cells:
    """The size of the terminal's cells, which changes with its font."""

    def __init__(self, size: Cell, kernel: Callable[[], Cell | None] = kernel_cell) -> None:
        self.size = size
        self._kernel = kernel
        self._told = kernel()

    def measure(self) -> None:
        """Follow the kernel's size, which need not be quite the one that the terminal told."""
        before, self._told = self._told, self._kernel() or self._told
        if before and self._told and before != self._told:
            self.size = (self.size[0] * self._told[0] / before[0], self.size[1] * self._told[1] / before[1])


class PaintedRenderer:
    """Each drawing is encoded as a whole, and in its `pieces`; parts that are uncovered later are encoded then."""

    def __init__(
        self,
        name: str,
        paint: Callable[[Image.Image, Wish], PaintedPicture],
        flat: Renderer,
        cells: Cells,
        allowance: Allowance,
        tmux: Tmux | None = None,
    ) -> None:
        """`flat` draws pictures that can be dimmed."""
        self.name = name
        self.flat: Renderer = flat
        self.previews_per_second, self.bytes_per_second = flat.previews_per_second, 0.0
        self.can_lose = self.in_tmux = tmux is not None
        self.paints = True
        self._cells, self._paint, self._allowance, self._tmux = cells, paint, allowance, tmux
        self._kept = DrawingCache()

    @property
    def cell(self) -> tuple[int, int]:
        return max(1, round(self._cells.size[0])), max(1, round(self._cells.size[1]))

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

    def settle(self) -> Place | None:
        self._cells.measure()
        if self._tmux is None:
            return HERE
        self._tmux.refresh()  # draws over whatever was painted elsewhere
        return self._tmux.place()

    def lost(self) -> Loss:
        return self._tmux.view().loss if self._tmux else Loss.NOTHING

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


def make_painted(mode: Mode, flat: Renderer, cell: Cell, *, slow: bool = False, tmux: Tmux | None) -> PaintedRenderer:
    """The renderer for ``iterm2`` or ``sixel``. `slow`: the connection is."""
    kinds: dict[Mode, type[PaintedPicture]] = {"iterm2": InlinePicture, "sixel": SixelPicture}
    return PaintedRenderer(mode, kinds[mode], flat, Cells(cell), (_REMOTE if slow else _LOCAL)[mode], tmux)
