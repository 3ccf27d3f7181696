"""Emoji drawings as RGBA arrays: every drawing in every rendering, in one `.npz`."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from seedtui.starter.recipe.art.packages import RENDER_PACKAGE, RENDERINGS, codepoints, icon_sets
from seedtui.starter.recipe.art.subjects import SUBJECTS, Subject

SPRITE = 256
"""Side of a sprite, in pixels."""

DRAWN = 224
"""Side of the square inside it that the drawing fills; glows and outlines may extend beyond it."""

STROKE = 0.55
"""Width of the `stroke` rendering's lines; a drawing is 32 wide."""

_Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sprites:
    """`rgba`: uint8, (drawings, renderings, SPRITE, SPRITE, 4), colour not premultiplied."""

    rgba: np.ndarray
    names: tuple[str, ...]
    """The subject of each drawing."""

    @classmethod
    def load(cls, path: Path) -> "Sprites":
        with np.load(path) as data:
            return cls(data["rgba"], tuple(str(name) for name in data["names"]))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, rgba=self.rgba, names=np.array(self.names))


def _visible(image: Image.Image) -> _Box:
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    assert box is not None, "an empty drawing"
    return box


def _fitted(image: Image.Image, box: _Box) -> np.ndarray:
    """Scale so that `box` fills DRAWN, centred. Colours are premultiplied when scaling, to avoid dark rims."""
    side = max(box[2] - box[0], box[3] - box[1]) * SPRITE / DRAWN
    left, top = (box[0] + box[2] - side) / 2, (box[1] + box[3] - side) / 2
    room = round(side)
    square = Image.new("RGBA", (room, room))
    square.paste(image, (round(-left), round(-top)))
    small = square.convert("RGBa").resize((SPRITE, SPRITE), Image.Resampling.LANCZOS)
    return np.asarray(small.convert("RGBA"))


def rasterise(emoji: str, packages: Path) -> np.ndarray:
    """One drawing in every rendering: uint8, (renderings, SPRITE, SPRITE, 4)."""
    import resvg_py

    sets = icon_sets(packages)

    def drawn(svg: str) -> Image.Image:
        png = resvg_py.svg_to_bytes(svg_string=svg, width=2 * SPRITE, height=2 * SPRITE)
        return Image.open(io.BytesIO(bytes(png))).convert("RGBA")

    render = packages / RENDER_PACKAGE / "assets" / f"{codepoints(emoji)}.webp"
    images = {
        "colour": drawn(sets["colour"].svg(emoji)),
        "flat": drawn(sets["flat"].svg(emoji)),
        "stroke": drawn(sets["flat"].svg(emoji, stroke=STROKE)),
        "solid": Image.open(render).convert("RGBA"),
    }
    boxes = {name: _visible(image) for name, image in images.items()}
    boxes["stroke"] = boxes["flat"]
    return np.stack([_fitted(images[name], boxes[name]) for name in RENDERINGS])


def drawings(subjects: tuple[Subject, ...] = SUBJECTS) -> list[tuple[int, str]]:
    """All drawings in the order of the sprites: the index of the subject, and the emoji."""
    return [(index, emoji) for index, subject in enumerate(subjects) for emoji in subject.emoji]


def build_sprites(packages: Path, subjects: tuple[Subject, ...] = SUBJECTS) -> Sprites:
    """Rasterise every drawing, which takes about a minute."""
    listed = drawings(subjects)
    rgba = np.stack([rasterise(emoji, packages) for _, emoji in listed])
    return Sprites(rgba, tuple(subjects[index].name for index, _ in listed))
