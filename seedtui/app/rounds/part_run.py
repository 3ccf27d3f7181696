"""A round at the worker: its parts are sent one after the other, and their progress is that of the whole round."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence, Set
from typing import Literal

import msgspec

from seedtui.core.recipes.recipe import Compute, Recipe
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.parts import joined, parts
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.models.pipeline_spec import PipelineSpec


class PartRun:
    """Of `round_` the images in the parts `todo` are made; `pooled`: by a pool, which cuts what it gets by itself.

    `waits`: what the next part waits for, "" for nothing: its model; others, for whose sake its model cannot be loaded
    yet; or copies of images that the session has already.
    `has_copies`: these were looked for.
    """

    def __init__(self, round_: Round, todo: Sequence[Round], *, pooled: bool = False) -> None:
        self.round, self._pooled = round_, pooled
        self.images = sum(len(part.shots) for part in todo)
        self.waits: Literal["", "model", "others", "copies"] = ""
        self.has_copies = False
        todo = self._together(todo)
        self._rest = deque(todo)
        self._weights = deque(map(_weight, todo))
        self._steps = self._last_step = self._of = 0
        self._seconds = self._replayed = 0.0
        self._peak = 0

    @property
    def part(self) -> Round | None:
        """The part that the worker has or gets next, None if there is no more to make."""
        return self._rest[0] if self._rest else None

    @property
    def recipe(self) -> Recipe:
        """What must be loaded for `part`."""
        assert self.part is not None
        return parts(self.part)[0].recipe

    @property
    def is_last(self) -> bool:
        """No part comes after this one."""
        return len(self._rest) <= 1

    def only(self) -> None:
        """Nothing comes after this part."""
        while len(self._rest) > 1:
            self._rest.pop()
            self._weights.pop()

    def leave_out(self, indexes: Set[int]) -> None:
        """Those images of the part were copied."""
        part = self._rest[0]
        rest = self._together(parts(part, indexes))
        self.images -= len(part.shots) - sum(len(one.shots) for one in rest)
        if rest:
            self._rest[0], self._weights[0] = rest[0], _weight(rest[0])
        else:
            self._pop()

    def step(self, event: p.Step) -> p.Step:
        """`event` of the part, as one of the whole round."""
        self._last_step, self._of = event.step, event.steps
        rest = sum(self._weights) - self._weights[0]
        to_come = round(event.steps * rest / self._weights[0])
        return msgspec.structs.replace(
            event, step=self._steps + event.step, steps=self._steps + event.steps + to_come,
            seconds=self._seconds + event.seconds,
        )  # fmt: skip

    def end_part(self, event: p.RoundDone) -> None:
        """The part is done."""
        self._steps += self._of
        self._replayed += self._of * event.replayed
        self._seconds += event.seconds
        self._peak = max(self._peak, event.peak)
        self._last_step = self._of = 0
        self._pop()

    @property
    def done(self) -> p.RoundDone:
        """The end of the whole round."""
        return p.RoundDone(
            self.round.id, self._seconds, self._peak, self._replayed / self._steps if self._steps else 0.0
        )

    def cancelled(self, seconds: float = 0.0) -> p.RoundCancelled:
        """The end of a round that was stopped, so many seconds after it was asked for."""
        return p.RoundCancelled(self.round.id, self._steps + self._last_step, seconds)

    def _together(self, todo: Sequence[Round]) -> Sequence[Round]:
        """The parts as they are sent: for a pool, those that need the same load are one."""
        if not self._pooled or len(todo) < 2:
            return todo
        by_load: dict[PipelineSpec, list[Round]] = {}
        for part in todo:
            load = msgspec.structs.replace(PipelineSpec.of(part.recipe), compute=Compute())
            by_load.setdefault(load, []).append(part)
        return tuple(joined(self.round, some) for some in by_load.values())

    def _pop(self) -> None:
        self._rest.popleft()
        self._weights.popleft()
        self.has_copies = False


def _weight(part: Round) -> int:
    """How long a part takes, in steps of one call."""
    return sum(len(calls(one)) * (one.recipe.steps or 1) for one in parts(part))
