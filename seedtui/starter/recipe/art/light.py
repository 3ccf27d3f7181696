"""Vermeer's light: a window to one side, a dark room with a blue table, the subject modelled and clear."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

WALL = (0.30, 0.23, 0.15)
TABLE = (0.09, 0.13, 0.26)
WARMTH = (1.10, 0.98, 0.76)
"""The effect of the light on red, green and blue."""


def tinted(colour: tuple[float, float, float], like: Tensor) -> Tensor:
    """A colour as (1, 3, 1, 1)."""
    return torch.tensor(colour, device=like.device).view(1, 3, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Where the light comes from, for a batch of pictures. x and y are the coordinates of each pixel, -0.5..0.5."""

    x: Tensor
    y: Tensor
    side: Tensor
    """1 for a window on the right, -1 for one on the left, (batch, 1, 1, 1)."""

    @property
    def near(self) -> Tensor:
        """How near each pixel is to the window, 0..1, (batch, 1, height, width)."""
        away = (self.x - 0.55 * self.side) ** 2 + 0.8 * (self.y + 0.35) ** 2
        return torch.exp(-away / 0.42)

    @property
    def beam(self) -> Tensor:
        """The slanting shaft of light on the wall, 0..1, like `near`."""
        across = self.y + 0.30 + 0.55 * (0.5 - self.x * self.side)
        return torch.sigmoid((0.17 - (across - 0.42).abs()) * 30) * (0.5 + self.x * self.side).clamp(0, 1)

    def room(self, horizon: Tensor) -> Tensor:
        """The background: a wall lit by the window, and below `horizon` a table, (batch, 3, height, width)."""
        wall = tinted(WALL, self.x) * (0.25 + 1.5 * self.near + 0.55 * self.beam)
        table = tinted(TABLE, self.x) * (0.5 + 1.5 * self.near)
        below = torch.sigmoid((self.y - horizon) * 90)
        return wall + (table - wall) * below

    def lit(self, picture: Tensor, alpha: Tensor, clear: Tensor) -> Tensor:
        """`picture` in this light. Under `alpha` it is shaded, but no darker than `clear` (batch, 1, 1, 1)."""
        around = 0.36 + 0.95 * self.near
        subject = torch.maximum(around, clear) + (1 - clear) * 1.5 * self._modelling(alpha)
        light = around + (subject - around) * alpha
        return picture * light * (1 + (tinted(WARMTH, picture) - 1) * (1.25 - 0.5 * clear))

    def _modelling(self, alpha: Tensor) -> Tensor:
        """The shading, brighter where the form faces the window, about -0.5..0.5, with the shape of `alpha`."""
        soft = functional.avg_pool2d(alpha, 4)
        for _ in range(3):
            soft = functional.avg_pool2d(soft, 9, 1, 4, count_include_pad=False)
        right = functional.pad(soft[..., 2:] - soft[..., :-2], (1, 1))
        down = functional.pad(soft[..., 2:, :] - soft[..., :-2, :], (0, 0, 1, 1))
        facing = -(right * self.side - 0.6 * down) * 5
        return functional.interpolate(facing.clamp(-0.5, 0.5), scale_factor=4.0, mode="bilinear", align_corners=False)
