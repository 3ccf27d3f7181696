"""How two pictures are viewed: side by side or one in place of the other, how near, and where. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from seedtui.core.images.picture import Picture, crop

Layer = Literal["a", "b", "heat"]

MOST = 16
"""Times that a picture can be magnified."""

_STEP = 0.25
"""Of what is seen, how far one key pans."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """`alone` shows the picture of `layer` over the whole screen, else `a` and `b` are side by side.

    `zoom` magnifies; 1 shows all. `x` and `y`, 0 to 1, are the middle of what is seen.
    """

    alone: bool = False
    layer: Layer = "a"
    zoom: int = 1
    x: float = 0.5
    y: float = 0.5

    def blink(self) -> Viewport:
        """The other picture in the place of this one; the first time, the first picture alone."""
        if not self.alone or self.layer == "heat":
            return replace(self, alone=True, layer="a")
        return replace(self, layer="b" if self.layer == "a" else "a")

    def heat(self) -> Viewport:
        """The difference alone; a second time, back side by side."""
        if self.alone and self.layer == "heat":
            return replace(self, alone=False, layer="a")
        return replace(self, alone=True, layer="heat")

    def full(self) -> Viewport:
        """One picture over the whole screen, then nearer and nearer, then all as at first."""
        if not self.alone:
            return replace(self, alone=True)
        nearer = self.nearer()
        return nearer if nearer.zoom > self.zoom else Viewport()

    def back(self) -> Viewport | None:
        """One level out: all of the picture, then both; None when there is nothing to go back from."""
        if self.zoom > 1:
            return replace(self, zoom=1, x=0.5, y=0.5)
        return Viewport() if self.alone else None

    def nearer(self) -> Viewport:
        """Twice as near, up to `MOST`."""
        return replace(self, zoom=min(self.zoom * 2, MOST))

    def farther(self) -> Viewport:
        """Half as near."""
        return replace(self, zoom=max(self.zoom // 2, 1)).pan(0, 0)

    def pan(self, across: int, down: int) -> Viewport:
        """That many steps to the side; the picture's edges stop it."""
        half = 0.5 / self.zoom
        x, y = self.x + across * _STEP / self.zoom, self.y + down * _STEP / self.zoom
        return replace(self, x=min(max(x, half), 1 - half), y=min(max(y, half), 1 - half))

    def part(self, picture: Picture, columns: int, rows: int) -> Picture:
        """What is seen of `picture` in a tile of `columns` by `rows` cells, each twice as high as wide.

        Nearer, the part takes the tile's shape, so that no room is left empty beside it.
        """
        if self.zoom == 1 or columns < 1 or rows < 1:
            return picture
        wide, high = columns, rows * 2
        scale = min(wide / picture.width, high / picture.height) * self.zoom
        width = min(picture.width, max(1, round(wide / scale)))
        height = min(picture.height, max(1, round(high / scale)))
        left, top = round(self.x * picture.width - width / 2), round(self.y * picture.height - height / 2)
        left, top = min(max(left, 0), picture.width - width), min(max(top, 0), picture.height - height)
        return crop(picture, left, top, width, height)
