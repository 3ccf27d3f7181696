"""Runs a round of any number of images and recipes, without those that are there already or are the same twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.worker.job_clock import JobClock
from seedtui.cli.worker.progress import ProgressLine
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.runner import Runner, noise_words, tell_of_model
from seedtui.core.errors import InputError
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.parts import parts, twins
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.formatting import counted
from seedtui.engine.wire.protocol import ModelInfo
from seedtui.library.images.made_images import MadeImages
from seedtui.models.pipeline_spec import PipelineSpec
from seedtui.models.resolve import Model


class Spent(msgspec.Struct):
    """What a run took: `seconds` for so many `images`, of whose steps the share `replayed` was not computed.

    `refused` are the images that the model does not accept. `told`: the worker said something about them.
    """

    images: int = 0
    seconds: float = 0.0
    replayed: float = 0.0
    refused: int = 0
    told: bool = False


def run_parts(
    output: RoundOutput, models: Mapping[str, Model], made: MadeImages, *, threads: int = 0,
    saved: Callable[[ModelInfo], str] = lambda info: "",
) -> Spent:  # fmt: skip
    """Run the round of `output`, each model once. Images that are in `made` are not made again.

    A part whose recipe the model refuses is reported, and the others run. `threads` is as in
    `protocol.Load`; `saved` is asked with the loaded model what it is in `protocol.Run`.

    Raises:
        ModelError, EngineError, InputError: as `Runner`.
        FileError: an image cannot be written.
    """
    for model in models.values():
        tell_of_model(model)
    with ProgressLine() as progress, Runner(progress, load_config().keep_alive) as runner:
        run = _Run(output, models, made, progress, runner)
        try:
            run.all(threads, saved)
        except KeyboardInterrupt:
            if output.round.is_large and output.paths:
                tell("what is made is saved. The same command with --resume makes the rest.")
            raise
        return run.spent


class _Run:
    def __init__(
        self, output: RoundOutput, models: Mapping[str, Model], made: MadeImages, progress: ProgressLine, runner: Runner
    ) -> None:
        self.spent = Spent()
        self._output, self._models, self._made, self._runner = output, models, made, runner
        self._parts = _by_model(parts(output.round), models)
        self._progress = progress
        self._job = JobClock(sum(map(self._work, self._parts)))
        progress.plan(self._job, len(output.round.shots))
        self._told: set[str] = set()

    def all(self, threads: int, saved: Callable[[ModelInfo], str]) -> None:
        """Run everything."""
        loaded: tuple[PipelineSpec, ModelInfo] | None = None
        folder = ""
        for part in self._parts:
            spec = PipelineSpec.of(part.recipe, threads)
            try:
                if loaded is None or loaded[0] != spec:
                    loaded = spec, self._runner.load(self._models[part.recipe.model], part.recipe, threads)
                    folder = saved(loaded[1])
                if noise := noise_words(part.recipe, loaded[1]):
                    self._tell_once(noise)
                self._run(part, loaded[1], folder)
            except InputError as error:
                if len(self._parts) == 1:
                    raise
                tell(f"{counted(len(part.shots), 'image')} not made: {error}")
                self.spent.refused += len(part.shots)
        self.spent.told = self._runner.told
        self._output.end()

    def _run(self, part: Round, info: ModelInfo, saved: str) -> None:
        there = self._made.of(part, info)
        if self._made.elsewhere:
            self._tell_once(f"images made elsewhere are made again ({'; '.join(self._made.elsewhere)}).")
        for index, path in there.items():
            self._output.add_existing(index, path)
        same = twins(part) if part.axes else {}
        rest = parts(part, there.keys() | same.keys())
        self._job.drop(self._work(part) - sum(map(self._work, rest)))
        self._progress.made(len(there))
        for round_ in rest:
            self._job.begin_part(self._work(round_))
            for ready in self._runner.run(round_, saved=saved):
                if ready.index not in self._output.paths:  # its call is made whole, for another image of it
                    self._made.add(self._output.save(ready), ready.record)
                    self._progress.made()
            self._count(round_)
        for index, first in same.items():
            if index not in self._output.paths:
                self._output.add_existing(index, self._output.paths[first])

    def _count(self, round_: Round) -> None:
        done, spent = self._runner.done, self.spent
        if done is None:
            return
        images = spent.images + len(round_.shots)
        spent.replayed = (spent.replayed * spent.images + done.replayed * len(round_.shots)) / images
        spent.images, spent.seconds = images, spent.seconds + done.seconds

    def _work(self, part: Round) -> float:
        """The steps of its calls; where those of a part are the model's own, the calls count."""
        steps = [other.recipe.steps for other in self._parts]
        return len(calls(part)) * (part.recipe.steps or 1 if all(steps) else 1)

    def _tell_once(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            tell(words)


def _by_model(found: Iterable[Round], models: Mapping[str, Model]) -> tuple[Round, ...]:
    """The parts, those of one model after the other."""
    places = {name: place for place, name in enumerate(models)}
    return tuple(sorted(found, key=lambda part: places[part.recipe.model]))
