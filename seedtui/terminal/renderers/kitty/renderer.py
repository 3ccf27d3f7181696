"""Draws real pixels in terminals with kitty's Unicode placeholders: directly, in tmux and over SSH."""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.cells import MAX_CELLS, picture_rows
from seedtui.terminal.renderers.fit import Box, fit
from seedtui.terminal.renderers.kitty.png import encode
from seedtui.terminal.renderers.kitty.protocol import (
    HIGH_IDS,
    LOW_IDS,
    change_picture,
    free_picture,
    id_color,
    join_id,
    send_picture,
)
from seedtui.terminal.renderers.renderer import NOTHING, Drawing, Renderer


@dataclass(frozen=True, slots=True)
class Allowance:
    """Bytes that pictures may take to send: a screenful of final ones, and one preview."""

    screen: int
    preview: int


LOCAL = Allowance(screen=1_000_000, preview=9_000)
REMOTE = Allowance(screen=320_000, preview=9_000)


@dataclass(slots=True)
class _Tile:
    """A tile's two ids, of which `ids[0]` was drawn last, and its last drawing.

    `shape` is what two previews must have in common for one to replace the other.
    """

    ids: tuple[int, int]
    question: tuple[object, ...] | None = None
    drawing: Drawing = NOTHING
    shape: tuple[object, ...] | None = None

    def take_turns(self, shown: Drawing | None) -> None:
        """Make the id that is not on the screen the first one. `shown` is on the screen; by default the first id is."""
        on_screen = shown.id if shown is not None and shown.id in self.ids else self.ids[0]
        self.ids = (self.ids[1], self.ids[0]) if on_screen == self.ids[0] else self.ids


class KittyRenderer:
    """Sends each picture once, and draws it as rows of placeholders.

    A tile alternates between two ids: the picture on the screen stays until the next one is complete. Only consecutive
    previews share an id, in terminals that can replace a picture in place: their cells would take more bytes than the
    picture.
    """

    name = "kitty"

    def __init__(
        self, flat: Renderer, cell: tuple[int, int], *, tmux: bool = False, allowance: Allowance = LOCAL,
        changes: bool = False, high: int | None = None,
    ) -> None:  # fmt: skip
        """`flat` draws pictures that can be dimmed, `cell` is a cell's width and height in pixels.

        `changes`: the terminal can replace a picture in place. `high` is the high byte of all ids. Ids are random, to
        avoid conflicts with other programs in the same terminal.
        """
        self.flat: Renderer = flat
        self.previews_per_second = flat.previews_per_second
        self._changes = changes
        self.cell, self._tmux, self._allowance = cell, tmux, allowance
        self._high = random.SystemRandom().choice(HIGH_IDS) if high is None else high
        self._lock = Lock()
        self._tiles: dict[Hashable, _Tile] = {}
        self._free = random.SystemRandom().sample(LOW_IDS, len(LOW_IDS))
        self._kept_png = lru_cache(24)(encode)

    def draw(
        self, tile: Hashable, picture: Picture, columns: int, rows: int,
        *, background: str = "#000000", preview: bool = False, sharing: int = 4, shown: Drawing | None = None,
        pieces: int = 0, exact: bool = False,
    ) -> Drawing:  # fmt: skip
        if columns < 1 or rows < 1:
            return Drawing(((),) * max(0, rows))
        question = (picture, columns, rows, background, preview, sharing, pieces)
        with self._lock:
            known = self._tiles.get(tile)
            if known and known.question == question:
                return known.drawing
        most = (min(columns, MAX_CELLS), min(rows, MAX_CELLS))
        box = Box(0, 0, *most) if pieces else fit((picture.width, picture.height), most, self.cell)
        png = self._png(picture, box, preview, sharing)
        with self._lock:
            state = self._tile(tile)
            if state is None:
                return self.flat.draw(tile, picture, columns, rows, background=background, pieces=pieces)
            shape = (picture.width, picture.height, columns, rows, background) if preview and self._changes else None
            if shape is None or shape != state.shape:
                state.take_turns(shown)
            low = state.ids[0]
            id_ = join_id(self._high, low)
            send = send_picture(id_, png, box.width, box.height, tmux=self._tmux)
            if shape and shape == state.shape:
                state.drawing = Drawing(state.drawing.rows, send, change_picture(id_, png, tmux=self._tmux), low)
            else:
                cells = picture_rows(box, columns, rows, id_color(low), background, self._high)
                state.drawing = Drawing(cells, send, id=low)
            state.question, state.shape = question, shape
            return state.drawing

    def release(self, tile: Hashable) -> str:
        self.flat.release(tile)
        with self._lock:
            gone = self._tiles.pop(tile, None)
            if gone is None:
                return ""
            self._free += gone.ids
            return "".join(free_picture(join_id(self._high, low), tmux=self._tmux) for low in gone.ids)

    def release_all(self) -> str:
        return "".join(self.release(tile) for tile in list(self._tiles))

    def _tile(self, tile: Hashable) -> _Tile | None:
        """The state of `tile`, created if needed; None if all ids are in use."""
        if tile not in self._tiles:
            if len(self._free) < 2:
                return None
            self._tiles[tile] = _Tile((self._free.pop(), self._free.pop()))
        return self._tiles[tile]

    def _png(self, picture: Picture, box: Box, preview: bool, sharing: int) -> bytes:
        width, height = box.width * self.cell[0], box.height * self.cell[1]
        if preview:
            return encode(picture, width, height, _raw(self._allowance.preview), fast=True)
        limit = _raw(self._allowance.screen) // max(1, sharing)
        return self._kept_png(picture, width, height, limit)


def _raw(base64: int) -> int:
    """The number of bytes that take `base64` bytes in base64."""
    return base64 * 3 // 4
