"""Starts the app. Does not import Click, which would delay the first frame."""

from __future__ import annotations

import gc
import os
import sys

from seedtui.app.launch import Launch
from seedtui.core.errors import EngineError
from seedtui.core.pool.noise import DRAWN_ON_CPU, portable_noise
from seedtui.core.prompts.prompt import check_prompt


def start(launch: Launch) -> int:
    """Run the app on this terminal; the exit code.

    Raises:
        InputError: the prompt, a key or the theme cannot be used.
        EngineError: there is no terminal.
    """
    if launch.prompt is not None:
        check_prompt(launch.prompt)
    _check_terminal()
    gc.set_threshold(100_000)  # imported modules stay: searching them for garbage takes a tenth of the start
    from seedtui.ui.run import run_app

    return run_app(launch)


def for_mixed_workers(launch: Launch) -> Launch:
    """`launch` with noise that is the same on all its workers, if unlike ones may make a round; the app tells it."""
    recipe = portable_noise(launch.recipe, launch.pool)
    if recipe == launch.recipe:
        return launch
    return launch._replace(recipe=recipe, notices=(*launch.notices, DRAWN_ON_CPU))


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on stderr
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise EngineError("the app needs a terminal", "To make images without one: seedtui generate")
    if os.environ.get("TERM") == "dumb":
        raise EngineError("this terminal shows text only (TERM is dumb)", "To make images: seedtui generate")
