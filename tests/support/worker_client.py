"""A conversation with a worker, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seedtui.core.rounds.rounds import Round
from seedtui.engine.client.connection import Connection, Worker
from seedtui.engine.wire import protocol as p

ENDS = (p.Loaded, p.LoadFailed, p.RoundDone, p.RoundCancelled, p.RoundFailed, p.WorkerDied)


class WorkerClient:
    """A worker, and what it said."""

    def __init__(self, log: Path | None = None, worker: Connection | None = None) -> None:
        self.worker = worker or Worker(log or Path("worker.log"))
        self._events = self.worker.events()

    def load(self, folder: Path, **options: object) -> p.Event:
        """Ask for the model in `folder`; the last word on it."""
        self.worker.send(p.Load(folder.name, str(folder), **options))
        return self.until(ENDS)[-1]

    def run(self, round_: Round) -> list[p.Event]:
        """Everything that is said of `round_`."""
        self.worker.send(p.Run(round_))
        return self.until(ENDS)

    def hashes(self, round_: Round) -> list[str]:
        """The pixel hashes of the images of `round_`, in their order."""
        images = [event for event in self.run(round_) if isinstance(event, p.ImageReady)]
        assert [image.index for image in images] == list(range(len(round_.shots)))
        return [image.record.sha256 for image in images]

    def rest(self) -> Iterator[p.Event]:
        """What it says until it says no more."""
        return self._events

    def until(self, kinds: tuple[type, ...]) -> list[p.Event]:
        """Events up to the first one of `kinds`."""
        said: list[p.Event] = []
        for event in self._events:
            said.append(event)
            if isinstance(event, kinds):
                return said
            assert not isinstance(event, p.LoadFailed | p.RoundFailed | p.WorkerDied), event
        raise AssertionError("the worker fell silent")
