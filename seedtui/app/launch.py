"""What the app starts with, as one value. Imports neither Click nor Textual: the first frame waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seedtui.core.config.settings import Config
from seedtui.core.pool.plan import ONE_WORKER, PoolPlan
from seedtui.core.recipes.recipe import BATCH_SIZE, Recipe
from seedtui.library.sessions import SessionId

if TYPE_CHECKING:
    from seedtui.core.foreign.translate import ForeignImage


class Launch(NamedTuple):
    """What the command line asks of the app.

    `prompt` starts a first round of `images` images at once; `filled_prompt` and `filled_seeds` only fill the prompt
    line. `opened` is an image of another program to begin with in place of `prompt`. `session` is reopened; None starts
    a new one. `notices` are shown once the screen is up. `pool` are the workers to start.
    """

    recipe: Recipe = Recipe()
    config: Config = Config()
    prompt: str | None = None
    images: int = BATCH_SIZE
    session: SessionId | None = None
    filled_prompt: str = ""
    filled_seeds: str = ""
    notices: tuple[str, ...] = ()
    opened: ForeignImage | None = None
    pool: PoolPlan = ONE_WORKER


class EarlyInput(NamedTuple):
    """What the terminal sent before the app read it.

    `typed` is text that the user typed; `owes` says that answers of the terminal are still to come.
    """

    typed: str = ""
    owes: bool = False
