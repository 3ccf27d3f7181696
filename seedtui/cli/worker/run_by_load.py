"""Runs rounds for many images, those that need the same model loaded one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seedtui.cli.worker.runner import Runner
from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire.protocol import ImageReady, ModelInfo, Run
from seedtui.models.pipeline_spec import PipelineSpec
from seedtui.models.resolve import Model


class ToRun(NamedTuple):
    """A round, whose id only it has, and what to load for it: `model`, as `recipe` wants it, with CPU `threads`."""

    run: Run
    model: Model
    recipe: Recipe
    threads: int

    @property
    def spec(self) -> PipelineSpec:
        """What to load for it."""
        return PipelineSpec.of(self.recipe, self.threads)

    def with_id(self, id_: str) -> ToRun:
        """The same, with that id for its round."""
        return self._replace(run=self.run.with_id(id_))


class Made(NamedTuple):
    """The images of a round, and the model that made them as it is loaded here."""

    images: tuple[ImageReady, ...]
    here: ModelInfo


def run_by_load(wanted: Iterable[ToRun], runner: Runner) -> Iterator[tuple[str, Made | Problem]]:
    """What came of each round, by its id, in any order. A model that does not load fails its own rounds only."""
    by_spec: dict[PipelineSpec, list[ToRun]] = {}
    for one in wanted:
        by_spec.setdefault(one.spec, []).append(one)
    for some in by_spec.values():
        left = {one.run.round.id: None for one in some}
        try:
            here = runner.load(some[0].model, some[0].recipe, some[0].threads)
            for id_, made in runner.run_each(one.run for one in some):
                del left[id_]
                yield id_, made if isinstance(made, Problem) else Made(made, here)
        except SeedtuiError as error:
            yield from ((id_, error.problem) for id_ in left)
