"""`seedtui worker --stdio`: a worker of this machine for a program on another one, over standard input and output.

It starts or joins a worker, passes messages on, and ends when the line does: at its end, or after a minute of silence,
for the system may not notice for hours that the other machine is gone.
"""

from __future__ import annotations

import os
import platform
import select
import sys
import threading
from collections.abc import Callable, Mapping

import msgspec

from seedtui import __version__
from seedtui.core.errors import EngineError, SeedtuiError, one_line
from seedtui.engine.client.connection import Connection
from seedtui.engine.gpus import gpus
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import Hello, Open, wire_version
from seedtui.models.resolve import find_model

CUT = 60.0
"""Seconds without a message after which the line counts as cut; a client sends one at least every five."""

Begin = Callable[[Open], Connection]
"""Starts or joins a worker. Raises EngineError."""


class StdStream:
    """Reads and writes two file descriptors like one socket. Raises TimeoutError after `CUT` seconds of silence."""

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink

    def recv_into(self, buffer: memoryview, /) -> int:
        if not select.select([self._source], [], [], CUT)[0]:
            raise TimeoutError(f"nothing was heard for {CUT:.0f} s")
        return os.readv(self._source, [buffer])

    def sendall(self, data: bytes, /) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._sink, view) :]


class Relay:
    """Serves one client on `stream`."""

    def __init__(self, stream: framing.Stream, begin: Begin) -> None:
        self._stream, self._begin = stream, begin
        self._sending = threading.Lock()
        self._connection: Connection | None = None
        self.worker_died = False

    def serve(self, hello: Hello) -> None:
        """Until the client quits or is gone; the worker ends then, unless it stays for other clients."""
        try:
            self._send(hello)
            while (request := framing.receive_request(self._stream)) is not None and not isinstance(request, p.Quit):
                self._take(request)
        except (OSError, EngineError) as error:
            print(f"the line is cut: {one_line(error)}", file=sys.stderr, flush=True)
        finally:
            if self._connection is not None:
                self._connection.close()

    def _take(self, request: p.Request) -> None:
        match request:
            case p.Ping():
                self._send(p.Pong())
            case Open():
                self._open(request)
            case p.Load():
                try:
                    path = str(find_model(request.name).path)
                except SeedtuiError as error:
                    self._send(p.LoadFailed(error.problem, request.spec))
                    return
                self._pass_on(msgspec.structs.replace(request, path=path))
            case _:
                self._pass_on(request)

    def _pass_on(self, request: p.Request) -> None:
        if self._connection is not None:
            self._connection.send(request)

    def _open(self, request: Open) -> None:
        try:
            self._connection = self._begin(request)
        except SeedtuiError as error:
            self._send(p.WorkerDied(error.problem))
            return
        threading.Thread(target=self._answer, args=(self._connection,), name="events", daemon=True).start()

    def _answer(self, connection: Connection) -> None:
        try:
            for event in connection.events():
                self.worker_died = self.worker_died or isinstance(event, p.WorkerDied)
                self._send(event)
        except OSError:
            pass  # the reader notices too

    def _send(self, event: p.Message) -> None:
        with self._sending:
            framing.send(self._stream, event)


def hello() -> Hello:
    """What this machine has."""
    return Hello(__version__, wire_version(p.Request, p.Event), one_line(platform.node()), gpus())


def environ_of(request: Open, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the worker that `request` asks for."""
    return lane_environ(environ, request.gpu, request.lane)


def lane_environ(environ: Mapping[str, str], gpu: str, lane: str) -> dict[str, str]:
    """`environ` for one of several workers: it sees only its own GPU, and is joined only as the same one again."""
    seen = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": gpu} if gpu else {}
    if gpu.isdigit():
        seen["HIP_VISIBLE_DEVICES"] = gpu
    return {**environ, **seen, "SEEDTUI_LANE": lane}


def serve_stdio(start: Callable[[Open, Mapping[str, str]], Connection]) -> bool:
    """Serve the client on standard input and output, to which nothing else is written from now on.

    Returns whether the worker lived until the client was gone.
    """
    sink = os.dup(1)
    os.dup2(2, 1)  # whatever prints
    source = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    stream = StdStream(source, sink)
    stream.sendall(framing.MARK)
    relay = Relay(stream, lambda request: start(request, environ_of(request, os.environ)))
    relay.serve(hello())
    return not relay.worker_died
