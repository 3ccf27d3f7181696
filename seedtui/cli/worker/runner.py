"""A worker driven from the command line: loads models and runs rounds; errors are raised as exceptions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from seedtui.app.card_noise import card_noise
from seedtui.cli.messages import tell
from seedtui.cli.worker.progress import ProgressLine
from seedtui.core.errors import EngineError, from_problem
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.engine.client.keep_alive import start_worker
from seedtui.engine.wire import protocol as p
from seedtui.library.paths import runtime_dir, worker_log
from seedtui.models.resolve import Model


class Runner:
    """One worker process, started or joined now and released at the end of the context.

    It then stays for `keep_alive` minutes.

    Raises:
        EngineError: it cannot be started; also raised by the methods if it dies.
    """

    def __init__(self, progress: ProgressLine, keep_alive: float = 0.0) -> None:
        self._progress = progress
        self._keep_alive = keep_alive
        self._log = worker_log()
        self._strict: bool | None = None
        self.done: p.RoundDone | None = None
        """How the last round ended."""
        self.told = False
        """Whether the worker had something to say."""
        self._start()

    def _start(self) -> None:
        self._worker = start_worker(self._log, runtime_dir(), self._keep_alive)
        self._events = self._worker.events()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self._worker.close()
        # The log is kept if it says why the worker died, and while the worker may still write to it.
        if not self._keep_alive and (failed is None or not issubclass(failed, EngineError)):
            with contextlib.suppress(OSError):
                self._log.unlink()

    def load(self, model: Model, recipe: Recipe, threads: int = 0) -> p.ModelInfo:
        """Load `model` for rounds of `recipe`, replacing the one before; `threads` as in `protocol.Load`.

        Raises:
            ModelError: it does not load, or there is no such device.
            EngineError: out of memory, or the worker died.
        """
        strict = recipe.profile == "strict"
        if self._strict not in (None, strict):  # a process reads the settings of strict only once
            self._worker.kill()
            self._start()
        self._strict = strict
        self._worker.send(p.Load(model.name, str(model.path), recipe.dtype, recipe.device, threads, recipe))
        for event in self._events:
            match event:
                case p.Loading(part, done, total):
                    self._progress.loading(part, done, total)
                case p.Loaded(info):
                    return info
                case p.LoadFailed(problem) | p.WorkerDied(problem):
                    raise from_problem(problem)
                case _:
                    _tell_of(event)
        raise EngineError("the worker ended unexpectedly")

    def run(self, round_: Round, source: bytes = b"", saved: str = "") -> Iterator[p.ImageReady]:
        """The images of `round_`, each as soon as it is ready; `source` and `saved` as in `protocol.Run`.

        Raises:
            InputError: the model does not accept a setting of the recipe.
            EngineError: out of memory, or the worker died.
        """
        self._worker.send(p.Run(round_, source, saved))
        for event in self._events:
            match event:
                case p.Step(step=step, steps=steps, seconds=seconds):
                    self._progress.step(step, steps, seconds)
                case p.Loading(part, done, total):  # the profile has changed
                    self._progress.loading(part, done, total)
                case p.ImageReady():
                    yield event
                case p.RoundDone():
                    self.done = event
                    return
                case p.RoundFailed(problem=problem) | p.WorkerDied(problem=problem):
                    raise from_problem(problem)
                case _:
                    self.told = self.told or isinstance(event, p.Told)
                    _tell_of(event)
        raise EngineError("the worker ended unexpectedly")


def _tell_of(event: p.Event) -> None:
    match event:
        case p.Told(words):
            tell(f"{words}.")
        case p.Silent(problem):
            tell(f"{problem.message}. To give up, press Ctrl+C.")
        case p.Answering():
            tell("the worker answers again.")


def tell_of_model(model: Model) -> None:
    """What is to say of a model before it is loaded."""
    if model.note:
        tell(f"{model.note}.")


def noise_words(recipe: Recipe, info: p.ModelInfo) -> str:
    """What to tell about the noise of `recipe`, and the cure; "" if other cards draw the same."""
    noise = card_noise(recipe, info)
    return f"{noise.words}. With --generator-device cpu, the noise is the same everywhere." if noise else ""
