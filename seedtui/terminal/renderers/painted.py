"""Draws real pixels in terminals that paint them at the cursor, over cells: with iTerm2's inline images, or sixel."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import Mode
from seedtui.terminal.probe.tmux import HERE, Loss, Place, Tmux
from seedtui.terminal.probe.tty import kernel_cell
from seedtui.terminal.renderers.cache import DrawingCache
from seedtui.terminal.renderers.cells import MAX_CELLS, PaintedColor, picture_rows
from seedtui.terminal.renderers.fit import Box, fit
from seedtui.terminal.renderers.iterm2 import inline_image, jpeg_within, png_exact
from seedtui.terminal.renderers.renderer import Drawing, Renderer
from seedtui.terminal.renderers.sixel import sixel_within
from seedtui.terminal.renderers.text.canvas import to_image

Cell = tuple[float, float]
"""The width and height of a cell in pixels."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Bytes that pictures may take to send: a screenful of final ones, and one preview."""

    screen: int
    preview: int


class Encoder(Protocol):
    """One of the protocols."""

    def __call__(self, image: Image.Image, box: Box, cell: Cell, limit: int, *, preview: bool, exact: bool) -> str:
        """What draws `image` at the cursor over the cells of `box`, in about `limit` bytes."""
        ...


def iterm2(image: Image.Image, box: Box, cell: Cell, limit: int, *, preview: bool, exact: bool) -> str:
    """The terminal scales: no more pixels are sent than there are."""
    if exact:
        enlarged = _enlarged(image, box, cell)
        return inline_image(png_exact(enlarged), box.width, box.height)
    return inline_image(jpeg_within(image, limit), box.width, box.height)


def sixel(image: Image.Image, box: Box, cell: Cell, limit: int, *, preview: bool, exact: bool) -> str:
    """Pixel for pixel, and never more than the cells have: what is in the next ones would be erased."""
    size = int(box.width * cell[0]), int(box.height * cell[1])
    if image.size != size:
        way = Image.Resampling.NEAREST if preview or exact else Image.Resampling.LANCZOS
        image = image.resize(size, way)
    return sixel_within(image, 4 * limit if exact else limit, fast=preview)


def _enlarged(image: Image.Image, box: Box, cell: Cell) -> Image.Image:
    """`image` with each pixel as a square of them, where there is room: a terminal would blur them."""
    times = int(min(box.width * cell[0] / image.width, box.height * cell[1] / image.height))
    return image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST) if times > 1 else image


_LOCAL = {"iterm2": Allowance(200_000, 9_000), "sixel": Allowance(440_000, 16_000)}
_REMOTE = {"iterm2": Allowance(150_000, 9_000), "sixel": Allowance(320_000, 12_000)}
"""iTerm2's images are JPEG files, of quality 85 to 90. 64 colours in sixel take twice as much."""


def make_painted(mode: Mode, flat: Renderer, cell: Cell, *, slow: bool = False, tmux: Tmux | None) -> PaintedRenderer:
    """The renderer for ``iterm2`` or ``sixel``. `slow`: the connection is."""
    encode = {"iterm2": iterm2, "sixel": sixel}[mode]
    return PaintedRenderer(mode, encode, flat, Cells(cell), (_REMOTE if slow else _LOCAL)[mode], tmux)


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


class PaintedPicture:
    """A picture of the size of `box` in cells, and what paints it or a part of it. Safe to use from any thread."""

    def __init__(self, image: Image.Image, box: Box, paint: Callable[[Image.Image, Box], str]) -> None:
        self._image, self._box, self._paint = image, box, paint
        self._painted: dict[Box, str] = {}
        self.bytes = 0

    def encode(self, parts: Iterable[Box]) -> None:
        """Encode these parts now; they make up the whole."""
        self.bytes = sum(len(self.sequence(part)) for part in parts)

    def sequence(self, part: Box) -> str:
        if part not in self._painted:
            self._painted[part] = self._paint(self._cut(part), part)
        return self._painted[part]

    def _cut(self, part: Box) -> Image.Image:
        if (part.width, part.height) == (self._box.width, self._box.height):
            return self._image
        across, down = self._image.width / self._box.width, self._image.height / self._box.height
        cut = (part.left * across, part.top * down, part.width * across, part.height * down)
        size = max(1, round(cut[2])), max(1, round(cut[3]))
        edges = (cut[0], cut[1], cut[0] + cut[2], cut[1] + cut[3])
        return self._image.resize(size, Image.Resampling.BILINEAR, box=edges)


class PaintedRenderer:
    """Each drawing is encoded as a whole, and in its `pieces`; parts that are uncovered later are encoded then."""

    def __init__(
        self, name: str, encode: Encoder, flat: Renderer, cells: Cells, allowance: Allowance, tmux: Tmux | None = None
    ) -> None:
        """`flat` draws pictures that can be dimmed."""
        self.name = name
        self.flat: Renderer = flat
        self.previews_per_second, self.bytes_per_second = flat.previews_per_second, 0.0
        self.can_lose = self.in_tmux = tmux is not None
        self.paints = True
        self._cells, self._encode, self._allowance, self._tmux = cells, encode, allowance, tmux
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
        limit = self._allowance.screen // max(1, sharing)
        if preview:
            limit = self._allowance.preview
        elif pieces:
            limit //= pieces

        def paint(image: Image.Image, part: Box) -> str:
            share = max(_LEAST, limit if pieces else limit * part.width * part.height // (box.width * box.height))
            return self._encode(image, part, cell, share, preview=preview, exact=exact)

        painted = PaintedPicture(_scaled(to_image(picture), box, cell), Box(0, 0, box.width, box.height), paint)
        painted.encode(_cut_apart(box, pieces or 1))
        cells = picture_rows(box, columns, rows, PaintedColor.of(painted), background)
        return self._kept.keep(tile, question, Drawing(cells, painting=painted))

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


_LEAST = 2_000
"""Bytes that the smallest part of a picture may take."""


def _scaled(image: Image.Image, box: Box, cell: Cell) -> Image.Image:
    """`image` with no more pixels than the cells have."""
    width, height = int(box.width * cell[0]), int(box.height * cell[1])
    if image.width <= width and image.height <= height:
        return image
    size = min(image.width, max(1, width)), min(image.height, max(1, height))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _cut_apart(box: Box, pieces: int) -> list[Box]:
    width = box.width // pieces
    return [Box(left, 0, width, box.height) for left in range(0, width * pieces, width)]
