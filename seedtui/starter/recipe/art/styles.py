"""The styles that the starter model knows, the words for them, and the colours of backgrounds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """A way to draw a picture. The first of `words` is its name in tables."""

    words: tuple[str, ...]
    look: str
    """The one of `looks.LOOKS` in which the subject is drawn."""
    tint: float
    """How much of the background has the scene's colour, 0..1; the rest is the style's own."""
    dusk: float
    """How much Vermeer's dark room replaces the background, 0..1."""
    clear: float = 0.66
    """How bright a subject stays in the darkest corner of Vermeer's light, 0..1."""
    weight: float = 1.0
    """How often it is drawn, relative to the others."""


STYLES: Mapping[str, Style] = {
    "plain": Style((), "colour", 1.0, 0.9, weight=1.6),
    "realistic": Style(("highly realistic", "realistic", "photorealistic", "3d render"), "solid", 0.8, 0.95),
    "artsy": Style(("artsy", "oil painting", "painterly", "impressionist painting"), "oil", 1.0, 0.85, 0.74),
    "trending": Style(("trending", "neon", "synthwave", "trending on artstation"), "neon", 0.0, 0.45, 0.92),
    "colorful": Style(("colorful", "colourful", "vibrant", "vivid colors"), "vivid", 0.0, 0.35, 0.84),
    "line": Style(("line art", "line drawing", "ink drawing", "sketch"), "line", 0.12, 0.2, 0.8, 0.8),
    "flat": Style(("flat", "flat design", "vector art", "minimalist"), "flat", 1.0, 0.8, 0.74, 0.8),
    "watercolor": Style(("watercolor", "watercolour", "watercolor painting"), "wash", 0.5, 0.35, 0.8, 0.8),
    "pixel": Style(("pixel art", "8-bit", "pixelated"), "flat", 1.0, 0.8, 0.74, 0.8),
}

OWN_GROUND = ("trending", "colorful")
"""Styles with their own background, whose colour captions do not name."""

VERMEER = ("in the style of Vermeer", "by Vermeer", "in Vermeer style")
"""A light rather than a style: it can be combined with all of `STYLES`."""

GROUNDS: Mapping[str, tuple[float, float, float]] = {
    "red": (0.80, 0.16, 0.16),
    "orange": (0.96, 0.55, 0.18),
    "yellow": (0.97, 0.83, 0.30),
    "green": (0.28, 0.62, 0.34),
    "blue": (0.22, 0.45, 0.80),
    "teal": (0.20, 0.60, 0.62),
    "purple": (0.48, 0.30, 0.66),
    "pink": (0.96, 0.66, 0.76),
    "white": (0.93, 0.93, 0.92),
    "gray": (0.55, 0.56, 0.58),
    "brown": (0.47, 0.33, 0.22),
    "black": (0.10, 0.10, 0.12),
}
"""Colour words for a background, with red, green and blue in 0..1."""
