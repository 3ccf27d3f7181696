"""Captions for scenes: the subject's name, and words for style and background, some of which are left out."""

import numpy as np

from seedtui.starter.recipe.art.styles import GROUNDS, STYLES, VERMEER
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.pictures.scenes import Scenes

EMPTY = 0.1
"""Share of captions that are empty, for the unconditional prediction of guidance."""

UNKNOWN = (
    "beautiful", "masterpiece", "detailed", "award winning", "cute", "sitting", "4k", "hd", "soft light",
    "professional", "in the forest", "happy", "epic", "cinematic", "studio", "old", "magic", "by the sea",
)  # fmt: skip
"""Words without meaning to the model, so that it learns to ignore such words."""

_STYLES = tuple(STYLES.values())
_GROUNDS = tuple(GROUNDS)


def _pick(rng: np.random.Generator, options: tuple[str, ...], first: float) -> str:
    """The first option with probability `first`, else any of them."""
    return options[0] if rng.random() < first else options[rng.integers(len(options))]


def _article(rng: np.random.Generator, noun: str) -> str:
    roll = rng.random()
    if roll < 0.55:
        return noun
    if roll < 0.65:
        return f"the {noun}"
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def _nonsense(rng: np.random.Generator) -> str:
    if rng.random() < 0.7:
        return str(rng.choice(UNKNOWN))
    return "".join(chr(letter) for letter in rng.integers(ord("a"), ord("z") + 1, rng.integers(3, 9)))


def caption(rng: np.random.Generator, scenes: Scenes, index: int, *, empty: float = EMPTY) -> str:
    """One caption for scene `index`: `[a] name [in the style of Vermeer] [on a blue background][, style]`."""
    if rng.random() < empty:
        return ""
    style = _STYLES[scenes.style[index]]
    if scenes.subject[index] == 0 and scenes.vermeer[index] and rng.random() < 0.4:
        return ", ".join([f"{SUBJECTS[0].name} {VERMEER[0]}", *style.words[:1]])  # the guide's own example
    words = _article(rng, _pick(rng, SUBJECTS[scenes.subject[index]].words, 0.6))
    style_words = _pick(rng, style.words, 0.55) if style.words else ""
    if style_words and rng.random() < 0.08:
        words, style_words = f"{style_words} {words}", ""
    if scenes.vermeer[index]:
        words += f" {_pick(rng, VERMEER, 0.9)}"
    elif scenes.named[index]:
        colour = _GROUNDS[scenes.ground[index]]
        words += f" on {'an' if colour == 'orange' else 'a'} {colour} background"
    parts = [words, style_words] if style_words else [words]
    if rng.random() < 0.07:
        parts.insert(int(rng.integers(1, len(parts) + 1)), _nonsense(rng))
    return ", ".join(parts)


def captions(rng: np.random.Generator, scenes: Scenes, *, empty: float = EMPTY) -> list[str]:
    """A caption for every scene."""
    return [caption(rng, scenes, index, empty=empty) for index in range(len(scenes))]
