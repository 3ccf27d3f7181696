"""A pool without workers: an engine that says it is one, and makes the rounds that it is told to."""

from __future__ import annotations

from seedtui.core.rounds.parts import parts
from seedtui.core.rounds.rounds import Round
from seedtui.engine.fake import FakeEngine, images_of
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import PoolChanged, WorkerState, WorkerView


def workers(*states: WorkerState) -> tuple[WorkerView, ...]:
    """One worker in each of `states`."""
    return tuple(
        WorkerView(id=n, name=f"cpu {n}", state=state, device="cpu, 1 threads", model="starter float32", group=1)
        for n, state in enumerate(states, 1)
    )


class FakePool(FakeEngine):
    """`states` are those of its workers; each round stays where it is until `finish`."""

    def __init__(self, *states: WorkerState) -> None:
        super().__init__(by_hand=True)
        self.states = states

    def send(self, request: p.Request) -> None:
        if isinstance(request, p.Load):
            self.say(PoolChanged(workers(*self.states)))
        super().send(request)

    def make(self, round_: Round, count: int | None = None) -> None:
        """Make the first `count` images of a round, by default all and its end; it may have several recipes."""
        made = [image for part in parts(round_) for image in images_of(part)]
        for image in made[:count]:
            self.say(image)
        if count is None:
            self.say(p.RoundDone(round_.id, 0.5))
