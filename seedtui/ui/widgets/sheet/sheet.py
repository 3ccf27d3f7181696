"""The sheet of a round's small pictures: draws the tiles on the screen, with labels and the frame of the pick."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from seedtui.app.state.job import ImageRef
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.messages import PickMoved, TilesNeeded, TilesSeen, ZoomAsked
from seedtui.ui.widgets.sheet.contents import Arrangement, Shown
from seedtui.ui.widgets.sheet.sheet_layout import (
    LARGEST,
    MOST_ACROSS,
    SMALLEST,
    Box,
    SheetLayout,
    TileSize,
    fitting_width,
    tile_size,
    usual_width,
    width_for_all,
)
from seedtui.ui.widgets.sheet.sheet_lines import Label, Look, SheetLines
from seedtui.ui.widgets.sheet.strips import Strips, Wanted
from seedtui.ui.widgets.sheet.tile import Tile, tile_words

SEEN = 1.0
"""Seconds after which an image on the screen counts as seen."""


class Sheet(Widget):
    """Moving the pick writes text alone, no picture: the frame and the labels lie between the tiles."""

    COMPONENT_CLASSES = {"sheet--label", "sheet--kept", "sheet--rejected", "sheet--pick", "sheet--empty", "sheet--head"}

    DEFAULT_CSS = """
    Sheet { width: 1fr; height: 1fr; }
    Sheet > .sheet--label { color: $text-muted; }
    Sheet > .sheet--kept { color: $foreground; text-style: bold; }
    Sheet > .sheet--rejected { color: $text-disabled; }
    Sheet > .sheet--pick { color: $accent; text-style: bold; }
    Sheet > .sheet--empty { color: $border-blurred; }
    Sheet > .sheet--head { color: $text-muted; }
    """

    def __init__(self, renderer: Renderer, send: Send) -> None:
        super().__init__()
        self._renderer = renderer
        self._strips = Strips(renderer, send, self._row_drawn, self.send_again)
        self._arrangement = Arrangement()
        self._places: dict[int, int] = {}
        self._shown: Shown | None = None
        self._tiles = SheetLayout(0, 1, TileSize(8, 4), 1, 1)
        self._wanted_width = 0
        self._flat = False
        self._position = 0
        self._marks: dict[ImageRef, int] = {}
        self._labels: dict[int, str] = {}
        self._missing: tuple[int, ...] = ()
        self._on_screen: tuple[int, ...] = ()
        self._moment: Timer | None = None

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._look())

    # --- what is shown

    def show(self, shown: Shown) -> None:
        """Show the tiles of a round; what did not change is not drawn again."""
        before, self._shown = self._shown, shown
        if before is None or before.marks is not shown.marks:
            self._marks = {image: number for number, image in enumerate(shown.marks, 1)}
        if before is None or before.round_view.round.id != shown.round_view.round.id:
            self._tiles = replace(self._tiles, left=0, top=0)
            self._strips.release()
            self._arrangement, self._places = Arrangement(), {}
            self._labels = {}
            self.arrange_tiles(Arrangement(tuple(range(len(shown.round_view.records)))))
        elif before.round_view.pick != shown.round_view.pick:
            self._go_to_pick()
        self._look()

    def arrange_tiles(self, arrangement: Arrangement) -> None:
        """Put the images in this order. The pick stays on its image, if that is still there."""
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self._places = {index: place for place, index in enumerate(arrangement.order) if index >= 0}
            self._position = min(self._position, max(0, len(arrangement.order) - 1))
            self._fit()
            self._go_to_pick()

    @property
    def arrangement(self) -> Arrangement:
        """Which image is where."""
        return self._arrangement

    @property
    def position(self) -> int:
        """Where the pick is, or where it was last, if it is not on the sheet."""
        return self._position

    @property
    def words(self) -> tuple[str, ...]:
        """Where the pick is: ``seed 17``, ``18 of 256``, ``7 kept``, ``by seed``; what matters least comes last."""
        if self._shown is None:
            return ()
        view, count = self._shown.round_view, len(self._arrangement.order)
        there = self._pick in self._places
        place = f"{self._position + 1} of {count}" if there else f"0 of {count}"
        kept = (f"{len(view.starred)} kept",) if view.starred else ()
        seed = f"seed {view.round.shots[view.pick].seed}"
        return seed, place, *kept, *filter(None, (self._arrangement.words,))

    @property
    def _pick(self) -> int:
        return self._shown.round_view.pick if self._shown else -1

    def index_at(self, position: int) -> int | None:
        """The index of the image at that position; None if there is none."""
        order = self._arrangement.order
        return order[position] if 0 <= position < len(order) and order[position] >= 0 else None

    def neighbour(self, across: int, down: int) -> int | None:
        """The index of the image that many columns and rows from the pick."""
        position = self._position
        while self._arrangement.order and (moved := self._tiles.moved(position, across, down)) != position:
            position = moved
            if (index := self.index_at(position)) is not None:
                return index
        return None

    def end(self, direction: int) -> int | None:
        """The index of the first image of the sheet, or of the last."""
        return self.index_at(0 if direction < 0 else len(self._arrangement.order) - 1)

    def page(self, pages: int) -> int | None:
        """The index of the image that many pages from the pick."""
        return self.neighbour(0, pages * self._tiles.page)

    def resize_tiles(self, step: int) -> None:
        """Make the tiles larger, or smaller: one more or one fewer in a row."""
        count = max(1, self._tiles.room_across - step)
        self._wanted_width = min(max((self.size.width - 1) // count - 1, SMALLEST), LARGEST)
        self._fit()
        self._go_to_pick()
        self._look()

    # --- what the terminal holds

    def send_again(self) -> None:
        """Send the terminal the rows on the screen again: it may be a different terminal now."""
        if self._strips.send_again(self._tiles.rows_shown):
            self._draw()

    def lie_flat(self, flat: bool) -> None:
        """Draw so that a translucent screen above can dim it, or normally again."""
        if flat is not self._flat:
            self._flat = flat
            self._look()

    def release(self) -> None:
        """Free the terminal's memory for the tiles."""
        self._strips.release()

    @property
    def drawn(self) -> int:
        """How many rows have been drawn so far."""
        return self._strips.drawn

    # --- keys and mouse

    def on_click(self, event: Click) -> None:
        event.stop()
        position = self._tiles.at(event.x, event.y)
        index = self.index_at(position) if position is not None else None
        if index is not None:
            self.post_message(PickMoved(index))
            if event.chain == 2:
                self.post_message(ZoomAsked())

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-1)

    def scroll_rows(self, rows: int) -> None:
        """Scroll by that many rows; the pick stays where it is."""
        self._scroll_corner(*self._tiles.corner(self._tiles.left, self._tiles.top + rows))

    def on_resize(self) -> None:
        self._fit()
        self._go_to_pick()
        self._look()

    # --- within

    def _fit(self) -> None:
        """Lay the tiles out for the size of the widget."""
        arrangement, (width, height) = self._arrangement, self.size
        heads = self._heads
        room = max(width - heads[0], 0)
        size = fitting_width(self._wanted_width or usual_width((room, height)), room)
        if self._shown and arrangement.across and not self._wanted_width:  # a small grid fills the screen
            rows = math.ceil(len(self._shown.round_view.round.shots) / arrangement.across)
            lines = height - heads[1]
            whole = width_for_all((room, lines), arrangement.across, rows, self._picture_size, self._renderer.cell)
            size = max(size, whole)
        tile = tile_size(size, self._picture_size, self._renderer.cell)
        highest = max(1, height - heads[1] - 2)
        if tile.height > highest:
            tile = TileSize(tile.width, highest)
        fits = max(1, (room - 1) // (tile.width + 1))
        across = arrangement.across or min(fits, MOST_ACROSS // tile.width)
        layout = SheetLayout(
            len(arrangement.order), max(1, across), tile, width, height, self._tiles.left, self._tiles.top, heads
        )
        left, top = layout.corner(layout.left, layout.top)
        changed = replace(layout, left=left, top=top)
        if changed != self._tiles:
            self._tiles = changed
            self.refresh()

    @property
    def _heads(self) -> tuple[int, int]:
        """The columns of the row heads, and the lines of the column heads."""
        arrangement = self._arrangement
        longest = max((len(words) for words in arrangement.row_heads), default=0)
        return (min(longest, self.size.width // 4) + 1 if longest else 0), int(bool(arrangement.column_heads))

    @property
    def _picture_size(self) -> tuple[int, int]:
        """The shape of the round's pictures."""
        if self._shown is None:
            return 1, 1
        recipe = self._shown.round_view.round.recipe
        if recipe.width and recipe.height:
            return recipe.width, recipe.height
        first = next(iter(self._shown.pictures.values()), None)
        return (first.width, first.height) if first else (1, 1)

    def _go_to_pick(self) -> None:
        """Move the frame to the pick, and scroll it into sight."""
        if self._shown is None:
            return
        position = self._places.get(self._shown.round_view.pick)
        if position is not None and position != self._position:
            old, self._position = self._position, position
            self._refresh(*self._tiles.frame(old), *self._tiles.frame(position))
        if self._tiles.count:
            self._scroll_corner(*self._tiles.corner_for(self._position))

    def _scroll_corner(self, left: int, top: int) -> None:
        if (left, top) != (self._tiles.left, self._tiles.top):
            self._tiles = replace(self._tiles, left=left, top=top)
            self._look()
            self.refresh()

    def _look(self) -> None:
        """Have the rows on the screen drawn that changed, and write the labels that did."""
        if self._shown is None or not self.size:
            return
        self._fit()
        background = self.background_colors[1].hex6
        rows = {
            row: Wanted(tuple(map(self._tile, self._indexes(row))), self._tiles.tile, background, self._flat)
            for row in self._tiles.rows_shown
        }
        if self._strips.want(rows, self._tiles.page):
            self._draw()
        labels = {index: self._words(index) for row in rows for index in self._indexes(row) if index >= 0}
        for index in labels.keys() & self._labels.keys():
            if labels[index] != self._labels[index]:
                self._refresh(*self._tiles.frame(self._places[index])[:1])
        self._labels = labels
        self._tell(tuple(index for row in rows for index in self._indexes(row) if index >= 0))

    def _tell(self, indexes: tuple[int, ...]) -> None:
        """Ask for the pictures on the screen that are missing; tell which images have been seen, in a moment."""
        assert self._shown is not None
        view, pictures = self._shown.round_view, self._shown.pictures
        missing = tuple(index for index in indexes if index not in pictures and view.has(index))
        if missing and missing != self._missing:
            self.post_message(TilesNeeded(view.round.id, missing))
        self._missing = missing
        if indexes != self._on_screen:
            self._on_screen = indexes
            if self._moment is not None:
                self._moment.stop()
            self._moment = self.set_interval(SEEN, self._see)

    def _see(self) -> None:
        if self._shown is not None and self.is_on_screen and self.display:
            view, pictures = self._shown.round_view, self._shown.pictures
            whole = {index for row in self._tiles.whole_rows for index in self._indexes(row)}
            new = tuple(i for i in self._on_screen if i in whole and i in pictures and i not in view.seen)
            if new:
                self.post_message(TilesSeen(view.round.id, new))

    @work(group="draw")
    async def _draw(self) -> None:
        await self._strips.draw(lambda: self._tiles.rows_shown)

    def _row_drawn(self, row: int) -> None:
        if row in self._tiles.rows_shown:
            y = self._tiles.heads[1] + (row - self._tiles.top) * (self._tiles.tile.height + 1) + 1
            self._refresh(Box(0, y, self.size.width, self._tiles.tile.height))

    def _refresh(self, *boxes: Box) -> None:
        """Write these cells again, and no others."""
        if boxes:
            self.refresh(*(Region(*box) for box in boxes))

    def _indexes(self, row: int) -> tuple[int, ...]:
        positions = self._tiles.positions(row)
        return self._arrangement.order[positions.start : positions.stop]

    def _tile(self, index: int) -> Tile:
        assert self._shown is not None
        round_view = self._shown.round_view
        if index < 0 or index in round_view.deleted:
            return Tile()
        return Tile(self._shown.pictures.get(index) or self._shown.previews.get(index), index in round_view.rejected)

    def _words(self, index: int) -> str:
        assert self._shown is not None
        mark = self._marks.get((self._shown.round_view.round.id, index), 0)
        return tile_words(self._shown.round_view, index, mark, self._shown.note(index))

    # --- lines

    def render_line(self, y: int) -> Strip:
        if not self._arrangement.order and y == self.size.height // 2:
            return Strip([Segment(self._arrangement.empty.center(self.size.width), self._style("empty"))])
        arrangement = self._arrangement
        styles: dict[Look, Style] = {look: self._style(look) for look in get_args(Look)}
        framed = self._position if self._places.get(self._pick) == self._position else -1
        lines = SheetLines(
            self._tiles, framed, self._label, self._strips.piece, styles,
            arrangement.heads_within(self._tiles.tile.width), arrangement.row_heads,
        )  # fmt: skip
        return lines.line(y)

    def _style(self, look: Look) -> Style:
        return self.rich_style if look == "plain" else self.get_component_rich_style(f"sheet--{look}")

    def _label(self, position: int) -> Label:
        index = self._arrangement.order[position]
        if index < 0 or self._shown is None:
            return Label()
        view = self._shown.round_view
        look: Look = "kept" if index in view.starred else "rejected" if index in view.rejected else "label"
        inside = "deleted" if index in view.deleted else "·"
        return Label(self._labels.get(index) or self._words(index), look, inside)
