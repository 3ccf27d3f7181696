"""How different the pictures of rounds are on the starter: usual ones, near-copies, and what a seed spread does.

    python -m tests.bench.variety [seconds]

Near-copies come from noise that hardly differs between seeds, in place of a distilled model: none could be tried.
Prints the variety of each prompt's round, and how long it takes to find for 16 pictures of 1024x1024.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from statistics import fmean

import numpy as np

from seedtui.core.images.picture import Picture
from seedtui.core.images.variety import ALIKE, sketch, variety
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from tests.bench.starter_rounds import Starter

PROMPTS = ("fox", "Labrador in the style of Vermeer", "apple on a blue background", "castle, watercolor")
SEEDS = range(4)
FEW = {"steps": 2, "scheduler": "lcm", "guidance": 3.0}
"""As few-step models are run."""


def rounds() -> Iterator[tuple[str, list[Round]]]:
    """The rounds of each row, one for each prompt."""
    for words, recipe in {
        "8 steps": Recipe(),
        "2 steps, LCM": Recipe(**FEW),
        "2 steps, LCM, spread 40%": Recipe(**FEW, spread=0.4),
        "2 steps, LCM, spread 100%": Recipe(**FEW, spread=1.0),
        "1 step": Recipe(steps=1),
        "1 step, spread 40%": Recipe(steps=1, spread=0.4),
    }.items():
        yield words, [explore(prompt, SEEDS, recipe) for prompt in PROMPTS]


def near_copies() -> Iterator[tuple[str, list[Round]]]:
    """As `rounds`, for a model whose seeds hardly change the noise."""
    for steps in (8, 2):
        for spread in (0.0, 0.4, 1.0):
            recipe = Recipe(steps=steps, spread=spread)
            yield f"near-copies, {steps} steps, spread {spread:.0%}", [explore(p, SEEDS, recipe) for p in PROMPTS]


def seconds() -> float:
    """How long it takes to find the variety of 16 pictures of 1024x1024."""
    random = np.random.default_rng(0)
    pictures = [Picture(1024, 1024, random.bytes(3 * 1024 * 1024)) for _ in range(16)]
    variety([sketch(pictures[0])])  # imports
    began = time.perf_counter()
    variety([sketch(picture) for picture in pictures])
    return time.perf_counter() - began


def main() -> None:
    print(f"16 pictures of 1024x1024: {seconds() * 1000:.0f} ms; alike below {ALIKE:.2f}")
    if sys.argv[1:] == ["seconds"]:
        return
    starter = Starter()
    show(starter, rounds())
    with starter.seeds_alike(0.05):
        show(starter, near_copies())


def show(starter: Starter, rows: Iterator[tuple[str, list[Round]]]) -> None:
    """Print the variety of the rounds in each row."""
    for words, row in rows:
        found = [variety([sketch(picture) for picture in starter.pictures(round_)]) or 0 for round_ in row]
        print(f"{words}: {fmean(found):.3f}  ({', '.join(f'{value:.3f}' for value in found)})", flush=True)


if __name__ == "__main__":
    main()
