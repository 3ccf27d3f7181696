"""What `bench` compares: the plain Diffusers script, and seedtui's worker with each profile, each in a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from seedtui.core.errors import EngineError, from_problem, one_line
from seedtui.core.recipes.recipe import Profile, Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.client.connection import Worker, open_log
from seedtui.engine.client.environ import torch_environ
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.baseline_protocol import Answer, Ask
from seedtui.models.resolve import Model
from seedtui.models.weights import find_variant

BASELINE = "script"


class Contender(Protocol):
    """`load` and `round` return seconds; `peak` is the peak memory use so far in bytes.

    Raises:
        EngineError: it died or failed.
    """

    @property
    def name(self) -> str: ...

    @property
    def peak(self) -> int: ...

    def load(self) -> float: ...

    def round(self, prompt: str) -> float: ...

    def close(self) -> None: ...


class PlainScript:
    """The guide's script, in a process that runs nothing else."""

    name = BASELINE

    def __init__(self, model: Model, recipe: Recipe, log: Path) -> None:
        self._model, self.recipe, self._log = model, recipe, log
        self.peak = 0
        self.about = Answer()

    def load(self) -> float:
        began = time.perf_counter()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with open_log(self._log) as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "seedtui.engine.diffusion.baseline"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=torch_environ(os.environ),
            )  # fmt: skip
        recipe = self.recipe
        half = recipe.dtype == "float16" or (recipe.dtype is None and recipe.device != "cpu")
        variant = find_variant(self._model.path, half)
        self.about = self._ask(
            Ask(do="load", path=str(self._model.path), variant=variant, dtype=recipe.dtype, device=recipe.device)
        )
        return time.perf_counter() - began

    def round(self, prompt: str) -> float:
        began = time.perf_counter()
        self.peak = max(self.peak, self._ask(self._round("round", prompt)).peak)
        return time.perf_counter() - began

    def flop(self, prompt: str) -> float:
        """Number of floating-point operations in a round."""
        two, three = self._ask(self._round("work", prompt)).flop
        return two + (three - two) * ((self.recipe.steps or 2) - 2)

    def fastest(self) -> float:
        """FLOP/s of a large matrix product on this device."""
        return self._ask(Ask(do="matmul")).rate

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _round(self, do: Literal["round", "work"], prompt: str) -> Ask:
        recipe = self.recipe
        return Ask(
            do=do, prompt=prompt, batch=recipe.batch_size, steps=recipe.steps or 2, guidance=recipe.guidance,
            width=recipe.width, height=recipe.height,
        )  # fmt: skip

    def _ask(self, ask: Ask) -> Answer:
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(msgspec.json.encode(ask) + b"\n")
            self._process.stdin.flush()
            answer = msgspec.json.decode(self._process.stdout.readline(), type=Answer)
        except (OSError, msgspec.DecodeError) as error:
            raise EngineError("the plain script died", f"Its output is in {self._log}") from error
        if answer.error:
            raise EngineError(f"the plain script failed: {one_line(answer.error, 200)}")
        return answer


class Ours:
    """seedtui's worker, used as in the app: with previews, records, hashes, and pixels sent over the socket."""

    def __init__(self, model: Model, recipe: Recipe, profile: Profile, log: Path) -> None:
        self.name = profile
        self._model, self._log = model, log
        self._recipe = recipe.with_changes(profile=profile)
        self.peak = 0

    def load(self) -> float:
        began = time.perf_counter()
        self._worker = Worker(self._log)
        self._events = self._worker.events()
        recipe = self._recipe
        self._worker.send(
            p.Load(self._model.name, str(self._model.path), recipe.dtype, recipe.device, recipe=recipe)
        )  # fmt: skip
        self._until(p.Loaded)
        return time.perf_counter() - began

    def round(self, prompt: str) -> float:
        round_ = explore(prompt, range(self._recipe.batch_size), self._recipe)
        began = time.perf_counter()
        self._worker.send(p.Run(round_))
        done = self._until(p.RoundDone)
        self.peak = max(self.peak, done.peak if isinstance(done, p.RoundDone) else 0)
        return time.perf_counter() - began

    def close(self) -> None:
        self._worker.kill()

    def _until(self, kind: type) -> p.Event:
        for event in self._events:
            match event:
                case p.ImageReady(record=record) if record.recipe.fallback:
                    raise EngineError("not enough memory for a comparison", "Try --apart, or a smaller size")
                case p.LoadFailed(problem) | p.RoundFailed(problem=problem) | p.WorkerDied(problem):
                    raise from_problem(problem)
                case _ if isinstance(event, kind):
                    return event
        raise EngineError("the worker is gone")
