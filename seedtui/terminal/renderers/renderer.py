"""The interface with which the UI draws pictures in any terminal."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, Protocol

from rich.segment import Segment

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.fit import Box

Row = tuple[Segment, ...]


class Painting(Protocol):
    """A picture that is painted over cells. Safe to use from any thread."""

    @property
    def whole(self) -> Box:
        """All of its cells."""
        ...

    @property
    def bytes(self) -> int:
        """How many bytes it takes to paint all of it."""
        ...

    def sequence(self, part: Box) -> str:
        """What draws the `part` of the picture's cells at the cursor. Encoding it takes time the first time."""
        ...


class Drawing(NamedTuple):
    """A picture drawn in a tile.

    `rows` has one row of segments for each row of the tile, each exactly as wide as the tile. Write `send` to the
    terminal before the rows are shown, and again whenever the terminal may have lost it; writing it twice is harmless.
    It is empty for block characters.

    `change`, if not empty, does the same with fewer bytes if the tile shows a drawing with the same `rows` object,
    which then need not be written again. `id` is the picture's id in the terminal, 0 if there is none.

    `painting` is what `PictureLayer` paints the rows with, which lives as long as the drawing; None if they are text.
    """

    rows: tuple[Row, ...]
    send: str = ""
    change: str = ""
    id: int = 0
    painting: Painting | None = None

    def follows(self, shown: Drawing | None) -> bool:
        """Whether `change` is enough if `shown` is on the screen."""
        return bool(self.change) and shown is not None and self.rows is shown.rows


NOTHING = Drawing(())


class Renderer(Protocol):
    """Draws pictures in tiles. A tile is a place on the screen, identified by any hashable value.

    Safe to call from any thread. Renderers never write to the terminal; the caller does.
    """

    @property
    def name(self) -> str:
        """The name of the mode: ``quad``, ``kitty`` and so on."""
        ...

    @property
    def cell(self) -> tuple[int, int]:
        """The width and height of a cell in pixels: a picture of a tile needs no more of them."""
        ...

    @property
    def previews_per_second(self) -> float:
        """How many previews per second and tile the connection to the terminal can handle."""
        ...

    @property
    def flat(self) -> Renderer:
        """The renderer to use beneath a translucent screen: its drawings can be dimmed."""
        ...

    def draw(
        self, tile: Hashable, picture: Picture, columns: int, rows: int,
        *, background: str = "#000000", preview: bool = False, sharing: int = 4, shown: Drawing | None = None,
        pieces: int = 0, exact: bool = False,
    ) -> Drawing:  # fmt: skip
        """Draw `picture` in a tile of `columns` by `rows` cells, centred and never stretched.

        With `pieces` its corners are those of the tile: for a picture that was put together of so many of equal width,
        which are shown apart. `exact`: single pixels are looked at.

        The same arguments again return the same object, at no cost. `background` is ``#rrggbb``, or for ASCII also
        ``default``, the terminal's own. A `preview` will soon be replaced, so it is encoded fast and not cached.
        `sharing` is the number of pictures on the screen, which share the bytes for one screen. `shown` is what the
        tile shows now and must stay intact; by default it is the last drawing.
        """
        ...

    def release(self, tile: Hashable) -> str:
        """Forget `tile`. Returns what to write to free its pictures in the terminal."""
        ...

    def release_all(self) -> str:
        """Forget all tiles. Returns what to write to free their pictures in the terminal."""
        ...
