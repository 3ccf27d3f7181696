"""Passes the bytes of one worker between its socket and its actor, which Ray places on some machine."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError

from seedtui.core.errors import Problem, one_line
from seedtui.engine.ray.place import Room
from seedtui.engine.ray.remote_worker import RemoteWorker
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p

_CHUNK = 2**20
"""Bytes that are passed on at once."""

_BEAT = 2.0
"""Seconds between signs of life while a worker waits for its place."""

_LONG = 15.0
"""Seconds of waiting that are worth reporting."""

_GRACE = 3.0
"""Seconds that an actor has to end its worker."""

REQUESTS, EVENTS = "requests", "events"
_LOGS = "The log of the bridge to Ray, and those of Ray on its machine, say more"


class Passage:
    """A worker on the cluster for the client at the other end of `sock`. It ends when either hangs up.

    `told` is shared by all of them: whether the user was told that there is no place for a worker.
    """

    def __init__(self, sock: socket.socket, room: Room, told: threading.Event) -> None:
        self._sock, self._room, self._told = sock, room, told
        actor = ray.remote(
            num_cpus=room.cpus, num_gpus=room.gpus, max_restarts=0, max_task_retries=0,
            # Requests must arrive while events are sent.
            concurrency_groups={REQUESTS: 1, EVENTS: 1},
        )(RemoteWorker)  # fmt: skip
        self._actor: Any = actor.remote(room.workers, room.threads)
        self._requests = threading.Thread(target=self._pass_requests, name="requests", daemon=True)
        self._events = threading.Thread(target=self._pass_events, name="events", daemon=True)
        self._events.start()
        self._requests.start()

    @property
    def is_open(self) -> bool:
        return self._requests.is_alive()

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
        self._events.join(_GRACE)
        ray.kill(self._actor)
        self._events.join()
        self._sock.close()

    def _pass_events(self) -> None:
        try:
            events = self._actor.events.options(concurrency_group=EVENTS).remote()
            self._wait_for_place(events)
            for event in events:
                self._sock.sendall(ray.get(event))
            self._died(p.WorkerDied(Problem("engine", "its Ray actor was cut off from us", _LOGS)))
        except RayError as error:
            print(error, file=sys.stderr, flush=True)
            self._died(_death(error))
        except OSError:
            pass  # the client has hung up, which the other thread notices too
        finally:
            self.end()

    def _died(self, death: p.WorkerDied) -> None:
        with suppress(OSError):  # nobody wants to know
            framing.send(self._sock, death)

    def _wait_for_place(self, events: Any) -> None:
        """Until the actor runs. Meanwhile the worker counts as alive."""
        began = time.monotonic()
        while not ray.wait([events], timeout=_BEAT)[0]:
            framing.send(self._sock, p.Pong())
            if time.monotonic() - began > _LONG and not self._told.is_set():
                self._told.set()
                what = "a GPU is" if self._room.gpus else f"{self._room.cpus} CPUs are"
                framing.send(self._sock, p.Told(f"waiting until {what} free on the Ray cluster"))


def _death(error: RayError) -> p.WorkerDied:
    """Why the actor died. Ray's own words, of many lines, are in the log."""
    if isinstance(error, RayActorError) and error.actor_init_failed:
        what = one_line(str(error).strip().rpartition("\n")[2], 160)
        hint = "Install the same version of seedtui on all machines of the cluster"
        return p.WorkerDied(Problem("engine", f"no worker can start on Ray: {what}", hint), lasting=True)
    why = "it was killed, memory ran out, or its machine is gone"
    return p.WorkerDied(Problem("engine", f"its Ray actor died: {why}", _LOGS))
