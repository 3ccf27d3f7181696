"""The process between a pool and Ray: takes sockets from its control socket, and connects each with a worker."""

from __future__ import annotations

import os
import queue
import socket
import sys
import threading
import time
from contextlib import suppress

from seedtui.core.errors import Problem, SeedtuiError
from seedtui.engine.ray.cluster import cluster
from seedtui.engine.ray.place import Place
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.exit_codes import LEAVING

_LAST = 15.0
"""Seconds after the end of the control socket after which this process ends, whatever Ray is doing."""

_BEAT = 5.0
"""Seconds between signs of life while Ray starts."""

_SLOW = 300.0
"""Seconds after which Ray counts as hung if it has not started: from a slow disk, its import alone takes a minute."""

_LATE = 1.0
"""Seconds that the first one who asks may come after a failure: the pool starts this process, and asks then."""


class Bridge:
    """Serves the pool at the other end of `control` with workers at `place`."""

    def __init__(self, control: socket.socket, place: Place) -> None:
        self._control, self._place = control, place
        self._asked: queue.SimpleQueue[socket.socket | None] = queue.SimpleQueue()
        self._told = threading.Event()
        self._beating = threading.Lock()
        self._early: list[socket.socket] | None = []
        """Those that asked before there was a cluster; None once it is there."""

    def run(self) -> int:
        """Until the pool hangs up: the exit code."""
        threading.Thread(target=self._listen, name="control", daemon=True).start()
        try:
            with cluster(self._place) as room:
                from seedtui.engine.ray.passage import Passage  # Ray reads its settings when it is imported

                with self._beating:
                    self._early = None
                passages: list[Passage] = []
                while (sock := self._asked.get()) is not None:
                    passages = [passage for passage in passages if passage.is_open]
                    passages.append(Passage(sock, room, self._told))
                for passage in passages:
                    passage.end()
                until = time.monotonic() + _LAST / 3
                for passage in passages:
                    passage.join(until - time.monotonic())
        except SeedtuiError as error:
            self._refuse_all(error.problem)
            return 1
        return 0

    def _listen(self) -> None:
        self._control.settimeout(_BEAT)
        began = time.monotonic()
        while True:
            try:
                data, descriptors, _flags, _address = socket.recv_fds(self._control, 1, 1)
            except TimeoutError:
                if time.monotonic() - began < _SLOW:
                    self._beat()
                continue
            for descriptor in descriptors:
                sock = socket.socket(fileno=descriptor)
                with self._beating:
                    if self._early is not None:
                        self._early.append(sock)
                self._asked.put(sock)
            if not data:
                break
        self._asked.put(None)
        time.sleep(_LAST)
        os._exit(1)  # Ray's processes notice, and end

    def _beat(self) -> None:
        """Ray takes long to start: whoever waits for it hears that we are alive."""
        with self._beating:
            for sock in self._early or ():
                with suppress(OSError):  # it does not wait any more
                    framing.send(sock, p.Pong())

    def _refuse_all(self, problem: Problem) -> None:
        """Tell those that ask for a worker why there is none. Those that ask later find it in the log."""
        with suppress(queue.Empty):
            while (sock := self._asked.get(timeout=_LATE)) is not None:
                with sock, suppress(OSError):
                    framing.send(sock, p.WorkerDied(problem, lasting=True))
        print(f"{LEAVING}{problem}", file=sys.stderr, flush=True)
