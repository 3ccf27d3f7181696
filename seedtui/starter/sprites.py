"""Emoji drawings as RGBA arrays: every subject in every rendering, in one `.npz`."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from seedtui.starter.packages import RENDER_PACKAGE, RENDERINGS, codepoints, icon_sets
from seedtui.starter.subjects import SUBJECTS, Subject

SPRITE = 144
"""Side of a sprite, in pixels: a little more than it ever covers of a picture."""


@dataclass(frozen=True, slots=True)
class Sprites:
    """`rgba`: uint8, (subjects, renderings, SPRITE, SPRITE, 4), colour not premultiplied."""

    rgba: np.ndarray
    names: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> "Sprites":
        with np.load(path) as data:
            return cls(data["rgba"], tuple(str(name) for name in data["names"]))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, rgba=self.rgba, names=np.array(self.names))


def _fitted(image: Image.Image) -> np.ndarray:
    """Crop to what is visible, centre in a square, scale to SPRITE; blended premultiplied, so no dark rims."""
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    image = image.crop(box)
    side = max(image.size)
    square = Image.new("RGBA", (side, side))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    small = square.convert("RGBa").resize((SPRITE, SPRITE), Image.Resampling.LANCZOS)
    return np.asarray(small.convert("RGBA"))


def rasterise(subject: Subject, packages: Path) -> np.ndarray:
    """One subject in every rendering: uint8, (renderings, SPRITE, SPRITE, 4)."""
    import resvg_py

    sets = icon_sets(packages)
    images = []
    for rendering in RENDERINGS:
        if rendering == "solid":
            path = packages / RENDER_PACKAGE / "assets" / f"{codepoints(subject.emoji)}.webp"
            images.append(Image.open(path).convert("RGBA"))
        else:
            svg = sets[rendering].svg(subject.emoji)
            png = resvg_py.svg_to_bytes(svg_string=svg, width=2 * SPRITE, height=2 * SPRITE)
            images.append(Image.open(io.BytesIO(bytes(png))).convert("RGBA"))
    return np.stack([_fitted(image) for image in images])


def build_sprites(packages: Path, subjects: tuple[Subject, ...] = SUBJECTS) -> Sprites:
    """Rasterise every subject; about half a minute."""
    rgba = np.stack([rasterise(subject, packages) for subject in subjects])
    return Sprites(rgba, tuple(subject.name for subject in subjects))
