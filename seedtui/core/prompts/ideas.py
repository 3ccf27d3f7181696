"""Suffix ideas: sets of suffixes by purpose, to try on a pick."""

from __future__ import annotations

from typing import Final, NamedTuple


class Idea(NamedTuple):
    """A suffix. `on_starter`: it changes the pictures of the starter too; the others need a model that knows them."""

    suffix: str
    on_starter: bool = False


IDEAS: Final[dict[str, tuple[Idea, ...]]] = {
    "light": (
        Idea(" in the style of Vermeer", on_starter=True),
        Idea(", golden hour light"),
        Idea(", soft window light"),
        Idea(", dramatic rim light"),
        Idea(", candlelight"),
        Idea(", moonlight"),
        Idea(", overcast light"),
        Idea(", volumetric light through fog"),
    ),
    "lens": (
        Idea(", macro photograph, shallow depth of field"),
        Idea(", portrait lens, bokeh"),
        Idea(", wide-angle lens, low angle"),
        Idea(", telephoto lens, compressed perspective"),
        Idea(", fisheye lens"),
        Idea(", tilt-shift photograph"),
        Idea(", aerial view from a drone"),
        Idea(", long exposure, motion blur"),
    ),
    "medium": (
        Idea(", oil painting", on_starter=True),
        Idea(", watercolor painting", on_starter=True),
        Idea(", ink drawing", on_starter=True),
        Idea(", 3d render", on_starter=True),
        Idea(", pixel art", on_starter=True),
        Idea(", charcoal on rough paper"),
        Idea(", woodblock print"),
        Idea(", paper cutout, layered"),
    ),
    "mood": (
        Idea(", synthwave", on_starter=True),
        Idea(", minimalist", on_starter=True),
        Idea(", serene, misty morning"),
        Idea(", ominous, storm coming"),
        Idea(", whimsical, playful"),
        Idea(", melancholic, rainy evening"),
        Idea(", festive, warm and cozy"),
        Idea(", mysterious, half in shadow"),
    ),
    "palette": (
        Idea(", vivid colors", on_starter=True),
        Idea(" on a teal background", on_starter=True),
        Idea(" on an orange background", on_starter=True),
        Idea(" on a black background", on_starter=True),
        Idea(", pastel colors"),
        Idea(", black and white"),
        Idea(", sepia tones"),
        Idea(", teal and orange color grading"),
    ),
    "quality": (
        Idea(", highly realistic", on_starter=True),
        Idea(", photorealistic", on_starter=True),
        Idea(", vector art", on_starter=True),
        Idea(", highly detailed, sharp focus"),
        Idea(", 35mm film photograph, film grain"),
        Idea(", studio product photograph"),
        Idea(", concept art, matte painting"),
        Idea(", rough sketch, unfinished", on_starter=True),
    ),
}
"""By purpose, which is the name of the suffix set."""

IDEA_SETS: Final[dict[str, tuple[str, ...]]] = {
    purpose: tuple(idea.suffix for idea in ideas) for purpose, ideas in IDEAS.items()
}
"""The suffixes of each set."""

_NEED_REAL_MODEL = frozenset(idea.suffix for ideas in IDEAS.values() for idea in ideas if not idea.on_starter)


def needs_real_model(suffix: str) -> bool:
    """Whether `suffix` is an idea whose words the starter does not know."""
    return suffix in _NEED_REAL_MODEL


def is_idea_set(name: str, lines: tuple[str, ...]) -> bool:
    """Whether `lines` are the set of ideas `name`, and not one of the user's of the same name."""
    return IDEA_SETS.get(name) == lines
