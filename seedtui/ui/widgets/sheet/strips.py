"""Draws the rows of a sheet that are on the screen, one after the other, in a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from textual.strip import Strip

from seedtui.terminal import Drawing, Renderer
from seedtui.terminal.output.pacing import rows_cost
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.widgets.sheet.sheet_layout import TileSize
from seedtui.ui.widgets.sheet.tile import Tile

MOST_KEPT = 24
"""Rows that the terminal holds, those on the screen included: scrolling back a page sends nothing."""


class Wanted(NamedTuple):
    """What a row should show: its tiles, their size in cells, the background, and whether a screen above dims it."""

    tiles: tuple[Tile, ...]
    size: TileSize
    background: str
    flat: bool


@dataclass(slots=True)
class _Row:
    """`drawing` is what the terminal holds for the row, of `held`. `pieces` are on the screen, of `shown`: the lines of
    each tile. It is not drawn again before `due`.
    """

    wanted: Wanted
    held: Wanted | None = None
    drawing: Drawing | None = None
    shown: Wanted | None = None
    pieces: tuple[tuple[Strip, ...], ...] = ()
    due: float = 0.0


@dataclass(slots=True)
class Strips:
    """The rows of one sheet by their number. `changed` is called with that of a row that was drawn; `again` sends
    those on the screen again.

    A row that waits for pictures is drawn no more often than a preview. What was drawn last stays with the terminal,
    up to `MOST_KEPT` rows.
    """

    renderer: Renderer
    send: Send
    changed: Callable[[int], object]
    again: Callable[[], object]
    clock: Callable[[], float] = time.monotonic
    drawn: int = 0
    """How many rows have been drawn so far."""

    _rows: dict[int, _Row] = field(default_factory=dict)
    _sharing: int = 1
    _busy: bool = False

    def want(self, rows: Mapping[int, Wanted], sharing: int) -> bool:
        """Show these rows, and only these, of which about `sharing` fill the screen. Whether to call `draw`."""
        for number, wanted in rows.items():
            row = self._rows.pop(number, None)
            if row is None:
                row = _Row(wanted)
            row.wanted = wanted
            if row.shown == wanted:
                row.shown = wanted  # a picture that was read again is another object, with the same pixels
            self._rows[number] = row  # the last ones are those on the screen
        self._sharing = sharing
        self._drop(rows)
        return not self._busy and any(self._is_stale(number) for number in rows)

    def piece(self, number: int, place: int) -> tuple[Strip, ...]:
        """The lines of the tile at that place of a row, empty while it is not drawn as it is wanted."""
        row = self._rows.get(number)
        if row is None or row.shown is None or place >= len(row.pieces) or place >= len(row.wanted.tiles):
            return ()
        same = row.shown.size == row.wanted.size and row.shown.tiles[place].picture is row.wanted.tiles[place].picture
        return row.pieces[place] if same and row.shown.tiles[place].picture is not None else ()

    async def draw(self, on_screen: Callable[[], Collection[int]]) -> None:
        """Draw the rows `on_screen` until they show what they should."""
        self._busy = True
        try:
            while stale := [number for number in on_screen() if self._is_stale(number)]:
                number = min(stale, key=lambda n: max(self._rows[n].due, self.clock()))
                if (wait := self._rows[number].due - self.clock()) > 0:
                    await asyncio.sleep(wait)
                await self._draw_row(number)
        finally:
            self._busy = False

    def send_again(self, on_screen: Collection[int]) -> bool:
        """Send the terminal the rows on the screen again, and forget the others. Whether to call `draw`."""
        self._drop(on_screen, kept=0)
        for row in self._rows.values():
            row.drawing = row.held = None
        return not self._busy and any(self._is_stale(number) for number in on_screen)

    def release(self) -> None:
        """Free the terminal's memory for all rows."""
        self._drop((), kept=0)

    def _is_stale(self, number: int) -> bool:
        """Whether the row does not show what it should; one without any picture needs no drawing."""
        row = self._rows.get(number)
        if row is None or not any(tile.picture for tile in row.wanted.tiles):
            return False
        lost = row.held is None and not self._lies_flat(row.wanted)
        return lost or row.shown != row.wanted

    async def _draw_row(self, number: int) -> None:
        row, wanted = self._rows[number], self._rows[number].wanted
        flat = self._lies_flat(wanted)
        if not flat and row.held is not None and row.held._replace(flat=wanted.flat) == wanted and row.drawing:
            drawing = row.drawing
        else:
            renderer = self.renderer.flat if flat else self.renderer
            drawing = await asyncio.to_thread(self._drawing, renderer, number, wanted)
            self.drawn += 1
            if self._rows.get(number) is not row:  # it went out of sight meanwhile
                return
            if drawing is not row.drawing:
                await self.send(drawing.send, rows_cost(drawing), self.again)
            if not flat:
                row.drawing, row.held = drawing, wanted
        row.pieces = await asyncio.to_thread(_pieces, drawing, wanted)
        row.shown = wanted
        if any(tile.picture is None for tile in wanted.tiles):
            row.due = self.clock() + 1 / self.renderer.previews_per_second
        if self._rows.get(number) is row:
            self.changed(number)

    def _lies_flat(self, wanted: Wanted) -> bool:
        return wanted.flat and self.renderer.flat is not self.renderer

    def _drawing(self, renderer: Renderer, number: int, wanted: Wanted) -> Drawing:
        from seedtui.ui.widgets.sheet.strip_picture import strip_picture  # Pillow: not before the first frame

        (width, height), (across, down) = wanted.size, renderer.cell
        picture = strip_picture(wanted.tiles, (width * across, height * down), wanted.background)
        return renderer.draw(
            (id(self), number), picture, width * len(wanted.tiles), height,
            background=wanted.background, sharing=self._sharing, pieces=len(wanted.tiles),
        )  # fmt: skip

    def _drop(self, needed: Collection[int], kept: int = MOST_KEPT) -> None:
        """Forget the rows beyond `kept` that are not `needed`, those that were on the screen first."""
        spare = [number for number in self._rows if number not in needed]
        for number in spare[: max(0, len(self._rows) - max(kept, len(needed)))]:
            del self._rows[number]
            self.send(self.renderer.release((id(self), number)))


def _pieces(drawing: Drawing, wanted: Wanted) -> tuple[tuple[Strip, ...], ...]:
    """The lines of each tile, cut out of those of the whole strip."""
    width, count = wanted.size.width, len(wanted.tiles)
    cuts = [width * (place + 1) for place in range(count)]
    lines = [Strip(row, width * count).divide(cuts) for row in drawing.rows]
    return tuple(tuple(line[place] for line in lines) for place in range(count))
