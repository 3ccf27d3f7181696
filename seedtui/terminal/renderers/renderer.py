"""What the UI draws pictures with, whatever the terminal is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, Protocol

from rich.segment import Segment

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.tmux import Loss

Row = tuple[Segment, ...]


class Drawing(NamedTuple):
    """A picture as a tile shows it.

    `rows` has one row of segments for each row of the tile, each exactly as wide as the tile. `send` is
    written to the terminal before the rows are shown, and again whenever the terminal may have lost it;
    writing it twice does no harm. It is empty for block art.

    `change`, where there is one, does the same for fewer bytes in a tile that shows a drawing with the very
    same `rows`, which then need not be written again. `id` names the picture in the terminal; 0 if there is none.
    """

    rows: tuple[Row, ...]
    send: str = ""
    change: str = ""
    id: int = 0

    def follows(self, shown: Drawing | None) -> bool:
        """Whether `change` is enough where `shown` is on the screen."""
        return bool(self.change) and shown is not None and self.rows is shown.rows


NOTHING = Drawing(())


class Renderer(Protocol):
    """Draws pictures in tiles. A tile is a place on the screen, named by any hashable value.

    Calls are safe from any thread. Nothing here writes to the terminal: the caller does.
    """

    @property
    def name(self) -> str:
        """The mode's name: ``quad``, ``kitty`` and so on."""
        ...

    @property
    def previews_per_second(self) -> float:
        """How many previews a second, of each tile, the way to the terminal is good for."""
        ...

    @property
    def bytes_per_second(self) -> float:
        """How many bytes a second may go to the terminal; 0 for as many as there are."""
        ...

    @property
    def can_lose(self) -> bool:
        """Whether `lost` can ever be true: only then it is worth asking."""
        ...

    @property
    def flat(self) -> Renderer:
        """The renderer whose drawings may be dimmed: the one to use beneath a translucent screen."""
        ...

    def draw(
        self, tile: Hashable, picture: Picture, columns: int, rows: int,
        *, background: str = "#000000", preview: bool = False, sharing: int = 4, shown: Drawing | None = None,
    ) -> Drawing:  # fmt: skip
        """The drawing of `picture` in a tile of `columns` by `rows` cells, centred and never stretched.

        The same question again gives the very same object, at no cost. `background` is ``#rrggbb``,
        or for ASCII also ``default``, the terminal's own.
        A `preview` is replaced soon, so it is encoded fast and not kept. `sharing` is how many pictures
        the screen shows together, and so share the bytes that one screen may take. `shown` is what the tile
        shows now, which is kept whole; by default it is what was drawn last.
        """
        ...

    def lost(self) -> Loss:
        """What the terminal may lack and should be sent again; told once for each loss.

        Takes some milliseconds: ask from a thread, half a second after something was sent, and now and then.
        """
        ...

    def release(self, tile: Hashable) -> str:
        """Forgets `tile`; what to write, to free its pictures in the terminal."""
        ...

    def release_all(self) -> str:
        """Forgets all tiles; what to write, to free their pictures in the terminal."""
        ...
