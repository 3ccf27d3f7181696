"""The renderer of the app: created for the first picture, and exchanged when another terminal is attached."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.tmux import HERE, Loss, Place
from seedtui.terminal.renderers.cell_size import CellSize
from seedtui.terminal.renderers.renderer import Drawing, Renderer


@dataclass(frozen=True, slots=True)
class Link:
    """What lies between the app and a terminal.

    At most `previews_per_second` per tile, and `bytes_per_second`, 0 for no limit, may be sent. `paints`: drawings have
    a `painting`. `in_tmux`: pictures go through tmux to the terminal around it.

    `lost` tells what the terminal may have lost and should get again, each loss once; None if it loses nothing. It gets
    the number of bytes that were painted, and written, so far.
    `place` tells where the screen begins in the terminal that paints; None while nothing may be painted. Both take a
    few milliseconds: call them in a thread.
    """

    previews_per_second: float
    bytes_per_second: float = 0
    paints: bool = False
    in_tmux: bool = False
    lost: Callable[[int, int], Loss] | None = None
    place: Callable[[], Place | None] = lambda: HERE


class SwitchableRenderer:
    """Creates the renderer with `make` when needed: importing NumPy and Pillow takes a third of the first frame."""

    def __init__(self, name: str, make: Callable[[], Renderer], cells: CellSize, link: Link) -> None:
        self.name, self.link = name, link
        self._make, self._cells = make, cells
        self._made: Renderer | None = None
        self._lock = Lock()

    def become(self, other: SwitchableRenderer) -> None:
        """Draw as `other` does. What the terminal held is forgotten: it is another one."""
        with self._lock:
            self.name, self.link = other.name, other.link
            self._make, self._cells, self._made = other._make, other._cells, None

    def settle(self) -> Place | None:
        """Measure the terminal's cells again, which change with its font. Returns the link's `place`."""
        self._cells.measure()
        return self.link.place()

    @property
    def previews_per_second(self) -> float:
        return self.link.previews_per_second

    @property
    def cell(self) -> tuple[int, int]:
        return self._cells.rounded

    @property
    def flat(self) -> Renderer:
        renderer = self._renderer
        return self if renderer.flat is renderer else renderer.flat

    def draw(
        self, tile: Hashable, picture: Picture, columns: int, rows: int,
        *, background: str = "#000000", preview: bool = False, sharing: int = 4, shown: Drawing | None = None,
        pieces: int = 0, exact: bool = False,
    ) -> Drawing:  # fmt: skip
        return self._renderer.draw(
            tile, picture, columns, rows,
            background=background, preview=preview, sharing=sharing, shown=shown, pieces=pieces, exact=exact,
        )  # fmt: skip

    def release(self, tile: Hashable) -> str:
        return self._made.release(tile) if self._made else ""

    def release_all(self) -> str:
        return self._made.release_all() if self._made else ""

    @property
    def _renderer(self) -> Renderer:
        with self._lock:
            self._made = self._made or self._make()
            return self._made
