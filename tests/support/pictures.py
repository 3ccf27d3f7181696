"""Pictures to draw in tests, and the pixels that a drawing of block characters shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw
from rich.color import Color
from rich.segment import Segment

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers.text.glyphs import Glyphs


@lru_cache(64)
def drawn(width: int = 512, height: int = 512, seed: int = 0) -> Picture:
    """A gradient with discs, a line and some noise: smooth parts, edges and detail."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    ground = np.stack([255 * x / width, 255 * y / height, 200 * (1 - x / width)], -1)
    image = Image.fromarray(ground.astype(np.uint8))
    brush = ImageDraw.Draw(image)
    for _ in range(20):
        radius = rng.uniform(0.02, 0.12) * min(width, height)
        left, top = rng.uniform(0, width), rng.uniform(0, height)
        brush.ellipse([left, top, left + 2 * radius, top + 2 * radius], fill=tuple(rng.integers(0, 256, 3).tolist()))
    brush.line([0, 0, width, height], fill=(255, 255, 255), width=max(1, width // 64))
    noisy = np.asarray(image).astype(float) + rng.normal(0, 4, (height, width, 3))
    return Picture(width, height, noisy.clip(0, 255).astype(np.uint8).tobytes())


def pixels(picture: Picture) -> np.ndarray:
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3)


def shown(
    rows: Iterable[Iterable[Segment]], glyphs: Glyphs, down_to: Callable[[Color], Color] = lambda c: c
) -> np.ndarray:
    """What the rows look like, (rows * 12, columns * 4, 3): every cell is 4 by 12 pixels, which suits all glyphs."""
    lines = []
    for row in rows:
        line = []
        for text, style, _ in row:
            ink, paper = (down_to(c).get_truecolor() if c else (0, 0, 0) for c in (style.color, style.bgcolor))
            for character in text:
                line.append(_cell(glyphs.characters.index(character), glyphs, ink, paper))
        lines.append(np.concatenate(line, axis=1))
    return np.concatenate(lines).astype(np.uint8)


def _cell(mask: int, glyphs: Glyphs, ink: Iterable[int], paper: Iterable[int]) -> np.ndarray:
    parts = ((mask >> np.arange(glyphs.parts)) & 1).reshape(glyphs.down, glyphs.across)
    inked = parts.repeat(12 // glyphs.down, 0).repeat(4 // glyphs.across, 1)[..., None]
    return np.where(inked == 1, list(ink), list(paper))
