"""A worker's connection to one client. Whatever is sent after the client has gone is dropped."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

import msgspec

from seedtui.core.errors import EngineError, one_line
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p


class ClientSession:
    """`pid` is the client's process, 0 if unknown.

    `since` and `closed` are the times (`time.monotonic`) when the session began and ended.
    """

    def __init__(self, sock: socket.socket, pid: int = 0) -> None:
        self.pid = pid
        self.since = time.monotonic()
        self.is_open = True
        self.closed = 0.0
        self._sock = sock
        self._sending = threading.Lock()
        self._cancelled: dict[str, float] = {}
        self._only: dict[str, int] = {}

    def send(self, event: p.Message) -> None:
        """Send `event` to the client, if it is still there."""
        if isinstance(event, p.RoundCancelled) and (asked := self._cancelled.get(event.round_id)):
            event = msgspec.structs.replace(event, seconds=time.monotonic() - asked)
        try:
            with self._sending:
                if self.is_open:
                    framing.send(self._sock, event)
        except OSError:
            self.close()

    def read(self, take: Callable[[p.Request], object]) -> str:
        """Call `take` with each request until the client quits, disappears or sends an invalid message.

        Returns the reason.
        """
        try:
            while (request := framing.receive_request(self._sock)) is not None and not isinstance(request, p.Quit):
                self._note(request)
                take(request)
        except (EngineError, OSError) as error:
            return one_line(error)
        return "the client is gone"

    def close(self) -> None:
        """Hang up; safe to call twice, and from any thread."""
        if self.is_open:
            self.closed = time.monotonic()  # before other threads see that it is closed
            self.is_open = False
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def is_cancelled(self, round_id: str) -> bool:
        """Whether that round is no longer wanted: the client cancelled it, or is gone."""
        return not self.is_open or round_id in self._cancelled

    def only(self, round_id: str) -> int | None:
        """The image of that round whose call is the only one wanted, None for all."""
        return self._only.get(round_id)

    def _note(self, request: p.Request) -> None:
        match request:
            case p.Run(round):  # earlier requests were about a previous run
                self._cancelled.pop(round.id, None)
                self._only.pop(round.id, None)
            case p.Cancel(round_id):
                self._cancelled.setdefault(round_id, time.monotonic())
            case p.Finish(round_id, index):
                self._only[round_id] = index
