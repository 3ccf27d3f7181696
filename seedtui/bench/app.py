"""The whole app as a contender: it draws in a pseudo terminal that nobody sees."""

from __future__ import annotations

import shutil
import tempfile
import time

from seedtui.bench.pty_app import PtyApp
from seedtui.core.errors import EngineError
from seedtui.core.recipes.recipe import Recipe
from seedtui.models.resolve import Model

PATIENCE = 3600.0
"""Seconds for a round; a large model on a CPU takes minutes."""


class App:
    """From the key until the screen says that the images are made, with previews and pictures drawn."""

    name = "app"

    def __init__(self, model: Model, recipe: Recipe) -> None:
        self._model, self._recipe = model, recipe
        self.peak = 0
        self._made: set[str] = set()

    def load(self) -> float:
        """Start the app in a home of its own, and wait until its model is loaded. Seconds."""
        began = time.perf_counter()
        recipe = self._recipe
        words = ["--model", str(self._model.path), "--batch-size", str(recipe.batch_size), "--profile", "plain"]
        for option, value in (("--steps", recipe.steps), ("--dtype", recipe.dtype), ("--device", recipe.device)):
            words += [option, str(value)] if value is not None else []
        if recipe.width:
            words += ["--size", f"{recipe.width}x{recipe.height}"]
        words += ["--images", str(recipe.batch_size)]
        self._home = tempfile.mkdtemp(prefix="seedtui-bench-")
        self._app = PtyApp(*words, environ={"SEEDTUI_HOME": self._home})
        self._until(rb"ready")
        return time.perf_counter() - began

    def round(self, prompt: str) -> float:
        """A round of that prompt, asked for with the keyboard. Seconds."""
        for keys in ("", "\x1b", "p", "\x15", prompt):  # to the prompt from wherever the focus is; empty it; fill it
            self._app.type(keys)
            self._app.drain(0.3)  # at first, the last pictures
        key = "\r"
        if prompt in self._made:  # the app shows the round that is there, and repeats it when asked again
            self._app.type(key)
            self._app.drain(0.3)
            key = "g"
        self._made.add(prompt)
        began = time.perf_counter()
        self._app.type(key)
        self._until(rb"starting|denoising|decoding")  # else the words of the last round may still be drawn
        self._until(rb"images? in ")
        return time.perf_counter() - began

    def close(self) -> None:
        """End the app and its worker, and remove its home."""
        self._app.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _until(self, pattern: bytes) -> None:
        try:
            self._app.until(pattern, PATIENCE)
        except TimeoutError as error:
            raise EngineError(
                "the app did not answer", "Run seedtui once by hand, or leave it out with --no-app"
            ) from error
