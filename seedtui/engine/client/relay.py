"""`seedtui worker --stdio`: a worker of this machine for a program on another one, over standard input and output.

It starts or joins a worker, passes messages on, and ends when the line does: at its end, after a minute of silence, for
the system may not notice for hours that the other machine is gone, or when the same client comes again.
"""

from __future__ import annotations

import os
import platform
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from seedtui import __version__
from seedtui.core.errors import EngineError, InputError, Problem, SeedtuiError, one_line, quoted
from seedtui.engine.client.connection import Connection
from seedtui.engine.client.environ import lane_environ, usable_cores
from seedtui.engine.client.state_files import PassingStates, decode_place
from seedtui.engine.client.take_over import take_over
from seedtui.engine.gpus import gpus
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import Hello, Open
from seedtui.models.resolve import NotHere, find_model

CUT = 60.0
"""Seconds in which nothing comes or goes after which the line counts as cut: a client sends a ping every five.

Longer than a client waits for us. `SEEDTUI_LINE_TIMEOUT` sets it.
"""

_BITE = 4096
"""Bytes that a pipe takes without blocking once it takes any (PIPE_BUF)."""

Begin = Callable[[Open], Connection]
"""Starts or joins a worker. Raises EngineError."""


class StdStream:
    """Reads and writes two file descriptors like one socket.

    Raises TimeoutError if nothing can be read, or written, for `patience` seconds, and from then on.
    """

    def __init__(self, source: int, sink: int, patience: float = CUT) -> None:
        self._source, self._sink, self._patience = source, sink, patience
        self._is_cut = False

    def recv_into(self, buffer: memoryview, /) -> int:
        self._wait([self._source], [], "heard")
        return os.readv(self._source, [buffer])

    def sendall(self, data: bytes, /) -> None:
        view = memoryview(data)
        while view:
            self._wait([], [self._sink], "taken")
            view = view[os.write(self._sink, view[:_BITE]) :]

    def _wait(self, sources: list[int], sinks: list[int], what: str) -> None:
        if self._is_cut or not any(select.select(sources, sinks, [], self._patience)):
            self._is_cut = True
            raise TimeoutError(f"nothing was {what} for {self._patience:.0f} s")


class Relay:
    """Serves one client on `stream`.

    If the client does not say, its worker has `threads` CPU threads, or with None, its share of the cores.
    """

    def __init__(self, stream: framing.Stream, begin: Begin, threads: int | None = None) -> None:
        self._stream, self._begin, self._own_threads = stream, begin, threads
        self._sending = threading.Lock()
        self._connection: Connection | None = None
        self.worker_died = False
        self._threads = 0
        self._states = PassingStates()

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
            self._states.close()

    def _take(self, request: p.Request) -> None:
        match request:
            case p.Ping():
                self._send(p.Pong())
            case Open():
                self._open(request)
            case p.Load():
                self._load(request)
            case p.SavedState():
                self._states.take(request)
            case p.Run() | p.Decode() if request.saved:
                self._pass_on(msgspec.structs.replace(request, saved=self._states.lead(request)))
            case _:
                self._pass_on(request)

    def _load(self, request: p.Load) -> None:
        """The model lies elsewhere here; and of the cores, this worker gets its share."""
        try:
            path = str(find_model(request.name).path)
        except SeedtuiError as error:
            self._send(p.LoadFailed(_missing(request.name, error), request.spec))
            return
        threads = request.threads or self._threads
        self._pass_on(msgspec.structs.replace(request, path=path, threads=threads))

    def _pass_on(self, request: p.Request) -> None:
        if self._connection is not None:
            self._connection.send(request)

    def _open(self, request: Open) -> None:
        share = max(1, usable_cores() // request.beside) if _shares_cpu(request) else 0
        self._threads = share if self._own_threads is None else self._own_threads
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
                match event:
                    case p.WorkerDied(problem) if problem.hint:  # it names a log, which is here
                        problem = msgspec.structs.replace(problem, hint=f"{problem.hint} on {machine()}")
                        event = msgspec.structs.replace(event, problem=problem)
                    case p.ImageReady() if state := self._states.of_image(event):
                        self._send(state)
                    case p.RoundDone(round_id) | p.RoundFailed(round_id) | p.RoundCancelled(round_id):
                        self._states.forget(round_id)
                    case p.Decoded():
                        self._states.forget(decode_place(event.round_id, event.index))
                self._send(event)
        except OSError:
            pass  # the reader notices too

    def _send(self, event: p.Message) -> None:
        with self._sending:
            framing.send(self._stream, event)


def machine() -> str:
    """The name of this machine."""
    return one_line(platform.node())


def hello() -> Hello:
    """What this machine has."""
    return Hello(__version__, p.own_wire(), machine(), gpus())


def environ_of(request: Open, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the worker that `request` asks for."""
    return lane_environ(environ, request.gpu, request.lane, shares_cpu=_shares_cpu(request))


def _shares_cpu(request: Open) -> bool:
    return request.beside > 1 and not request.gpu


def _missing(name: str, error: SeedtuiError) -> Problem:
    """`error` of this machine, as it is told on another one."""
    if isinstance(error, NotHere):
        what = f"is incomplete there: {error.part} is missing" if error.part else "is not there"
        return Problem(
            error.kind, f"model {error.hub_id} {what}", f"Run there: seedtui models --download {error.hub_id}"
        )
    if os.path.isabs(name) and not os.path.lexists(name):
        return Problem(
            error.kind, f"there is no {name} there", "Copy the model to the same place, or use one of the Hub"
        )
    return error.problem


def line_timeout(environ: Mapping[str, str]) -> float:
    """`CUT`, or what `SEEDTUI_LINE_TIMEOUT` says.

    Raises:
        InputError: that is not a number of seconds.
    """
    text = environ.get("SEEDTUI_LINE_TIMEOUT", "")
    try:
        seconds = float(text or CUT)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise InputError(f"SEEDTUI_LINE_TIMEOUT is {quoted(text)}", "Use 1 to 86400 seconds")
    return seconds


def serve_stdio(start: Callable[[Open, Mapping[str, str]], Connection], folder: Path, patience: float = CUT) -> bool:
    """Serve the client on standard input and output, to which nothing else is written from now on.

    `folder` is for the locks by which connections of one client know each other; `patience` as in `StdStream`. Returns
    whether the worker lived until the client was gone.
    """
    sink = os.dup(1)
    os.dup2(2, 1)  # whatever prints
    source = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    stream = StdStream(source, sink, patience)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # and leave nothing behind
    stream.sendall(framing.MARK)

    with ExitStack() as held:

        def begin(request: Open) -> Connection:
            with suppress(OSError, EngineError):  # without it, the old connection ends by its own patience
                held.enter_context(take_over(folder, request.client))
            return start(request, environ_of(request, os.environ))

        relay = Relay(stream, begin)
        relay.serve(hello())
    return not relay.worker_died
