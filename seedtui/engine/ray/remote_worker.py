"""The actor: runs on a node of the cluster, and starts an ordinary worker there."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from seedtui.engine.client.connection import Connection, Worker
from seedtui.engine.client.environ import usable_cores
from seedtui.engine.client.relay import CUT, Relay, environ_of, hello
from seedtui.engine.wire.pool_protocol import Hello, Open
from seedtui.library.paths import worker_log


class RemoteWorker:
    """One of `workers` workers of the cluster, for whom Ray chose the machine and the GPU.

    The worker is a process of its own, as everywhere; it ends with this one. `threads` is the number of its CPU threads
    if the client does not say, 0 for the machine's default.
    """

    def __init__(self, workers: int, threads: int) -> None:
        self._threads = threads
        self._stream = ChunkStream()
        said = msgspec.structs.replace(hello(), gpus=(), workers=workers)  # the GPU is chosen already
        relay = Relay(self._stream, self._begin, threads)
        threading.Thread(target=self._serve, args=(relay, said), name="relay", daemon=True).start()

    def take(self, number: int, chunk: bytes) -> None:
        """The next bytes from the client: chunk `number`, as they may arrive in any order. b"" is the end."""
        self._stream.feed(number, chunk)

    def events(self) -> Iterator[bytes]:
        """Whole frames for the client, until the end."""
        yield from self._stream.sent()

    def _serve(self, relay: Relay, said: Hello) -> None:
        try:
            relay.serve(said)
        finally:
            self._stream.close()

    def _begin(self, request: Open) -> Connection:
        environ = own_environ(os.environ, Path("/proc/self/environ"))
        beside = 2 if 0 < self._threads < usable_cores() else 1  # the others of the cluster may be elsewhere
        environ = environ_of(msgspec.structs.replace(request, beside=beside), environ)
        return Worker(worker_log(request.lane or "0"), environ=environ)


class ChunkStream:
    """The client as a stream: what it sends is fed in chunks, and what is sent to it waits until it is asked for."""

    def __init__(self) -> None:
        self._chunks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._early: dict[int, bytes] = {}
        self._next = 0
        self._rest = memoryview(b"")
        self._ended = False

    def feed(self, number: int, chunk: bytes) -> None:
        self._early[number] = chunk
        while (chunk_ := self._early.pop(self._next, None)) is not None:
            self._chunks.put(chunk_)
            self._next += 1

    def recv_into(self, buffer: memoryview, /) -> int:
        if not self._rest and not self._ended:
            try:
                self._rest = memoryview(self._chunks.get(timeout=CUT))
            except queue.Empty:
                raise TimeoutError(f"nothing was heard for {CUT:.0f} s") from None
            self._ended = not self._rest
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def sendall(self, data: bytes, /) -> None:
        self._frames.put(data)

    def sent(self) -> Iterator[bytes]:
        while (frame := self._frames.get()) is not None:
            yield frame

    def close(self) -> None:
        self._frames.put(None)


def own_environ(environ: Mapping[str, str], at_start: Path) -> dict[str, str]:
    """`environ` without the number of threads that Ray has set in it: the client says that with its model.

    `at_start` is the environment with which this process began, which has it only if a person chose it.
    """
    try:
        chosen = b"\0OMP_NUM_THREADS=" in b"\0" + at_start.read_bytes()
    except OSError:  # not on Linux
        chosen = True
    return {name: value for name, value in environ.items() if chosen or name != "OMP_NUM_THREADS"}
