"""Composes scenes into pictures, in batches and in torch, so that a GPU composes as fast as it trains."""

from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seedtui.starter.recipe.art.light import Window
from seedtui.starter.recipe.art.looks import LOOKS
from seedtui.starter.recipe.art.sprites import DRAWN, SPRITE
from seedtui.starter.recipe.art.strokes import bristles
from seedtui.starter.recipe.art.styles import STYLES
from seedtui.starter.recipe.pictures.scenes import Scenes

SIDE = 256
"""Side of a picture in pixels."""

PAPER = (0.95, 0.93, 0.88)
NIGHT = ((0.10, 0.02, 0.26), (0.95, 0.20, 0.62))
"""The synthwave background, from darkest to brightest."""

SWIRL = 0.17
"""Distance between strokes of a painted background, in picture widths."""

PIXEL = 8
"""Side of the squares in pixel art, in pixels: four per latent, so that they come out square."""

_STYLE_NAMES = tuple(STYLES)
_BRUSH = 512
"""Side of the brush texture for painted backgrounds; it covers two picture widths."""


@cache
def _brush() -> Tensor:
    """Bristles in circles around the centre, (1, 1, _BRUSH, _BRUSH)."""
    line = np.arange(_BRUSH, dtype=np.float32) - _BRUSH / 2 + 0.5
    down, right = np.meshgrid(line, line, indexing="ij")
    away = np.hypot(down, right)
    streaks = bristles(np.random.default_rng(5), (right / away, -down / away), reach=18)
    return torch.from_numpy(streaks.astype(np.float32))[None, None]


class Composer:
    """Composes pictures from `looks` (uint8, premultiplied; see `looks.build_looks`) on one device."""

    def __init__(self, looks: np.ndarray, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self._looks = torch.from_numpy(looks).permute(0, 1, 4, 2, 3).contiguous().to(self.device)
        line = (torch.arange(SIDE, device=self.device) + 0.5) / SIDE - 0.5
        self._y, self._x = torch.meshgrid(line, line, indexing="ij")
        names = [STYLES[name] for name in _STYLE_NAMES]
        self._look_of = np.array([LOOKS.index(style.look) for style in names])
        self._tint_of, self._dusk_of, self._clear_of = (
            torch.tensor([getattr(style, field) for style in names], device=self.device)
            for field in ("tint", "dusk", "clear")
        )
        self._brush = _brush().to(self.device)

    @torch.no_grad()
    def compose(self, scenes: Scenes) -> Tensor:
        """Pictures, float32 (batch, 3, SIDE, SIDE) in -1..1."""
        vermeer = self._of(scenes.vermeer)
        window = Window(self._x, self._y, self._of(np.where(np.cos(scenes.light) < 0, -1.0, 1.0).astype(np.float32)))
        shade = self._shade(scenes)
        ground = self._ground(scenes, shade)
        dusk = self._by_style(self._dusk_of, scenes) * vermeer
        ground = ground + (window.room(self._of(scenes.horizon)) - ground) * dusk
        ground = torch.where(self._is(scenes, "artsy").bool(), self._painted(scenes, ground), ground)
        sprite = self._placed(scenes)
        colour, alpha = sprite[:, :3], sprite[:, 3:]
        real = self._is(scenes, "realistic")
        ground = ground * (1 - 0.7 * _shadow(alpha, window.side) * real) * (1 - real * self._vignette())
        ground = ground * (1 - 0.3 * _long_shadow(alpha) * self._is(scenes, "flat"))
        ground = ground.clamp(0, 1)
        picture = ground * (1 - alpha) + colour
        lit = window.lit(picture, alpha, self._by_style(self._clear_of, scenes))
        picture = torch.where(vermeer, lit, picture).clamp(0, 1)
        picture = torch.where(self._is(scenes, "pixel").bool(), _pixelated(picture, alpha), picture)
        return picture * 2 - 1

    def _of(self, values: np.ndarray) -> Tensor:
        """Per-scene numbers as (batch, 1, 1, 1)."""
        return torch.as_tensor(values, device=self.device).reshape(-1, 1, 1, 1)

    def _by_style(self, values: Tensor, scenes: Scenes) -> Tensor:
        """One of `values` for each scene, by its style, (batch, 1, 1, 1)."""
        return values[torch.as_tensor(scenes.style, device=self.device)].view(-1, 1, 1, 1)

    def _is(self, scenes: Scenes, *names: str) -> Tensor:
        """1.0 where a scene's style is one of `names`, (batch, 1, 1, 1)."""
        indices = [_STYLE_NAMES.index(name) for name in names]
        return self._of(np.isin(scenes.style, indices)).float()

    def _shade(self, scenes: Scenes) -> Tensor:
        """The brightness of the background, about -1..1, (batch, 1, SIDE, SIDE), which all styles share."""
        light = self._of(scenes.light)
        slope = self._x * torch.cos(light) + self._y * torch.sin(light)
        halo = torch.exp(-self._from_halo(scenes) / (2 * self._of(scenes.halo[:, 2]) ** 2))
        floor = torch.sigmoid((self._y - self._of(scenes.horizon)) * 90)
        return 0.9 * slope + 0.9 * halo - 0.7 * floor - 0.1

    def _from_halo(self, scenes: Scenes) -> Tensor:
        """Squared distance to the halo's centre, (batch, 1, SIDE, SIDE)."""
        return (self._x - self._of(scenes.halo[:, 0])) ** 2 + (self._y - self._of(scenes.halo[:, 1])) ** 2

    def _ground(self, scenes: Scenes, shade: Tensor) -> Tensor:
        base = torch.as_tensor(scenes.colour, device=self.device)[:, :, None, None]
        two_tone = torch.tanh(shade * 25) * 0.35
        ground = base + 0.34 * torch.where(self._is(scenes, "flat", "pixel").bool(), two_tone, shade)
        own = torch.tensor(PAPER, device=self.device).view(1, 3, 1, 1) + 0.05 * shade
        wet = self._by_style(self._tint_of, scenes) + self._is(scenes, "watercolor") * 0.35 * shade
        ground = own + (ground - own) * wet.clamp(0, 1)
        ground = torch.where(self._is(scenes, "trending").bool(), self._night(shade), ground)
        return torch.where(self._is(scenes, "colorful").bool(), _rainbow(base, shade), ground)

    def _painted(self, scenes: Scenes, ground: Tensor) -> Tensor:
        """Broad strokes around the halo, alternately lighter and warmer or darker and bluer, with bristle marks."""
        x, y = self._x - self._of(scenes.halo[:, 0])[:, 0], self._y - self._of(scenes.halo[:, 1])[:, 0]
        brush = self._brush.expand(len(scenes), -1, -1, -1)
        place = torch.stack([x, y], dim=-1)
        bristle = functional.grid_sample(brush, place, mode="bilinear", padding_mode="reflection", align_corners=False)
        stroke = torch.tanh(2.5 * torch.sin(2 * torch.pi * self._from_halo(scenes).sqrt() / SWIRL + 0.7 * bristle))
        warm = torch.tensor((0.13, 0.09, -0.05), device=self.device).view(1, 3, 1, 1)
        return ground + warm * (stroke + 0.4 * bristle)

    def _night(self, shade: Tensor) -> Tensor:
        dark, bright = (torch.tensor(end, device=self.device).view(1, 3, 1, 1) for end in NIGHT)
        return dark + (bright - dark) * (0.40 + 0.6 * shade).clamp(0, 1)

    def _placed(self, scenes: Scenes) -> Tensor:
        """Each subject's look in its position, premultiplied RGBA (batch, 4, SIDE, SIDE)."""
        looks = self._look_of[scenes.style]
        sprites = self._looks[scenes.drawing, looks].float() / 255
        x, y = self._x - self._of(scenes.place[:, 0])[:, 0], self._y - self._of(scenes.place[:, 1])[:, 0]
        cos, sin = torch.cos(self._of(scenes.turn)[:, 0]), torch.sin(self._of(scenes.turn)[:, 0])
        half = self._of(scenes.size)[:, 0] / 2 * (SPRITE / DRAWN)
        across = (x * cos + y * sin) / half * self._of(scenes.mirror)[:, 0]
        grid = torch.stack([across, (y * cos - x * sin) / half], dim=-1)
        return functional.grid_sample(sprites, grid, mode="bilinear", align_corners=False)

    def _vignette(self) -> Tensor:
        """How much darker a lens makes the corners, (SIDE, SIDE)."""
        return (1.1 * (self._x**2 + self._y**2)).clamp(max=0.6)


def _shadow(alpha: Tensor, side: Tensor) -> Tensor:
    """A soft shadow below the subject, away from the light at `side`, with the shape of `alpha`."""
    small = functional.avg_pool2d(alpha, 8)
    for _ in range(2):
        small = functional.avg_pool2d(small, 3, 1, 1)
    low = functional.pad(small, (2, 2, 2, 0))[..., : small.shape[-2], :]
    width = small.shape[-1]
    small = torch.where(side > 0, low[..., 4 : 4 + width], low[..., :width])
    return functional.interpolate(small, scale_factor=8.0, mode="bilinear", align_corners=False)


def _pixelated(picture: Tensor, alpha: Tensor) -> Tensor:
    """`picture` in squares of PIXEL pixels, with seven levels per channel and a dark contour around the subject."""
    cover, squares = functional.avg_pool2d(alpha, PIXEL), functional.avg_pool2d(picture, PIXEL)
    inside = (cover > 0.45).float()
    above_or_below = functional.max_pool2d(inside, (3, 1), 1, (1, 0))
    beside = functional.max_pool2d(inside, (1, 3), 1, (0, 1))
    contour = torch.maximum(above_or_below, beside) - inside
    squares = torch.round(squares * (1 - 0.65 * contour) * 7) / 7
    return functional.interpolate(squares, scale_factor=float(PIXEL), mode="nearest")


def _long_shadow(alpha: Tensor) -> Tensor:
    """`alpha` extended to the lower right, as in flat design."""
    reach = 1
    while reach < SIDE:
        alpha = torch.maximum(alpha, functional.pad(alpha, (reach, 0, reach, 0))[..., :SIDE, :SIDE])
        reach *= 2
    return alpha


def _rainbow(base: Tensor, shade: Tensor) -> Tensor:
    """Hues that change with the shade, starting from that of the background, (batch, 3, SIDE, SIDE)."""
    start = torch.atan2(3**0.5 * (base[:, 1:2] - base[:, 2:3]), 2 * base[:, :1] - base[:, 1:2] - base[:, 2:3])
    hue = start + 2.6 * shade
    turns = torch.tensor([0.0, 2.0943951, 4.1887902], device=base.device).view(1, 3, 1, 1)
    return 0.62 + 0.26 * shade + 0.36 * torch.cos(hue - turns)
