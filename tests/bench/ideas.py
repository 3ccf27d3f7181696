"""Whether each suffix idea changes the pictures of the starter visibly; also makes a contact sheet of each set.

    python -m tests.bench.ideas FOLDER

One seed, two subjects, 8 steps. Prints, for each idea, the mean difference from the pictures without a suffix. The exit
code is 1 if one that is marked for the starter does not change them visibly. Others may change them too, but not as
they say: the starter half recognises a word, such as "colors". Look at the sheets.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import fmean

import numpy as np
from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.core.prompts.ideas import IDEAS
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import refine
from tests.bench.starter_rounds import Starter

SUBJECTS = ("fox", "castle")
SEED = 3
VISIBLE = 0.05
"""A mean difference of the channels, 0 to 1, above which a picture has visibly changed."""


def change(one: Picture, other: Picture) -> float:
    """The mean difference of all channel values, 0 to 1."""
    a, b = (np.frombuffer(picture.pixels, np.uint8).astype(np.float32) / 255 for picture in (one, other))
    return float(np.abs(a - b).mean())


def sheet(rows: list[list[Picture]]) -> Image.Image:
    """All pictures, a row for each subject."""
    side = rows[0][0].width
    whole = Image.new("RGB", (side * len(rows[0]), side * len(rows)))
    for y, row in enumerate(rows):
        for x, one in enumerate(row):
            whole.paste(Image.frombytes("RGB", (one.width, one.height), one.pixels), (x * side, y * side))
    return whole


def main(folder: Path) -> int:
    starter, wrong = Starter(), 0
    folder.mkdir(parents=True, exist_ok=True)
    for purpose, ideas in IDEAS.items():
        suffixes = ("", *(idea.suffix for idea in ideas))
        rows = [starter.pictures(refine(subject, SEED, suffixes, Recipe())) for subject in SUBJECTS]
        sheet(rows).save(folder / f"{purpose}.png")
        for at, idea in enumerate(ideas, 1):
            found = fmean(change(row[0], row[at]) for row in rows)
            visible = found > VISIBLE
            wrong += idea.on_starter and not visible
            note = "" if visible == idea.on_starter else "  not visible" if idea.on_starter else "  changes otherwise"
            print(f"{purpose}: {idea.suffix!r}: {found:.3f}{note}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
