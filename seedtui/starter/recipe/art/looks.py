"""The looks of a drawing: how each style renders the drawing itself, computed once for each."""

import numpy as np

from seedtui.starter.recipe.art.packages import RENDERINGS
from seedtui.starter.recipe.art.sprites import SPRITE, Sprites
from seedtui.starter.recipe.art.strokes import along, blurred, bristles, flow_of, sampled

LOOKS = ("colour", "solid", "flat", "line", "oil", "neon", "vivid", "wash")
"""The first three are unchanged renderings; the others are made here."""

INK = np.array([0.11, 0.10, 0.15], dtype=np.float32)
PAPER = np.array([0.95, 0.93, 0.88], dtype=np.float32)


def _smooth_noise(rng: np.random.Generator, cells: int) -> np.ndarray:
    """A smooth random field, (SPRITE, SPRITE), about 0..1."""
    coarse = rng.random((cells + 1, cells + 1)).astype(np.float32)[..., None]
    line = np.linspace(0, cells, SPRITE, endpoint=False, dtype=np.float32)
    rows, columns = np.meshgrid(line, line, indexing="ij")
    return blurred(sampled(coarse, rows, columns)[..., 0], SPRITE / cells / 4)


def _lines(stroke: np.ndarray) -> np.ndarray:
    """How much of each pixel an outline covers, (side, side, 1) in 0..1, from the `stroke` rendering."""
    result: np.ndarray = (stroke[..., :1] * stroke[..., 3:]).clip(0, 1)
    return result


def _saturated(colour: np.ndarray, by: float) -> np.ndarray:
    grey = colour.mean(-1, keepdims=True)
    result: np.ndarray = np.clip(grey + (colour - grey) * by, 0, 1)
    return result


def line(flat: np.ndarray, stroke: np.ndarray) -> np.ndarray:
    """Ink on paper: the outline of every shape, with dark areas filled in."""
    lines = _lines(stroke)
    dark = np.clip((0.30 - flat[..., :3].max(-1, keepdims=True)) * 12, 0, 1) * flat[..., 3:]
    ink = np.maximum(lines, dark)
    return np.concatenate([PAPER + (INK - PAPER) * ink, np.maximum(flat[..., 3:], lines)], axis=-1)


def oil(rgba: np.ndarray, stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thick paint in strong colours, with strokes along the form and a dark blue contour."""
    cover = rgba[..., 3:]
    planes = np.concatenate([rgba[..., :3] * cover, cover], axis=-1)
    flow = flow_of(planes)
    smeared = along(planes, flow, 7)
    colour = smeared[..., :3] / smeared[..., 3:].clip(1e-3)
    bristle = bristles(rng, flow)[..., None]
    colour = _saturated(colour, 1.3) + bristle * np.array([0.075, 0.06, 0.01])
    patches = np.tanh(3 * (_smooth_noise(rng, 14) - 0.5)[..., None])
    colour = colour + patches * np.array([0.08, 0.02, -0.08])
    contour = np.clip(along(_lines(stroke), flow, 4) * 1.3, 0, 1) * (0.75 + 0.15 * bristle).clip(0, 1)
    colour = colour + (np.array([0.06, 0.08, 0.26]) - colour) * contour
    alpha = np.clip(smeared[..., 3:] * 1.5 - 0.25 + 0.08 * bristle * (smeared[..., 3:] > 0.05), 0, 1)
    return np.concatenate([np.clip(colour, 0, 1), np.maximum(alpha, contour)], axis=-1)


def neon(flat: np.ndarray, stroke: np.ndarray) -> np.ndarray:
    """Tubes of light along the outlines, cyan above and pink below, over a dim body."""
    tube = _lines(stroke)
    near = np.clip(blurred(tube[..., 0], 2) * 1.7, 0, 1)[..., None]
    glow = np.clip(blurred(tube[..., 0], 6) * 1.5, 0, 1)[..., None]
    height = np.clip(np.linspace(-0.1, 1.1, SPRITE, dtype=np.float32), 0, 1)[:, None, None]
    light = (1 - height) * np.array([0.1, 0.95, 1.0]) + height * np.array([1.0, 0.2, 0.8])
    body = flat[..., :3] * np.array([0.36, 0.22, 0.52]) + np.array([0.02, 0.0, 0.06])
    colour = body * (1 - glow) + light * glow
    colour = colour * (1 - near) + light * near
    colour = colour + (1 - colour) * 0.85 * tube
    alpha = np.maximum(flat[..., 3:] * 0.94, np.maximum(glow * 0.9, tube))
    return np.concatenate([np.clip(colour, 0, 1), alpha], axis=-1)


def vivid(flat: np.ndarray) -> np.ndarray:
    """Strong colours with a white rim, like a sticker."""
    colour = np.clip(_saturated(flat[..., :3], 1.6) * 1.05 + 0.02, 0, 1)
    cover = flat[..., 3:]
    rim = np.clip((blurred(flat[..., 3], 4) - 0.06) * 9, 0, 1)[..., None]
    return np.concatenate([colour * cover + (1 - cover), np.maximum(cover, rim)], axis=-1)


def wash(flat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thin paint with wavering edges: pale, uneven, darker where it dries at the rims."""
    line = np.arange(SPRITE, dtype=np.float32)
    rows, columns = np.meshgrid(line, line, indexing="ij")
    wander = [(_smooth_noise(rng, 24) - 0.5) * 9 for _ in range(2)]
    moved = sampled(flat, rows + wander[0], columns + wander[1])
    soft = np.stack([blurred(moved[..., band] * moved[..., 3], 1) for band in range(3)], axis=-1)
    cover = blurred(moved[..., 3], 1)[..., None]
    colour = soft / cover.clip(1e-3)
    pooled = np.clip(_smooth_noise(rng, 7), 0, 1)[..., None]
    colour = colour + (1 - colour) * (0.16 + 0.38 * pooled)
    rim = np.clip(moved[..., 3] - blurred(moved[..., 3], 4), 0, 1)[..., None]
    return np.concatenate([np.clip(colour * (1 - 0.75 * rim), 0, 1), cover * (0.95 - 0.12 * pooled)], axis=-1)


def looks_of(renderings: np.ndarray, seed: int) -> np.ndarray:
    """One drawing in every look: uint8, (looks, SPRITE, SPRITE, 4), colour premultiplied."""
    rng = np.random.default_rng(seed)
    by_name = {name: renderings[at].astype(np.float32) / 255 for at, name in enumerate(RENDERINGS)}
    flat, stroke = by_name["flat"], by_name["stroke"]
    by_name["line"] = line(flat, stroke)
    by_name["oil"] = oil(by_name["colour"], stroke, rng)
    by_name["neon"] = neon(flat, stroke)
    by_name["vivid"] = vivid(flat)
    by_name["wash"] = wash(flat, rng)
    return np.stack([_premultiplied(by_name[name]) for name in LOOKS])


def build_looks(sprites: Sprites) -> np.ndarray:
    """Every drawing in every look: uint8, (drawings, looks, SPRITE, SPRITE, 4), colour premultiplied."""
    return np.stack([looks_of(renderings, index) for index, renderings in enumerate(sprites.rgba)])


def _premultiplied(rgba: np.ndarray) -> np.ndarray:
    joined = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], axis=-1)
    result: np.ndarray = (np.clip(joined, 0, 1) * 255 + 0.5).astype(np.uint8)
    return result
