"""A sprite's looks: what each style makes of the drawing itself, worked out once for every subject."""

import numpy as np
from PIL import Image, ImageFilter

from seedtui.starter.packages import RENDERINGS
from seedtui.starter.sprites import Sprites

LOOKS = ("colour", "solid", "flat", "line", "oil", "neon", "vivid", "wash")
"""The first four are renderings as they come; the others are made here."""


def _smooth_noise(rng: np.random.Generator, side: int, cells: int) -> np.ndarray:
    """A soft random field, (side, side) in 0..1."""
    coarse = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    return np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), dtype=np.float32) / 255


def _outline(rgba: np.ndarray) -> np.ndarray:
    """Where colour or coverage changes, (side, side) in 0..1."""
    premultiplied = rgba[..., :3] * rgba[..., 3:]
    planes = np.concatenate([premultiplied, rgba[..., 3:]], axis=-1)
    down = np.abs(np.roll(planes, -1, 0) - np.roll(planes, 1, 0))
    across = np.abs(np.roll(planes, -1, 1) - np.roll(planes, 1, 1))
    line = np.clip((down + across).max(-1) * 1.6, 0, 1)
    line[[0, -1]] = line[:, [0, -1]] = 0
    return line


def _blurred(plane: np.ndarray, radius: float) -> np.ndarray:
    image = Image.fromarray(np.uint8(np.clip(plane, 0, 1) * 255))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 255


def oil(rgba: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thick strokes in strong colours: edges pushed about, the middle colour around each pixel, a dark blue contour."""
    side = rgba.shape[0]
    rows, columns = np.mgrid[0:side, 0:side]
    rows = np.clip(rows + (_smooth_noise(rng, side, 18) - 0.5) * 6, 0, side - 1).astype(int)
    columns = np.clip(columns + (_smooth_noise(rng, side, 18) - 0.5) * 6, 0, side - 1).astype(int)
    moved = rgba[rows, columns]
    planes = [Image.fromarray(np.uint8(moved[..., band] * 255)) for band in range(4)]
    calm = [np.asarray(plane.filter(ImageFilter.MedianFilter(5)), dtype=np.float32) / 255 for plane in planes]
    colour, alpha = np.stack(calm[:3], axis=-1), calm[3][..., None]
    grey = colour.mean(-1, keepdims=True)
    colour = grey + (colour - grey) * 1.25
    strokes = np.tanh(3 * np.sin(2 * np.pi * ((rows + columns) / 20)))[..., None]
    colour = colour + strokes * np.array([0.07, 0.05, -0.04])
    contour = np.clip(_blurred(_outline(np.concatenate([colour, alpha], axis=-1)), 1.4) * 1.3, 0, 1)[..., None]
    colour = colour + (np.array([0.07, 0.08, 0.22]) - colour) * contour
    return np.concatenate([np.clip(colour, 0, 1), np.maximum(alpha, contour)], axis=-1)


def neon(rgba: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tubes of light along the outlines, cyan above and pink below, over a dim body."""
    side = rgba.shape[0]
    line = np.clip(_blurred(_outline(rgba), 0.9) * 1.5, 0, 1)
    glow = np.clip(_blurred(line, 4) * 1.5, 0, 1)[..., None]
    height = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    light = (1 - height) * np.array([0.1, 0.95, 1.0]) + height * np.array([1.0, 0.2, 0.8])
    light = np.broadcast_to(light, (side, side, 3))
    body = rgba[..., :3] * np.array([0.45, 0.28, 0.62])
    colour = body * (1 - glow) + light * glow
    colour = colour + (1 - colour) * 0.75 * line[..., None]
    alpha = np.maximum(rgba[..., 3:], glow)
    return np.concatenate([colour, alpha], axis=-1)


def vivid(rgba: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Strong colours with a white rim, like a sticker."""
    colour = rgba[..., :3]
    grey = colour.mean(-1, keepdims=True)
    colour = np.clip(grey + (colour - grey) * 1.7 + 0.03, 0, 1)
    rim = np.clip(_blurred(rgba[..., 3], 2.2) * 3, 0, 1)[..., None]
    alpha = rgba[..., 3:]
    return np.concatenate([colour * alpha + (1 - alpha), np.maximum(alpha, rim)], axis=-1)


def wash(rgba: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thin paint: pale, uneven, darker where it dries at the rims."""
    side = rgba.shape[0]
    colour = np.stack([_blurred(rgba[..., band], 0.7) for band in range(3)], axis=-1)
    pooled = _smooth_noise(rng, side, 9)[..., None]
    colour = colour + (1 - colour) * (0.2 + 0.35 * pooled)
    rim = np.clip(rgba[..., 3] - _blurred(rgba[..., 3], 3), 0, 1)[..., None]
    return np.concatenate([colour * (1 - 0.7 * rim), rgba[..., 3:] * (0.96 - 0.15 * pooled)], axis=-1)


def build_looks(sprites: Sprites) -> np.ndarray:
    """Every subject in every look: uint8, (subjects, looks, side, side, 4), colour premultiplied."""
    made = []
    for index, renderings in enumerate(sprites.rgba):
        rng = np.random.default_rng(index)
        by_name = {name: renderings[at].astype(np.float32) / 255 for at, name in enumerate(RENDERINGS)}
        by_name["oil"] = oil(by_name["colour"], rng)
        by_name["neon"] = neon(by_name["flat"], rng)
        by_name["vivid"] = vivid(by_name["flat"], rng)
        by_name["wash"] = wash(by_name["flat"], rng)
        made.append(np.stack([_premultiplied(by_name[name]) for name in LOOKS]))
    return np.stack(made)


def _premultiplied(rgba: np.ndarray) -> np.ndarray:
    joined = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], axis=-1)
    return (np.clip(joined, 0, 1) * 255 + 0.5).astype(np.uint8)
