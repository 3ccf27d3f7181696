"""How much refined pictures and variations resemble their pick, against the hold and the strength; on the starter.

    python -m tests.bench.likeness hold      # the guide's four suffixes, at holds of 0 to 60 %
    python -m tests.bench.likeness vary      # strengths of 0 to 100 %

Likeness is the correlation of the two pictures, blurred. The tables go into the manual, `refining.md`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import fmean

import numpy as np
from PIL import Image, ImageFilter

from seedtui.core.images.picture import Picture
from seedtui.core.prompts.prompt import SUFFIXES, short_suffix
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, refine, vary
from seedtui.core.rounds.rounds import Picked
from seedtui.core.rounds.variation import Variation
from tests.bench.starter_rounds import Starter

SUBJECTS = ("Labrador in the style of Vermeer", "rocket", "apple on a blue background", "house", "fox", "sailboat")
SEEDS = (0, 7)
HOLDS = (0.0, 0.1, 0.2, 0.4, 0.6)
STRENGTHS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
OTHERS = (100, 101)


Row = tuple[str, str, float, float]
"""The name of a row of the table, the picture, the hold or strength, and the likeness."""


def likeness(one: Picture, other: Picture) -> float:
    """The correlation of the two pictures, -1 to 1, blurred over an eighth of their width."""
    a, b = (np.asarray(blurred(picture), np.float64).ravel() for picture in (one, other))
    return float(np.corrcoef(a, b)[0, 1])


def blurred(picture: Picture) -> Image.Image:
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    return image.filter(ImageFilter.GaussianBlur(picture.width / 32)).resize((64, 64), Image.Resampling.BOX)


def held(starter: Starter) -> Iterator[Row]:
    """The likeness of refined pictures to the pick, at each hold."""
    for prompt, seed in ((prompt, seed) for prompt in SUBJECTS for seed in SEEDS):
        (pick,) = starter.pictures(explore(prompt, [seed], Recipe()))
        round_ = refine(prompt, seed, SUFFIXES, Recipe(), holds=HOLDS)
        for shot, picture in zip(round_.shots, starter.pictures(round_), strict=True):
            share = shot.holds[-1].share if shot.holds else 0.0
            yield short_suffix(shot.suffix), f"{prompt} {seed}", share, likeness(pick, picture)


def varied(starter: Starter) -> Iterator[Row]:
    """The likeness of variations to the pick, at each strength."""
    for prompt, seed in ((prompt, seed) for prompt in SUBJECTS for seed in SEEDS):
        (pick,) = starter.pictures(explore(prompt, [seed], Recipe()))
        variations = [Variation(other, strength) for other in OTHERS for strength in STRENGTHS]
        round_ = vary(seed, variations, Recipe(), picked=Picked(prompt))
        for variation, picture in zip(variations, starter.pictures(round_), strict=True):
            yield prompt, f"{seed} {variation.seed}", variation.strength, likeness(pick, picture)


def table(rows: Sequence[Row]) -> str:
    """The mean for each row and share, and the mean of all."""
    cells: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, _, share, value in rows:
        for row in (name, "mean"):
            cells[row][share].append(value)
    shares = sorted(cells["mean"])
    lines = [f"| | {' | '.join(f'{share:.0%}' for share in shares)} |"]
    for name in sorted(cells, key=lambda name: name == "mean"):
        lines.append(f"| {name} | {' | '.join(f'{fmean(cells[name][share]):.2f}' for share in shares)} |")
    return "\n".join(lines)


def turns(rows: Sequence[Row], up: bool) -> str:
    """Between which shares the likeness of a picture goes the wrong way by more than 0.01: how many, the largest."""
    series: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for name, picture, share, value in rows:
        series[name, picture].append((share, value))
    steps: dict[str, list[float]] = defaultdict(list)
    for one in series.values():
        for (low, a), (high, b) in pairwise(sorted(one)):
            steps[f"{low:.0%} to {high:.0%}"].append((a - b) * (1 if up else -1))
    wrong = {words: [step for step in found if step > 0.01] for words, found in steps.items()}
    return "\n".join(
        f"{words}: {len(wrong[words])} of {len(found)} go the other way, by at most {max(wrong[words], default=0):.2f}"
        for words, found in steps.items()
    )


def main(what: str) -> None:
    rows = list((held if what == "hold" else varied)(Starter()))
    print(table(rows), turns(rows, up=what == "hold"), sep="\n\n")


if __name__ == "__main__":
    main(sys.argv[1])
