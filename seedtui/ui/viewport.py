"""How two pictures are viewed: side by side or one in place of the other, how near, and where. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from seedtui.core.images.picture import Picture, crop

Layer = Literal["a", "b", "heat"]

MOST = 16
"""The highest magnification."""

_STEP = 0.25
"""How far one key pans, as a share of what is visible."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """`alone` shows the picture of `layer` over the whole screen, else `a` and `b` are side by side.

    `zoom` magnifies; 1 shows all. `x` and `y`, 0 to 1, are the middle of the visible part.
    """

    alone: bool = False
    layer: Layer = "a"
    zoom: int = 1
    x: float = 0.5
    y: float = 0.5

    def blink(self) -> Viewport:
        """Show the other picture in place of this one; at first, the first picture alone."""
        if not self.alone or self.layer == "heat":
            return replace(self, alone=True, layer="a")
        return replace(self, layer="b" if self.layer == "a" else "a")

    def heat(self) -> Viewport:
        """Show the difference alone, or go back to side by side."""
        if self.alone and self.layer == "heat":
            return replace(self, alone=False, layer="a")
        return replace(self, alone=True, layer="heat")

    def full(self) -> Viewport:
        """Show one picture over the whole screen, then zoom in step by step, then start again."""
        if not self.alone:
            return replace(self, alone=True)
        nearer = self.nearer()
        return nearer if nearer.zoom > self.zoom else Viewport()

    def back(self) -> Viewport | None:
        """Go one level out: the whole picture, then both; None at the outermost level."""
        if self.zoom > 1:
            return replace(self, zoom=1, x=0.5, y=0.5)
        return Viewport() if self.alone else None

    def nearer(self) -> Viewport:
        """Magnify twice as much, up to `MOST`."""
        return replace(self, zoom=min(self.zoom * 2, MOST))

    def farther(self) -> Viewport:
        """Magnify half as much."""
        return replace(self, zoom=max(self.zoom // 2, 1)).pan(0, 0)

    def pan(self, across: int, down: int) -> Viewport:
        """Pan by that many steps, up to the picture's edges."""
        half = 0.5 / self.zoom
        x, y = self.x + across * _STEP / self.zoom, self.y + down * _STEP / self.zoom
        return replace(self, x=min(max(x, half), 1 - half), y=min(max(y, half), 1 - half))

    def part(self, picture: Picture, columns: int, rows: int) -> Picture:
        """The visible part of `picture` in a tile of `columns` by `rows` cells, each twice as high as wide.

        When magnified, the part takes the tile's shape, so that no space is left empty beside it.
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
