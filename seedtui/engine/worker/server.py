"""The worker: a process that holds one pipeline, answers requests, and keeps no state of any session.

The main thread loads models and runs rounds. A reader thread takes requests off the socket and handles at once what
needs no waiting: cancel, token counts, pings. The process ends with its client, in the middle of a step if need be;
with a `Listener` it keeps the pipeline for the next client for a while.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from seedtui import __version__
from seedtui.core.errors import EngineError, SeedtuiError, one_line
from seedtui.core.recipes.lora import at_full_weight
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.gated_stream import LogStream, gate_output
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.exit_codes import DEVICE_FAILED, LEAVING, is_device_failure
from seedtui.engine.wire.fingerprint import stamp
from seedtui.engine.worker.client_session import ClientSession
from seedtui.engine.worker.listener import Listener
from seedtui.models.gguf_files import check_gguf_file
from seedtui.models.lora_files import check_files
from seedtui.models.pipeline_spec import PipelineSpec

if TYPE_CHECKING:
    from seedtui.engine.diffusion.pipeline import Pipeline

Work = p.Load | p.Run | p.Decode | p.Park


class Worker:
    """Serves one client at a time, the first over `sock`."""

    def __init__(self, sock: socket.socket, listener: Listener | None = None) -> None:
        self._listener = listener
        self._client = ClientSession(sock, os.getppid())
        self._admitting = threading.Lock()
        self._work: queue.SimpleQueue[tuple[ClientSession, Work]] = queue.SimpleQueue()
        self._pipeline: Pipeline | None = None
        self._loaded: tuple[PipelineSpec, _Files] | None = None
        self._wanted: p.Load | None = None
        self._doing = ""
        self._last_sign = time.monotonic()
        self._rounds = 0
        self._watching = False

    def serve(self) -> None:
        """Answer requests until the last client is gone and the time to wait for another is over."""
        self._listen(self._client)
        if self._listener is not None:
            self._listener.open(self._greeted, self._look_at_the_clock)
        while True:
            client, request = self._work.get()
            self._doing, self._last_sign = _words(request), time.monotonic()
            try:
                self._handle(client, request)
            except SeedtuiError as error:
                self._fail(client, request, error)
            except Exception as error:  # whatever a pipeline raises: report it to the client and go on
                traceback.print_exc()
                if is_device_failure(error):
                    self._leave(DEVICE_FAILED, f"{type(error).__name__}: {one_line(error)}")
                self._fail(client, request, self._in_words(error))
            self._doing = ""
            if self._pipeline is None:
                self._leave_if_alone(lambda alone: "there is no client, and no model is loaded")

    # --- the main thread

    def _handle(self, client: ClientSession, request: Work) -> None:
        if not client.is_open:
            return
        match request:
            case p.Load():
                self._load(client, request)
            case p.Run(round, source, saved):
                self._suited(client, round.recipe).run(
                    round, self._sender(client), lambda: client.is_cancelled(round.id), lambda: client.only(round.id),
                    source, saved,
                )  # fmt: skip
                self._rounds += 1
            case p.Decode(round, saved):
                client.send(self._suited(client, round.recipe).decode(round, saved))
            case p.Park():
                if self._pipeline is None:
                    raise EngineError("no model is loaded", "Load one first")
                client.send(self._pipeline.park())

    def _load(self, client: ClientSession, request: p.Load) -> None:
        if not (self._is_loaded(request) or self._has_new_loras(request)):
            self._load_new(client, request)
        assert self._pipeline is not None
        client.send(p.Loaded(self._pipeline.info, request.spec))
        if self._pipeline.info.device.startswith("cuda") and not self._watching:
            from seedtui.engine.diffusion.memory.gpu_memory import watch

            self._watching = True
            watch(lambda: self._pipeline.info.device if self._pipeline else None, lambda: self._client)

    def _load_new(self, client: ClientSession, request: p.Load) -> None:
        self._pipeline = self._loaded = None
        send = self._sender(client)
        send(p.Loading("libraries", 0, 0))
        from seedtui.engine.diffusion.pipeline import Pipeline

        files = _stamp(request)
        self._pipeline = Pipeline.load(request, send)
        self._loaded = request.spec, files

    def _has_new_loras(self, request: p.Load) -> bool:
        """Whether `request` differs from what is loaded only in LoRAs, and they could be exchanged."""
        if self._pipeline is None or self._loaded is None:
            return False
        (before, files), (after, now) = self._loaded, (request.spec, _stamp(request))
        if not after.lora or len(before.lora) != len(after.lora):
            return False
        if (_bare(before), files.model) != (_bare(after), now.model):
            return False
        same = at_full_weight(before.lora) == at_full_weight(after.lora) and files == now
        done = self._pipeline.reweigh(request) if same else self._pipeline.swap_loras(request)
        if done:
            self._loaded = after, now
        return done

    def _fail(self, client: ClientSession, request: Work, error: SeedtuiError) -> None:
        match request:
            case p.Load():
                self._wanted = None
                client.send(p.LoadFailed(error.problem, request.spec))
            case p.Run(round):
                client.send(p.RoundFailed(round.id, error.problem))
            case p.Decode(round):
                client.send(p.Decoded(round.id, round.shots[0].index, 0, 0, b"", error.problem.message))
            case p.Park():
                client.send(p.Parked(0, error.problem.message))

    def _in_words(self, error: Exception) -> EngineError:
        """The message for an unexpected error of Diffusers: some pipelines fail on arguments they accept."""
        what = f"{self._pipeline.info.pipeline} failed: " if self._pipeline else ""
        return EngineError(f"{what}{type(error).__name__}: {one_line(error)}", "Try another model or recipe")

    def _suited(self, client: ClientSession, recipe: Recipe) -> Pipeline:
        """The pipeline with the profile and files of `recipe`. If loading fails, it is restored without such files."""
        if self._pipeline is None:
            raise EngineError("no model is loaded", "Load one first")
        before, wanted = self._pipeline.request, self._pipeline.request_for(recipe)
        if wanted != before or ((recipe.lora or recipe.transformer) and not self._is_loaded(wanted)):
            check_files(recipe.lora)
            check_gguf_file(recipe.transformer)
            if self._has_new_loras(wanted):
                return self._pipeline
            try:
                self._load_new(client, wanted)
            except SeedtuiError:
                # The files may be gone.
                plain = msgspec.structs.replace(before.recipe or Recipe(), lora=(), transformer="")
                self._load_new(client, msgspec.structs.replace(before, recipe=plain))
                raise
        return self._pipeline

    def _sender(self, client: ClientSession) -> Callable[[p.Message], None]:
        def send(event: p.Message) -> None:
            self._last_sign = time.monotonic()
            client.send(event)

        return send

    # --- the reader of a client session

    def _listen(self, client: ClientSession) -> None:
        threading.Thread(target=self._read, args=(client,), name="reader", daemon=True).start()

    def _read(self, client: ClientSession) -> None:
        why = "its reader failed"
        try:
            why = client.read(lambda request: self._take(client, request))
        finally:
            client.close()
            print(f"client disconnected: {why}", file=sys.stderr, flush=True)
            if self._listener is None or not (self._pipeline or self._doing):
                self._leave_if_alone(lambda alone: why)

    def _take(self, client: ClientSession, request: p.Request) -> None:
        match request:
            case p.Load() if (
                self._wanted and request.spec == self._wanted.spec and self._pipeline and self._is_loaded(request)
            ):  # answer even while a previous client's last step runs
                client.send(p.Loaded(self._pipeline.info, request.spec))
            case p.Load() | p.Run() | p.Decode() | p.Park():
                if isinstance(request, p.Load):
                    self._wanted = request
                self._work.put((client, request))
            case p.CountTokens() if self._pipeline:
                client.send(self._pipeline.count_tokens(request))
            case p.Ping():
                client.send(p.Pong(time.monotonic() - self._last_sign if self._doing else 0.0))

    def _is_loaded(self, request: p.Load) -> bool:
        """Whether exactly that model is loaded, and its files have not changed."""
        return self._loaded is not None and self._loaded == (request.spec, _stamp(request))

    # --- new clients

    def _greeted(self, sock: socket.socket, pid: int, greeting: p.Greeting) -> bool:
        match greeting:
            case p.Stop():
                self._leave(0, f"process {pid} requested it")
            case p.AskStatus():
                framing.send(sock, self._status())
            case p.Join():
                with self._admitting:
                    client = self._client
                    if not client.is_open:
                        self._client = ClientSession(sock, pid)
                        self._client.send(p.Welcome(self._listener.log if self._listener else ""))
                        self._listen(self._client)
                        return True
                framing.send(sock, p.Taken(client.pid, time.monotonic() - client.since))
        return False

    def _status(self) -> p.Status:
        info, client = self._pipeline and self._pipeline.info, self._client
        seconds = time.monotonic() - (client.since if client.is_open else client.closed)
        left = self._listener.seconds_left(seconds) if self._listener and not client.is_open else 0.0
        return p.Status(
            pid=os.getpid(), version=__version__, model=info.name if info else "", dtype=info.dtype if info else "",
            device=info.device if info else "", doing=self._doing, client=client.pid if client.is_open else 0,
            seconds=seconds, left=left, rounds=self._rounds, bytes=_own_bytes(),
        )  # fmt: skip

    def _look_at_the_clock(self) -> None:
        if self._listener is not None:
            self._leave_if_alone(self._listener.time_to_leave)

    def _leave_if_alone(self, why: Callable[[float], str]) -> None:
        """Exit if there is no client and `why`, given the seconds without one, returns a reason. Blocks joining."""
        with self._admitting:
            if not self._client.is_open and (reason := why(time.monotonic() - self._client.closed)):
                self._leave(0, reason)

    def _leave(self, code: int, why: str) -> None:
        if self._listener is not None:
            self._listener.close()
        print(f"{LEAVING}{why}", file=sys.stderr, flush=True)
        os._exit(code)  # not sys.exit: other threads may be in the middle of a step


def _words(request: Work) -> str:
    return {p.Load: "loading", p.Run: "running a round", p.Decode: "decoding", p.Park: "parking"}[type(request)]


def _bare(spec: PipelineSpec) -> PipelineSpec:
    return msgspec.structs.replace(spec, lora=())


class _Files(NamedTuple):
    """The stamps of the files of a model, with its GGUF transformer, and of its LoRAs."""

    model: object
    loras: object


def _stamp(request: p.Load) -> _Files:
    recipe = request.recipe or Recipe()
    loras, gguf = recipe.lora, recipe.transformer
    model = stamp(Path(request.path)), stamp(Path(gguf)) if gguf else ()
    return _Files(model, tuple(stamp(Path(lora.path)) for lora in loras))


def _own_bytes() -> int:
    """The memory of this process in bytes, 0 if unknown."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def main() -> None:
    """``python -m seedtui.engine.worker FD [SOCKET LOG SECONDS]``: serve the socket that is open as FD.

    With the other arguments, outlive the client by SECONDS and listen at SOCKET, if no other worker does.
    """
    faulthandler.enable()
    gate_output(LogStream)  # a log is read in a terminal
    sock = socket.socket(fileno=int(sys.argv[1]))
    listener = Listener(Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])) if len(sys.argv) > 2 else None
    if listener is not None:
        os.chdir("/")  # the current directory of its first client may be unmounted meanwhile
    Worker(sock, listener).serve()
