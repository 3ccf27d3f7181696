"""Runs a round of any number of images and recipes, without those that are there already or are the same twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.worker.job_clock import JobClock
from seedtui.cli.worker.progress import ProgressLine
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.runner import Runner, noise_words, tell_of_model
from seedtui.core.errors import InputError
from seedtui.core.images.environment import Environment
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.parts import joined, parts, twins
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
    output: RoundOutput, models: Mapping[str, Model], made: MadeImages, plan: PoolPlan, *, threads: int = 0,
    saved: Callable[[ModelInfo], str] = lambda info: "", like: Environment | None = None,
) -> Spent:  # fmt: skip
    """Run the round of `output` on the workers of `plan`, each model once. Images in `made` are not made again.

    A part whose recipe the model refuses is reported, and the others run. `threads` is as in `protocol.Load`; `saved`
    is asked with the loaded model what it is in `protocol.Run`, where `like` is explained too.

    Raises:
        ModelError, EngineError, InputError: as `Runner`.
        FileError: an image cannot be written.
    """
    for model in models.values():
        tell_of_model(model)
    with ProgressLine() as progress, Runner(progress, load_config().keep_alive, plan) as runner:
        run = _Run(output, models, made, progress, runner, like)
        try:
            run.all(threads, saved)
        except KeyboardInterrupt:
            if output.round.is_large and output.paths:
                tell("the images made so far are saved. Run the same command with --resume to make the rest.")
            raise
        return run.spent


class _Run:
    def __init__(
        self, output: RoundOutput, models: Mapping[str, Model], made: MadeImages, progress: ProgressLine,
        runner: Runner, like: Environment | None,
    ) -> None:  # fmt: skip
        self.spent = Spent()
        self._output, self._models, self._made, self._runner, self._like = output, models, made, runner, like
        self._parts = _by_model(parts(output.round), models)
        self._progress = progress
        self._job = JobClock(sum(map(self._work, self._parts)))
        progress.plan(self._job, len(output.round.shots))
        self._told: set[str] = set()

    def all(self, threads: int, saved: Callable[[ModelInfo], str]) -> None:
        """Run everything."""
        by_spec: dict[PipelineSpec, list[Round]] = {}
        for part in self._parts:
            by_spec.setdefault(PipelineSpec.of(part.recipe, threads), []).append(part)
        for some in by_spec.values():
            try:
                info = self._runner.load(self._models[some[0].recipe.model], some[0].recipe, threads)
                self._make(some, info, saved(info))
            except InputError as error:
                self._refuse(some, error)
        self.spent.told = self._runner.told
        self._output.end()

    def _make(self, some: Sequence[Round], info: ModelInfo, saved: str) -> None:
        """Make parts that need the same pipeline: by a pool all together, so that no worker waits for the others."""
        if not self._runner.plan.is_pool:
            for part in some:
                same, rounds = self._left(part, info)
                self._make_alone(rounds, part, saved)
                self._add_twins(same)
            return
        left = [self._left(part, info) for part in some]
        rest = [round_ for _, rounds in left for round_ in rounds]
        try:
            if rest:
                self._run(joined(self._output.round, rest), saved)
        except InputError:
            if len(some) == 1:
                raise
            for part, (_, rounds) in zip(some, left, strict=True):  # the model refuses some of them, but not all
                self._make_alone(
                    [one for whole in rounds for one in parts(whole, self._output.paths.keys())], part, saved
                )
        for same, _ in left:
            self._add_twins(same)

    def _make_alone(self, rounds: Iterable[Round], part: Round, saved: str) -> None:
        try:
            for round_ in rounds:
                self._run(round_, saved)
        except InputError as error:
            self._refuse([part], error)

    def _refuse(self, some: Sequence[Round], error: InputError) -> None:
        if len(self._parts) == 1:
            raise error
        images = sum(len(part.shots) for part in some)
        tell(f"{counted(images, 'image')} not made: {error}")
        self.spent.refused += images

    def _left(self, part: Round, info: ModelInfo) -> tuple[dict[int, int], tuple[Round, ...]]:
        """Take what exists of `part`: the images that equal others of it, and the rounds that make the rest."""
        if noise := noise_words(part.recipe, info):
            self._tell_once(noise)
        there = self._made.of(part, info)
        if self._made.elsewhere:
            self._tell_once(f"images made elsewhere are made again ({'; '.join(self._made.elsewhere)}).")
        if there and self._like is None:
            self._like = info.environment  # so that a pool of unlike workers goes on with those that began
        for index, path in there.items():
            self._output.add_existing(index, path)
        same = twins(part) if part.axes else {}
        rest = parts(part, there.keys() | same.keys())
        self._job.drop(self._work(part) - sum(map(self._work, rest)))
        self._progress.made(len(there))
        return same, rest

    def _run(self, round_: Round, saved: str) -> None:
        self._job.begin_part(sum(map(self._work, parts(round_))))
        for ready in self._runner.run(round_, saved=saved, like=self._like):
            if ready.index not in self._output.paths:  # its call is made whole, for another image of it
                self._made.add(self._output.save(ready), ready.record)
                self._progress.made()
        self._count(round_)

    def _add_twins(self, same: Mapping[int, int]) -> None:
        for index, first in same.items():
            if index not in self._output.paths and first in self._output.paths:
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
