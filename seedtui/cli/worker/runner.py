"""Workers driven from the command line: they load models and run rounds; errors are raised as exceptions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from seedtui.app.card_noise import card_noise
from seedtui.cli.messages import tell
from seedtui.cli.worker.progress import ProgressLine
from seedtui.core.errors import EngineError, Problem, from_problem
from seedtui.core.images.environment import Environment
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.core.termination import Terminated, raising_on_termination
from seedtui.engine.client.connection import Engine
from seedtui.engine.pool.start import start_engine
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import PoolChanged, WorkerView
from seedtui.library.paths import runtime_dir, worker_log
from seedtui.models.resolve import Model


class Runner:
    """The workers of `plan`, started or joined with the first model and released at the end of the context.

    They then stay for `keep_alive` minutes. SIGTERM and SIGHUP stop it as Ctrl+C does.

    Raises:
        EngineError: by the methods, if there is no worker any more.
    """

    def __init__(self, progress: ProgressLine, keep_alive: float, plan: PoolPlan) -> None:
        self._progress, self._keep_alive = progress, keep_alive
        self.plan = plan
        self._logs: set[Path] = set()
        self._at_end = contextlib.ExitStack()
        self._engine: Engine | None = None
        self._events: Iterator[p.Event] = iter(())
        self._process: tuple[bool, bool] | None = None
        self._held: list[str] = []
        self._loaded = False
        self.done: p.RoundDone | None = None
        """How the last round ended."""
        self.told = False
        """Whether the worker had something to say."""

    def __enter__(self) -> Runner:
        self._at_end.enter_context(raising_on_termination(Terminated, once=True))
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        with self._at_end:
            self._close(keep_logs=failed is not None and issubclass(failed, EngineError))

    def _close(self, *, keep_logs: bool) -> None:
        if self._engine is not None:
            self._engine.close()
        # Logs are kept if they say why a worker died, and while a worker may still write to them.
        if not (self._keep_alive or keep_logs):
            for log in self._logs:
                with contextlib.suppress(OSError):
                    log.unlink()

    def load(self, model: Model, recipe: Recipe, threads: int = 0) -> p.ModelInfo:
        """Load `model` for rounds of `recipe`, replacing the one before; `threads` as in `protocol.Load`.

        Raises:
            ModelError: it does not load, or there is no such device.
            InputError: this machine does not have the workers of the plan.
            EngineError: out of memory, no worker could be started, or all have died.
        """
        engine = self._engine_for(recipe)
        path = "" if model.source == "elsewhere" else str(model.path)
        self._loaded = False
        engine.send(p.Load(model.name, path, recipe.dtype, recipe.device, threads or self.plan.threads, recipe))
        for event in self._events:
            match event:
                case p.Loading(part, done, total):
                    self._progress.loading(part, done, total)
                case p.Loaded(info):
                    self._loaded = True
                    self._tell_held()
                    return info
                case p.LoadFailed(problem) | p.WorkerDied(problem):
                    raise from_problem(problem)
                case _:
                    self._tell_of(event)
        raise EngineError("the worker ended unexpectedly")

    def run(
        self, round_: Round, source: bytes = b"", saved: str = "", like: Environment | None = None
    ) -> Iterator[p.ImageReady]:  # fmt: skip
        """The images of `round_`, each as soon as it is ready; the rest as in `protocol.Run`.

        Raises:
            InputError: the model does not accept a setting of the recipe.
            EngineError: out of memory, or the workers have died.
        """
        for event in self._run([p.Run(round_, source, saved, like)]):
            match event:
                case p.ImageReady():
                    yield event
                case p.RoundDone():
                    self.done = event
                case p.RoundFailed(problem=problem):
                    raise from_problem(problem)

    def run_each(self, runs: Iterable[p.Run]) -> Iterator[tuple[str, tuple[p.ImageReady, ...] | Problem]]:
        """The images of each of `runs`, or why there are none, by the id of its round, which only it has.

        A pool makes them side by side, and they come in any order. One worker makes one after the other, each when the
        one before has been taken.

        Raises:
            EngineError: the workers have died.
        """
        images: dict[str, list[p.ImageReady]] = {}
        together = [list(runs)] if self.plan.is_pool else ([run] for run in runs)
        for some in together:
            for event in self._run(some):
                match event:
                    case p.ImageReady(round_id=id_):
                        images.setdefault(id_, []).append(event)
                    case p.RoundDone(round_id=id_):
                        yield id_, tuple(images.pop(id_, ()))
                    case p.RoundFailed(id_, problem):
                        images.pop(id_, None)
                        yield id_, problem

    def _engine_for(self, recipe: Recipe) -> Engine:
        """The engine, started anew if its processes cannot make rounds of `recipe`.

        A process reads the settings of the profile strict only once; and in a pool, workers for the CPU see no GPU.
        """
        process = recipe.profile == "strict", self.plan.is_pool and recipe.device == "cpu"
        if self._engine is not None and process != self._process:
            self._engine.kill()
            self._engine = None
        if self._engine is None:
            self._process = process
            self._engine = start_engine(
                self.plan, self._log, runtime_dir(), self._keep_alive, device=recipe.device
            )  # fmt: skip
            self._events = self._engine.events()
        return self._engine

    def _log(self, lane: str) -> Path:
        log = worker_log(lane)
        self._logs.add(log)
        return log

    def _run(self, runs: Iterable[p.Run]) -> Iterator[p.ImageReady | p.RoundDone | p.RoundFailed]:
        """What comes of `runs` until the last one ends."""
        assert self._engine is not None
        running = set()
        for run in runs:
            running.add(run.round.id)
            self._engine.send(run)
        for event in self._events if running else ():
            match event:
                case p.Step(step=step, steps=steps, seconds=seconds):
                    self._progress.step(step, steps, seconds)
                case p.Loading(part, done, total):  # the profile has changed
                    self._progress.loading(part, done, total)
                case p.ImageReady():
                    yield event
                case p.RoundDone() | p.RoundFailed():
                    running.discard(event.round_id)
                    yield event
                    if not running:
                        return
                case p.WorkerDied(problem):
                    raise from_problem(problem)
                case _:
                    self.told = self.told or isinstance(event, p.Told)
                    self._tell_of(event)
        if running:
            raise EngineError("the worker ended unexpectedly")

    def _tell_of(self, event: p.Event) -> None:
        match event:
            case p.Told(words, passing) if passing and not self._loaded:
                self._held.append(words)  # an error says the same if no worker is left
            case p.Told(words):
                tell(f"{words}.")
            case p.Silent(problem):
                tell(f"{problem.message}. To give up, press Ctrl+C.")
            case p.Answering():
                tell("the worker answers again.")
            case PoolChanged(workers):
                self._on_change(workers)

    def _on_change(self, workers: tuple[WorkerView, ...]) -> None:
        """Show how many work; before a model is loaded, give up if there is no worker at all."""
        self._progress.workers(sum(one.state == "working" for one in workers), len(workers))
        if not self._loaded and all(one.state in ("away", "failed") for one in workers):
            whys = "; ".join(f"{one.name}: {one.why}" for one in workers)
            if any(one.distant for one in workers):
                raise EngineError(whys, "Check that it can be reached, or use other workers")
            raise EngineError(whys, "Use fewer workers, or free some memory, and run the command again")
        self._tell_held()

    def _tell_held(self) -> None:
        for words in self._held:
            tell(f"{words}.")
        self._held.clear()


def tell_of_model(model: Model) -> None:
    """What is to say of a model before it is loaded."""
    if model.note:
        tell(f"{model.note}.")


def noise_words(recipe: Recipe, info: p.ModelInfo) -> str:
    """What to tell about the noise of `recipe`, and the cure; "" if other cards draw the same."""
    noise = card_noise(recipe, info)
    return f"{noise.words}. With --generator-device cpu, the noise is the same everywhere." if noise else ""
