"""A program that fills a library and says what it has done, for tests to run several of, and to kill.

``python -m tests.support.library_writer ROOT SESSION ROUNDS`` prints a line ``round ID`` and then
``image ID INDEX SHA256`` for each image that is on disk. With ROUNDS 0 it begins one
round, and waits in it until its stdin ends.
"""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId

SIDE = 128


def main(root: str, session: str, rounds: str) -> None:
    with Library(Path(root)) as library:
        for _ in range(int(rounds) or 1):
            round_ = explore("the same prompt", range(4), Recipe(width=SIDE, height=SIDE))
            library.add_round(SessionId(session), round_)
            print("round", round_.id, flush=True)
            if rounds == "0":
                sys.stdin.read()
            for shot in round_.shots:
                pixels = random.Random(f"{round_.id} {shot.seed}").randbytes(SIDE * SIDE * 3)
                record = ImageRecord(
                    kind="explore", prompt=round_.prompt, suffix="", seed=shot.seed, slot=shot.index,
                    recipe=round_.recipe, environment=Environment(), sha256=pixel_hash(pixels), round_id=round_.id,
                    index=shot.index,
                )  # fmt: skip
                library.add_image(SessionId(session), record, Picture(SIDE, SIDE, pixels))
                print("image", round_.id, shot.index, record.sha256, flush=True)
            library.finish_round(round_.id, "done")


if __name__ == "__main__":
    main(*itertools.islice(sys.argv, 1, 4))
