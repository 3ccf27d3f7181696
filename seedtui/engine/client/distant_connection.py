"""A connection to a worker that cannot see our files: what scout rounds save goes along, as messages.

The other end is `PassingStates`, in the relay.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.engine.client.connection import Connection, Process
from seedtui.engine.client.state_files import read_states, write_state
from seedtui.engine.wire import protocol as p


class DistantConnection(Connection):
    """A `Connection` over `sock` to a relay, which `process` leads to."""

    def __init__(self, process: Process, sock: socket.socket, log: Path) -> None:
        self._scouts: dict[str, Path] = {}
        """The folders in which scout rounds save, by their ids."""
        super().__init__(process, sock, log, stays=False, distant=True)

    def events(self) -> Iterator[p.Event]:
        for event in super().events():
            if isinstance(event, p.SavedState):
                yield from self._save(event)
            else:
                yield event

    def _save(self, state: p.SavedState) -> Iterator[p.Event]:
        if folder := self._scouts.get(state.place):
            try:
                write_state(folder, state)
            except FileError as error:
                yield p.Told(f"{error.problem.message}. What you keep will be computed in full")

    def _with_files(self, request: p.Request) -> Iterable[p.Request]:
        if isinstance(request, p.Run | p.Decode) and request.saved:
            if request.round.stop is not None and isinstance(request, p.Run):
                self._scouts[request.round.id] = Path(request.saved)
            else:
                yield from read_states(request)
        yield request
