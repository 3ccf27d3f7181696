"""From scenes to pictures: a batch at a time, in torch, so that a GPU composes as fast as it trains."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seedtui.starter.looks import LOOKS
from seedtui.starter.scenes import Scenes
from seedtui.starter.styles import STYLES

SIDE = 128
"""Pixels along a picture's edge."""

PAPER = (0.95, 0.93, 0.88)
DARK_ROOM = (0.17, 0.11, 0.07)
NIGHT = ((0.13, 0.02, 0.30), (0.98, 0.22, 0.62))
"""Synthwave's ground, from its darkest to its brightest."""

SWIRL = 0.17
"""From one stroke of a painted ground to the next, in picture widths."""

PIXEL = 8
"""Side of pixel art's squares, in pixels: one latent each, so that they come out square."""

_STYLE_NAMES = tuple(STYLES)


class Composer:
    """Composes pictures from `looks` (uint8, premultiplied; see `looks.build_looks`) on one device."""

    def __init__(self, looks: np.ndarray, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self._looks = torch.from_numpy(looks).permute(0, 1, 4, 2, 3).contiguous().to(self.device)
        line = (torch.arange(SIDE, device=self.device) + 0.5) / SIDE - 0.5
        self._y, self._x = torch.meshgrid(line, line, indexing="ij")
        names = [STYLES[name] for name in _STYLE_NAMES]
        self._look_of = np.array([LOOKS.index(style.look) for style in names])
        self._tint_of = torch.tensor([style.tint for style in names], device=self.device)
        self._dusk_of = torch.tensor([style.dusk for style in names], device=self.device)

    def compose(self, scenes: Scenes) -> Tensor:
        """Pictures, float32 (batch, 3, SIDE, SIDE) in -1..1."""
        shade = self._shade(scenes)
        grain = self._grain(scenes)
        ground = self._ground(scenes, shade, grain)
        ground = ground + (self._room(shade) - ground) * self._dusk(scenes)
        sprite = self._placed(scenes)
        colour, alpha = sprite[:, :3], sprite[:, 3:]
        real = self._is(scenes, "realistic")
        ground = ground * (1 - 0.8 * self._shadow(alpha) * real) * (1 - real * self._vignette())
        ground = ground * (1 - 0.3 * _long_shadow(alpha) * self._is(scenes, "flat"))
        picture = ground * (1 - alpha) + colour
        picture = torch.where(self._is(scenes, "pixel").bool(), _pixelated(ground, colour, alpha), picture)
        picture = torch.where(self._of(scenes.vermeer), self._lit(picture, scenes, shade), picture)
        return picture.clamp(0, 1) * 2 - 1

    def _of(self, values: np.ndarray) -> Tensor:
        """Per-scene numbers as (batch, 1, 1, 1)."""
        return torch.as_tensor(values, device=self.device).view(-1, 1, 1, 1)

    def _is(self, scenes: Scenes, *names: str) -> Tensor:
        """1.0 where a scene's style is one of `names`, (batch, 1, 1, 1)."""
        indices = [_STYLE_NAMES.index(name) for name in names]
        return self._of(np.isin(scenes.style, indices)).float()

    def _shade(self, scenes: Scenes) -> Tensor:
        """How bright the ground is, about -1..1, (batch, 1, SIDE, SIDE): all styles share this layout."""
        light = self._of(scenes.light)
        slope = self._x * torch.cos(light) + self._y * torch.sin(light)
        halo = torch.exp(-self._from_halo(scenes) / (2 * self._of(scenes.halo[:, 2]) ** 2))
        floor = torch.sigmoid((self._y - self._of(scenes.horizon)) * 60)
        return 0.9 * slope + 0.9 * halo - 0.7 * floor - 0.1

    def _from_halo(self, scenes: Scenes) -> Tensor:
        """Squared distance to the halo's middle, (batch, 1, SIDE, SIDE)."""
        return (self._x - self._of(scenes.halo[:, 0])) ** 2 + (self._y - self._of(scenes.halo[:, 1])) ** 2

    def _grain(self, scenes: Scenes) -> Tensor:
        """Strokes and stains, -1..1, (batch, 1, SIDE, SIDE)."""
        coarse = np.stack([np.random.default_rng(seed).uniform(-1, 1, (1, 20, 10)) for seed in scenes.texture])
        field = torch.as_tensor(coarse, dtype=torch.float32, device=self.device)
        return functional.interpolate(field, (SIDE, SIDE), mode="bilinear", align_corners=False)

    def _ground(self, scenes: Scenes, shade: Tensor, grain: Tensor) -> Tensor:
        base = torch.as_tensor(scenes.colour, device=self.device)[:, :, None, None]
        two_tone = torch.tanh(shade * 25) * 0.35
        shade_used = torch.where(self._is(scenes, "flat", "pixel").bool(), two_tone, shade)
        ground = base + 0.34 * shade_used
        ground = torch.where(self._is(scenes, "artsy").bool(), self._swirls(scenes, ground, grain), ground)
        tint = self._tint_of[torch.as_tensor(scenes.style, device=self.device)].view(-1, 1, 1, 1)
        own = torch.tensor(PAPER, device=self.device).view(1, 3, 1, 1) + 0.05 * shade
        wet = tint + self._is(scenes, "watercolor") * (0.35 * shade + 0.12 * grain)
        ground = own + (ground - own) * wet.clamp(0, 1)
        ground = torch.where(self._is(scenes, "trending").bool(), self._night(shade), ground)
        return torch.where(self._is(scenes, "colorful").bool(), _rainbow(base, shade), ground).clamp(0, 1)

    def _swirls(self, scenes: Scenes, ground: Tensor, grain: Tensor) -> Tensor:
        """Broad strokes around the halo, by turns lighter and warmer, darker and cooler."""
        stroke = torch.tanh(2.5 * torch.sin(2 * torch.pi * self._from_halo(scenes).sqrt() / SWIRL + 1.2 * grain))
        warm = torch.tensor((0.17, 0.10, -0.05), device=self.device).view(1, 3, 1, 1)
        return ground + warm * stroke

    def _night(self, shade: Tensor) -> Tensor:
        dark, bright = (torch.tensor(end, device=self.device).view(1, 3, 1, 1) for end in NIGHT)
        return dark + (bright - dark) * (0.45 + 0.6 * shade).clamp(0, 1)

    def _placed(self, scenes: Scenes) -> Tensor:
        """Each subject's look at its place, premultiplied RGBA (batch, 4, SIDE, SIDE)."""
        looks = self._look_of[scenes.style]
        sprites = self._looks[scenes.subject, looks].float() / 255
        x, y = self._x - self._of(scenes.place[:, 0])[:, 0], self._y - self._of(scenes.place[:, 1])[:, 0]
        cos, sin = torch.cos(self._of(scenes.turn)[:, 0]), torch.sin(self._of(scenes.turn)[:, 0])
        half = self._of(scenes.size)[:, 0] / 2
        grid = torch.stack([(x * cos + y * sin) / half, (y * cos - x * sin) / half], dim=-1)
        return functional.grid_sample(sprites, grid, mode="bilinear", align_corners=False)

    def _shadow(self, alpha: Tensor) -> Tensor:
        """A soft shadow below and to the right, (batch, 1, SIDE, SIDE)."""
        small = functional.avg_pool2d(alpha, 4)
        small = functional.avg_pool2d(functional.pad(small, (3, 1, 3, 1)), 3, stride=1)[..., :32, :32]
        return functional.interpolate(small, (SIDE, SIDE), mode="bilinear", align_corners=False)

    def _vignette(self) -> Tensor:
        """How much darker a lens makes the corners, (SIDE, SIDE)."""
        return (1.1 * (self._x**2 + self._y**2)).clamp(max=0.6)

    def _dusk(self, scenes: Scenes) -> Tensor:
        """How far Vermeer's room replaces the ground, (batch, 1, 1, 1)."""
        dusk = self._dusk_of[torch.as_tensor(scenes.style, device=self.device)].view(-1, 1, 1, 1)
        return dusk * self._of(scenes.vermeer)

    def _room(self, shade: Tensor) -> Tensor:
        dark = torch.tensor(DARK_ROOM, device=self.device).view(1, 3, 1, 1)
        return dark * (1.8 + 2.2 * shade).clamp(min=0.2)

    def _lit(self, picture: Tensor, scenes: Scenes, shade: Tensor) -> Tensor:
        """Vermeer's light: warm, from a window where the ground brightens; the rest falls into brown shadow."""
        turn = self._of(scenes.light)
        window_x, window_y = 0.5 * torch.cos(turn), 0.5 * torch.sin(turn)
        near = torch.exp(-((self._x - window_x) ** 2 + (self._y - window_y) ** 2) / 0.30)
        light = (0.30 + 0.95 * near + 0.16 * shade).clamp(0.16, 1.3)
        warmth = torch.tensor((1.10, 0.93, 0.66), device=self.device).view(1, 3, 1, 1)
        return (picture * light * warmth).clamp(0, 1)


def _pixelated(ground: Tensor, colour: Tensor, alpha: Tensor) -> Tensor:
    """Squares of PIXEL pixels, seven levels to a channel, a dark contour around the subject; like `ground`."""
    cover, ground = functional.avg_pool2d(alpha, PIXEL), functional.avg_pool2d(ground, PIXEL)
    inside = cover > 0.42
    above_or_below = functional.max_pool2d(inside.float(), (3, 1), 1, (1, 0)) > 0
    beside = functional.max_pool2d(inside.float(), (1, 3), 1, (0, 1)) > 0
    subject = functional.avg_pool2d(colour, PIXEL) / cover.clamp(min=1e-3)
    around = torch.where(above_or_below | beside, 0.4 * ground, ground)
    squares = torch.round(torch.where(inside, subject, around).clamp(0, 1) * 7) / 7
    return functional.interpolate(squares, scale_factor=float(PIXEL), mode="nearest")


def _long_shadow(alpha: Tensor) -> Tensor:
    """What a subject's alpha covers, drawn out to the lower right as in flat design; like `alpha`."""
    reach = 1
    while reach < SIDE:
        alpha = torch.maximum(alpha, functional.pad(alpha, (reach, 0, reach, 0))[..., :SIDE, :SIDE])
        reach *= 2
    return alpha


def _rainbow(base: Tensor, shade: Tensor) -> Tensor:
    """Hues that run with the shade, starting from the ground's own (batch, 3, SIDE, SIDE)."""
    start = torch.atan2(3**0.5 * (base[:, 1:2] - base[:, 2:3]), 2 * base[:, :1] - base[:, 1:2] - base[:, 2:3])
    hue = start + 2.6 * shade
    turns = torch.tensor([0.0, 2.0943951, 4.1887902], device=base.device).view(1, 3, 1, 1)
    return 0.62 + 0.26 * shade + 0.36 * torch.cos(hue - turns)
