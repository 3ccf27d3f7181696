"""How up to four pictures are viewed: beside each other or one in place of the others, how near, and where. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from seedtui.core.images.picture import Picture, crop

Layer = Literal["a", "b", "c", "d", "ab", "ac", "ad"]
"""A picture, or the difference of two."""

PICTURES: tuple[Layer, ...] = ("a", "b", "c", "d")
DIFFERENCES: tuple[Layer, ...] = ("ab", "ac", "ad")

MOST = 16
"""The highest magnification."""

_STEP = 0.25
"""How far one key pans, as a share of what is visible."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """`alone` shows the picture of `layer` over the whole screen, else all `count` are beside each other.

    `zoom` magnifies; 1 shows all. `x` and `y`, 0 to 1, are the middle of the visible part.
    """

    count: int = 2
    alone: bool = False
    layer: Layer = "a"
    zoom: int = 1
    x: float = 0.5
    y: float = 0.5

    @property
    def pictures(self) -> tuple[Layer, ...]:
        """The layers that are pictures."""
        return PICTURES[: self.count]

    @property
    def differences(self) -> tuple[Layer, ...]:
        """The layers that are the difference of a picture and the first one."""
        return DIFFERENCES[: self.count - 1]

    def blink(self) -> Viewport:
        """Show the next picture in place of this one; at first, the first picture alone."""
        if not self.alone or self.layer not in self.pictures:
            return replace(self, alone=True, layer="a")
        return replace(self, layer=self.pictures[(self.pictures.index(self.layer) + 1) % self.count])

    def heat(self) -> Viewport:
        """Show the difference of the first and the second picture alone, then of the first and the next; then all."""
        if not self.alone or self.layer not in self.differences:
            return replace(self, alone=True, layer="ab")
        following = self.differences.index(self.layer) + 1
        return replace(self, layer=self.differences[following]) if following < self.count - 1 else self.all()

    def full(self) -> Viewport:
        """Show one picture over the whole screen, then zoom in step by step, then start again."""
        if not self.alone:
            return replace(self, alone=True)
        nearer = self.nearer()
        return nearer if nearer.zoom > self.zoom else Viewport(self.count)

    def all(self) -> Viewport:
        """All pictures beside each other, as near as now."""
        return replace(self, alone=False, layer="a")

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

    @property
    def stepped(self) -> Layer:
        """The picture that changes when the user steps to another one: the one that is alone, or else the last."""
        if not self.alone:
            return self.pictures[-1]
        return self.layer if self.layer in self.pictures else PICTURES[DIFFERENCES.index(self.layer) + 1]

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
