"""A renderer that is created for the first picture."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.tmux import HERE, Loss, Place
from seedtui.terminal.renderers.renderer import Drawing, Renderer


class LazyRenderer:
    """Creates the renderer with `make` when needed: importing NumPy and Pillow takes a third of the first frame."""

    def __init__(
        self, name: str, make: Callable[[], Renderer], cell: tuple[int, int],
        *, previews_per_second: float, bytes_per_second: float = 0, can_lose: bool = False, paints: bool = False,
        in_tmux: bool = False,
    ) -> None:  # fmt: skip
        self.name = name
        self._cell = cell
        self.previews_per_second = previews_per_second
        self.bytes_per_second = bytes_per_second
        self.can_lose, self.paints, self.in_tmux = can_lose, paints, in_tmux
        self._make = make
        self._made: Renderer | None = None
        self._lock = Lock()

    @property
    def cell(self) -> tuple[int, int]:
        return self._made.cell if self._made else self._cell

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
            tile,
            picture,
            columns,
            rows,
            background=background,
            preview=preview,
            sharing=sharing,
            shown=shown,
            pieces=pieces,
            exact=exact,
        )

    def release(self, tile: Hashable) -> str:
        return self._made.release(tile) if self._made else ""

    def release_all(self) -> str:
        return self._made.release_all() if self._made else ""

    def lost(self) -> Loss:
        return self._made.lost() if self._made else Loss.NOTHING

    def settle(self) -> Place | None:
        return self._renderer.settle() if self._made or self.in_tmux else HERE

    @property
    def _renderer(self) -> Renderer:
        with self._lock:
            self._made = self._made or self._make()
            return self._made
