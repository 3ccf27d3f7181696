"""Starts the app. Knows no typer, whose import would delay the first frame."""

from __future__ import annotations

import gc
import os
import sys

from seedtui.cli.load_config import load_config
from seedtui.core.config.settings import Config
from seedtui.core.errors import EngineError
from seedtui.core.prompts.prompt import check_prompt
from seedtui.core.recipes.recipe import BATCH_SIZE, Recipe
from seedtui.library.sessions import SessionId


def start(
    prompt: str | None = None,
    recipe: Recipe | None = None,
    images: int = BATCH_SIZE,
    session: SessionId | None = None,
    config: Config | None = None,
    written: tuple[str, str] = ("", ""),
    notices: tuple[str, ...] = (),
) -> int:
    """Run the app on this terminal, with `prompt` written and `images` asked for; reopen `session` if there is one.

    `recipe` and `config` are what the user's settings say, if not given; `written` are prompt and seeds for the prompt
    line, and `notices` told when the screen is there.

    Raises:
        InputError: the prompt or the settings cannot be used.
        EngineError: there is no terminal.
    """
    if prompt is not None:
        check_prompt(prompt)
    _check_terminal()
    config = config or load_config()
    gc.set_threshold(100_000)  # what is imported stays: looking through it for garbage is a tenth of the start
    from seedtui.ui.run import run_app

    return run_app(prompt, recipe or config.recipe, images, session, config, written, notices)


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on the last
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise EngineError("the app needs a terminal", "To make images without one: seedtui generate")
    if os.environ.get("TERM") == "dumb":
        raise EngineError("this terminal shows text only (TERM is dumb)", "To make images: seedtui generate")
