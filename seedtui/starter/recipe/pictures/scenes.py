"""The contents of training pictures, drawn at random: subject, style, background, position, size, rotation, light."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from seedtui.starter.recipe.art.sprites import drawings
from seedtui.starter.recipe.art.styles import GROUNDS, OWN_GROUND, STYLES
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.pictures.layout import NUMBERS, uniform

_STYLE_NAMES = tuple(STYLES)
_GUIDE_STYLES = ("realistic", "artsy", "trending", "colorful")
_DRAWINGS = drawings()
_FIRST_DRAWING = np.array([[at for at, _ in _DRAWINGS].index(subject) for subject in range(len(SUBJECTS))])
_HOW_MANY = np.array([len(subject.emoji) for subject in SUBJECTS])

NAMED = 0.4
"""Share of captions that name the background's colour, if the style leaves it to the prompt."""


@dataclass(frozen=True, slots=True)
class Scenes:
    """A batch of scenes. The first axis of every array is the batch. Lengths are in picture widths from the centre."""

    subject: np.ndarray
    """Index into SUBJECTS."""
    drawing: np.ndarray
    """Index into `sprites.drawings()`."""
    style: np.ndarray
    """Index into STYLES."""
    vermeer: np.ndarray
    """Whether it has Vermeer's light."""
    ground: np.ndarray
    """Index into GROUNDS."""
    named: np.ndarray
    """Whether the caption names the background's colour."""
    colour: np.ndarray
    """The background's colour, (batch, 3) in 0..1, close to the one in GROUNDS."""
    place: np.ndarray
    """The subject's centre, (batch, 2): x to the right, y down."""
    size: np.ndarray
    turn: np.ndarray
    """Radians, clockwise."""
    mirror: np.ndarray
    """1 as drawn, -1 mirrored."""
    light: np.ndarray
    """The direction in which the background gets brighter, in radians."""
    halo: np.ndarray
    """A soft bright disc behind the subject: x, y, radius; (batch, 3)."""
    horizon: np.ndarray
    """Height of the floor's edge; above 0.5 there is none."""
    layout: np.ndarray
    """The numbers that decide the fields from `place` on, (batch, len(NUMBERS)), and `ground` unless it is named."""

    def __len__(self) -> int:
        return len(self.subject)


def taken(scenes: Scenes, chosen: np.ndarray) -> Scenes:
    """The scenes with the indices `chosen`."""
    return Scenes(**{field.name: getattr(scenes, field.name)[chosen] for field in fields(Scenes)})


def _chosen(rng: np.random.Generator, weights: Sequence[float], count: int) -> np.ndarray:
    share = np.asarray(weights, dtype=np.float64)
    return rng.choice(len(share), count, p=share / share.sum())


def draw_scenes(rng: np.random.Generator, count: int, subjects: int = len(SUBJECTS)) -> Scenes:
    """`count` random scenes of the first `subjects` subjects. The same generator state gives the same scenes."""
    subject = _chosen(rng, [subject.weight for subject in SUBJECTS[:subjects]], count)
    style, vermeer = _styles(rng, subject)
    layout = rng.standard_normal((count, len(NUMBERS))).astype(np.float32)
    share = dict(zip(NUMBERS, uniform(layout).T, strict=True))
    named = (rng.random(count) < NAMED) & ~vermeer & ~np.isin(style, [_STYLE_NAMES.index(name) for name in OWN_GROUND])
    ground = np.where(named, rng.random(count), share["ground"] * 0.9999) * len(GROUNDS)
    colour = np.array(list(GROUNDS.values()))[ground.astype(int)] + rng.uniform(-0.03, 0.03, (count, 3))
    size = 0.70 + 0.18 * share["size"]
    room = (1 - size)[:, None] / 2
    place = np.stack([share["place_x"], share["place_y"]], axis=1) * 2 - 1
    which = (share["drawing"] * 0.9999 * _HOW_MANY[subject]).astype(int)
    halo = np.stack([share["halo_x"] - 0.5, share["halo_y"] * 0.8 - 0.5, 0.14 + 0.18 * share["halo_size"]], axis=1)
    light = dict(zip(NUMBERS, layout.T, strict=True))
    return Scenes(
        subject=subject,
        drawing=_FIRST_DRAWING[subject] + which,
        style=style,
        vermeer=vermeer,
        ground=ground.astype(int),
        named=named,
        colour=np.clip(colour, 0.03, 0.97).astype(np.float32),
        place=(place * room).astype(np.float32),
        size=size.astype(np.float32),
        turn=(0.16 * share["turn"] - 0.08).astype(np.float32),
        mirror=np.where(light["mirror"] < 0, -1, 1).astype(np.float32),
        light=np.arctan2(light["light_y"], light["light_x"]),
        halo=halo.astype(np.float32),
        horizon=np.where(share["horizon"] < 0.5, 0.05 + 0.7 * share["horizon"], 9.0).astype(np.float32),
        layout=layout,
    )


def _styles(rng: np.random.Generator, subject: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A style and whether there is Vermeer's light, for each scene. The guide's example is more frequent."""
    count = len(subject)
    style = _chosen(rng, [style.weight for style in STYLES.values()], count)
    vermeer = rng.random(count) < 0.25
    guide = (subject == 0) & (rng.random(count) < 0.4)
    of_guide = np.array([_STYLE_NAMES.index(name) for name in ("plain", *_GUIDE_STYLES)])
    return np.where(guide, rng.choice(of_guide, count), style), vermeer | guide
