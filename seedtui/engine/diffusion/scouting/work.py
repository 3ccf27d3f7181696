"""How the calls of a round are made: as a whole, stopped early, or continued from what a scout round saved."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.scouting.keys import key_of_setup
from seedtui.engine.diffusion.scouting.replay import Replay
from seedtui.engine.diffusion.scouting.scouting import Scouting
from seedtui.engine.diffusion.scouting.verdicts import Verdicts
from seedtui.engine.wire import protocol as p

Work = Scouting | Replay | None

DRAFTS = "drafts cannot continue from a saved state: what you keep is computed in full"


def work_of(
    pipe: Any, round_: Round, recipe: Recipe, info: p.ModelInfo, saved: str, matrix: previews.Matrix | None,
    verdicts: Verdicts, send: Any,
) -> Work:  # fmt: skip
    """What makes the calls of `round_`, whose resolved recipe is `recipe`; None to make them whole.

    `saved` is the folder of saved states, "" for none. `matrix` makes the previews of a scout round.
    """
    folder = Path(saved) if saved else None
    setup = key_of_setup(recipe, info.pipeline, info.environment)
    tell = functools.cache(lambda words: send(p.Told(words)))
    if folder is not None and recipe.draft != "none":
        folder = None
        tell(DRAFTS)
    if round_.stop is not None:
        ratio = (recipe.width or info.width or 1) / (recipe.height or info.height or 1)
        return Scouting(pipe, round_.stop, matrix, ratio, folder, setup, tell)
    if folder is not None and round_.kind == "explore":
        return Replay(pipe, folder, setup, verdicts, tell)
    return None
