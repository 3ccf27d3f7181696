"""The process between a pool and Ray: takes sockets from its control socket, and connects each with a worker."""

from __future__ import annotations

import os
import queue
import socket
import sys
import threading
import time
from contextlib import suppress

from seedtui.core.errors import EngineError, Problem
from seedtui.engine.ray.cluster import cluster
from seedtui.engine.ray.place import Place
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.exit_codes import LEAVING

_LAST = 15.0
"""Seconds after the end of the control socket after which this process ends, whatever Ray is doing."""


class Bridge:
    """Serves the pool at the other end of `control` with workers at `place`."""

    def __init__(self, control: socket.socket, place: Place) -> None:
        self._control, self._place = control, place
        self._asked: queue.SimpleQueue[socket.socket | None] = queue.SimpleQueue()
        self._told = threading.Event()

    def run(self) -> int:
        """Until the pool hangs up: the exit code."""
        threading.Thread(target=self._listen, name="control", daemon=True).start()
        try:
            with cluster(self._place) as room:
                from seedtui.engine.ray.passage import Passage  # Ray reads its settings when it is imported

                passages: list[Passage] = []
                while (sock := self._asked.get()) is not None:
                    passages = [passage for passage in passages if passage.is_open]
                    passages.append(Passage(sock, room, self._told))
                for passage in passages:
                    passage.end()
                until = time.monotonic() + _LAST / 3
                for passage in passages:
                    passage.join(until - time.monotonic())
        except EngineError as error:
            self._refuse_all(error.problem)
            return 1
        return 0

    def _listen(self) -> None:
        while True:
            data, descriptors, _flags, _address = socket.recv_fds(self._control, 1, 1)
            for descriptor in descriptors:
                self._asked.put(socket.socket(fileno=descriptor))
            if not data:
                break
        self._asked.put(None)
        time.sleep(_LAST)
        os._exit(1)  # Ray's processes notice, and end

    def _refuse_all(self, problem: Problem) -> None:
        """Tell those that ask for a worker why there is none. Those that ask later find it in the log."""
        while not self._asked.empty():
            if sock := self._asked.get():
                with sock, suppress(OSError):
                    framing.send(sock, p.WorkerDied(problem, lasting=True))
        print(f"{LEAVING}{problem}", file=sys.stderr, flush=True)
