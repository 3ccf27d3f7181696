"""What a training picture holds, drawn from a seed: subject, style, ground, place, size, turn, light."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seedtui.starter.styles import GROUNDS, STYLES
from seedtui.starter.subjects import FIRST, SUBJECTS


@dataclass(frozen=True, slots=True)
class Scenes:
    """A batch of scenes; every array's first axis is the batch. Lengths are in picture widths, 0 the middle."""

    subject: np.ndarray
    """Index into SUBJECTS."""
    style: np.ndarray
    """Index into STYLES."""
    vermeer: np.ndarray
    """Whether Vermeer's light falls on it."""
    ground: np.ndarray
    """Index into GROUNDS."""
    colour: np.ndarray
    """The ground's colour, (batch, 3) in 0..1: near the named one."""
    place: np.ndarray
    """The subject's middle, (batch, 2): x to the right, y down."""
    size: np.ndarray
    turn: np.ndarray
    """Radians, clockwise."""
    light: np.ndarray
    """Where the ground brightens towards, radians."""
    halo: np.ndarray
    """A soft bright disc behind the subject: x, y, radius; (batch, 3)."""
    horizon: np.ndarray
    """Height of the floor's edge; above 0.5 there is none."""
    texture: np.ndarray
    """Seeds of brush strokes and paper."""

    def __len__(self) -> int:
        return len(self.subject)


def _chosen(rng: np.random.Generator, weights: Sequence[float], count: int) -> np.ndarray:
    share = np.asarray(weights, dtype=np.float64)
    return rng.choice(len(share), count, p=share / share.sum())


def _weights(subjects: int) -> list[float]:
    """How often each of the first `subjects` is drawn: later ones more often, for the first have been taught before."""
    return [subject.weight * (1.0 if at < FIRST else 1.5) for at, subject in enumerate(SUBJECTS[:subjects])]


def draw_scenes(rng: np.random.Generator, count: int, subjects: int = len(SUBJECTS)) -> Scenes:
    """`count` scenes of the first `subjects` subjects; the same generator state gives the same scenes."""
    ground = rng.integers(0, len(GROUNDS), count)
    colour = np.array(list(GROUNDS.values()))[ground] + rng.uniform(-0.06, 0.06, (count, 3))
    size = rng.uniform(0.70, 0.88, count)
    room = (1 - size)[:, None] / 2
    return Scenes(
        subject=_chosen(rng, _weights(subjects), count),
        style=_chosen(rng, [style.weight for style in STYLES.values()], count),
        vermeer=rng.random(count) < 0.25,
        ground=ground,
        colour=np.clip(colour, 0.03, 0.97).astype(np.float32),
        place=(rng.uniform(-1, 1, (count, 2)) * room).astype(np.float32),
        size=size.astype(np.float32),
        turn=rng.uniform(-0.07, 0.07, count).astype(np.float32),
        light=rng.uniform(0, 2 * np.pi, count).astype(np.float32),
        halo=rng.uniform((-0.5, -0.5, 0.14), (0.5, 0.3, 0.32), (count, 3)).astype(np.float32),
        horizon=np.where(rng.random(count) < 0.5, rng.uniform(0.05, 0.4, count), 9.0).astype(np.float32),
        texture=rng.integers(0, 2**31, count),
    )
