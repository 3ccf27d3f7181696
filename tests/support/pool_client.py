"""A pool, and everything it says, read by a thread, so that a test can wait for any of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Pick, Round
from seedtui.core.rounds.scout import finishing, scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.client.connection import Engine
from seedtui.engine.pool.start import start_engine
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import PoolChanged, WorkerView
from seedtui.starter import WEIGHTS

_T = TypeVar("_T", bound=p.Message)


class PoolClient:
    """The engine of `plan`, whose logs are in `folder`; its workers stay for so many minutes, listening there."""

    def __init__(self, plan: PoolPlan, folder: Path, keep_alive: float = 0.0) -> None:
        self.plan, self.logs = plan, folder
        self.engine: Engine = start_engine(plan, lambda lane: folder / f"{lane}.log", folder / "run", keep_alive)
        self.events: list[p.Event] = []
        self._changed = threading.Condition()
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> PoolClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def _read(self) -> None:
        for event in self.engine.events():
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait(self, condition: Callable[[], object], seconds: float = 180.0) -> None:
        """Until `condition` holds, which is looked at after each event."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds), (self.said, self.workers)

    def all(self, kind: type[_T]) -> list[_T]:
        return [event for event in self.events if isinstance(event, kind)]

    def first(self, kind: type[_T], seconds: float = 180.0) -> _T:
        """The first event of that kind, as soon as there is one."""
        self.wait(lambda: self.all(kind), seconds)
        return self.all(kind)[0]

    def load(self, recipe: Recipe, name: str = "starter") -> None:
        self.engine.send(p.Load(name, str(WEIGHTS), recipe=recipe, threads=self.plan.threads))

    def run(self, round_: Round, saved: str = "") -> None:
        self.engine.send(p.Run(round_, saved=saved))

    def end_of(self, round_: Round, seconds: float = 180.0) -> p.RoundDone | p.RoundFailed | p.RoundCancelled:
        """The end of that round, as soon as it is there."""
        kinds = p.RoundDone | p.RoundFailed | p.RoundCancelled

        def ends() -> list[p.RoundDone | p.RoundFailed | p.RoundCancelled]:
            return [event for event in self.events if isinstance(event, kinds) and event.round_id == round_.id]

        self.wait(ends, seconds)
        return ends()[0]

    def hashes(self, round_: Round) -> list[str]:
        """Those of all images of `round_`, as soon as it is done; each must have come once."""
        assert isinstance(end := self.end_of(round_), p.RoundDone), end
        images = {image.index: image.record.sha256 for image in self.images(round_)}
        assert len(images) == len(self.images(round_)) == len(round_.shots)
        return [images[shot.index] for shot in round_.shots]

    def images(self, round_: Round) -> list[p.ImageReady]:
        return [image for image in self.all(p.ImageReady) if image.round_id == round_.id]

    @property
    def said(self) -> list[str]:
        """What people are told, in its order."""
        return [event.words for event in self.all(p.Told)]

    @property
    def workers(self) -> dict[str, WorkerView]:
        """As they were shown last, by their names."""
        shown = self.all(PoolChanged)
        return {view.name: view for view in shown[-1].workers} if shown else {}

    def state(self, name: str) -> str:
        """That of the worker, "" for none."""
        view = self.workers.get(name)
        return view.state if view else ""


def scout_and_finish(client: PoolClient, recipe: Recipe, expected: list[str], folder: Path) -> None:
    """Scout as many seeds as images are `expected`, saving in `folder`, and finish them: exactly, without the steps
    made already.
    """
    seeds = range(len(expected))
    scouted = scout("a cat", seeds, Stop(share=0.5), recipe)
    client.run(scouted, str(folder))
    client.hashes(scouted)
    assert {path.name for path in folder.iterdir()} == {f"{seed}.safetensors" for seed in seeds}

    alone = msgspec.structs.replace(scouted, shots=scouted.shots[3:4])
    client.engine.send(p.Decode(alone, str(folder)))
    decoded = client.first(p.Decoded)
    assert decoded.why == "" and len(decoded.pixels) == (recipe.width or 0) * (recipe.height or 0) * 3

    for _ in range(2):  # the first time, each worker computes both ways and compares
        kept = finishing(scouted, [Pick(scouted.id, index) for index in seeds])
        client.run(kept, str(folder))
        assert client.hashes(kept) == expected
    (done,) = [done for done in client.all(p.RoundDone) if done.round_id == kept.id]
    assert done.replayed > 0
