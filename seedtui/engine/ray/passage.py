"""Passes the bytes of one worker between its socket and its actor, which Ray places on some machine."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayError

from seedtui.core.errors import Problem, one_line
from seedtui.engine.ray.place import Room
from seedtui.engine.ray.remote_worker import RemoteWorker
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.message import Message

_CHUNK = 2**20
"""Bytes that are passed on at once."""

_BEAT = 2.0
"""Seconds between signs of life while a worker waits for its place."""

_LONG = 15.0
"""Seconds of waiting that are worth reporting."""

_GRACE = 3.0
"""Seconds that an actor has to end its worker."""

REQUESTS, EVENTS = "requests", "events"


class Passage:
    """A worker on the cluster for the client at the other end of `sock`. It ends when either hangs up."""

    def __init__(self, sock: socket.socket, room: Room) -> None:
        self._sock, self._room = sock, room
        self._ended = threading.Event()
        actor = ray.remote(
            num_cpus=room.cpus, num_gpus=room.gpus, max_restarts=0, max_task_retries=0,
            # Requests must arrive while events are sent.
            concurrency_groups={REQUESTS: 1, EVENTS: 1},
        )(RemoteWorker)  # fmt: skip
        self._actor: Any = actor.remote(room.workers, room.threads)
        self._requests = threading.Thread(target=self._pass_requests, name="requests", daemon=True)
        for thread in (self._requests, threading.Thread(target=self._pass_events, name="events", daemon=True)):
            thread.start()

    def end(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def join(self, seconds: float) -> None:
        """Wait until it has ended, but not longer than `seconds`."""
        self._requests.join(max(0.0, seconds))

    def _pass_requests(self) -> None:
        take = self._actor.take.options(concurrency_group=REQUESTS)
        number = 0
        with suppress(OSError):
            while chunk := self._sock.recv(_CHUNK):
                take.remote(number, chunk)
                number += 1
        take.remote(number, b"")
        self._ended.wait(_GRACE)
        ray.kill(self._actor)

    def _pass_events(self) -> None:
        try:
            self._sock.sendall(framing.MARK)
            events = self._actor.events.options(concurrency_group=EVENTS).remote()
            self._wait_for_place(events)
            for event in events:
                self._sock.sendall(ray.get(event))
        except RayError as error:
            print(error, file=sys.stderr, flush=True)
            with suppress(OSError):
                framing.send(self._sock, p.WorkerDied(_why(error)))
        except OSError:
            pass  # the client has hung up, which the other thread notices too
        finally:
            self._ended.set()
            self.end()

    def _wait_for_place(self, events: Any) -> None:
        """Until the actor runs. Meanwhile the worker counts as alive."""
        began, told = time.monotonic(), False
        while not ray.wait([events], timeout=_BEAT)[0]:
            self._send(p.Pong())
            if not told and time.monotonic() - began > _LONG:
                told = True
                what = "GPU" if self._room.gpus else f"{self._room.cpus} CPUs"
                self._send(p.Told(f"Ray has no free {what} for a worker yet; it starts as soon as there is one"))

    def _send(self, message: Message) -> None:
        framing.send(self._sock, message)


def _why(error: RayError) -> Problem:
    """Ray's own words, of many lines, are in the log."""
    last = one_line(str(error).strip().rpartition("\n")[2], 160)
    return Problem("engine", f"its Ray actor died: {last}", "The log of the bridge and Ray's logs on its node say more")
