"""The worker: a process that holds one pipeline, answers requests, and keeps no state of any session.

The main thread loads and runs. A reader thread takes the client's requests off the socket and answers at once what
can be answered meanwhile: cancel, token counts, a ping. The process ends with its client, in the middle of a step if
need be; with a `Listener` it keeps the pipeline for the next client, for a while.
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
from typing import TYPE_CHECKING

import msgspec

from seedtui import __version__
from seedtui.core.errors import EngineError, SeedtuiError, one_line
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.gated_stream import gate_output
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.exit_codes import DEVICE_FAILED, LEAVING, is_device_failure
from seedtui.engine.wire.fingerprint import stamp
from seedtui.engine.worker.client_session import ClientSession
from seedtui.engine.worker.listener import Listener
from seedtui.models.lora_files import check_files

if TYPE_CHECKING:
    from seedtui.engine.diffusion.pipeline import Pipeline

Work = p.Load | p.Run | p.Park


class Worker:
    """Serves one client at a time, the first over `sock`."""

    def __init__(self, sock: socket.socket, listener: Listener | None = None) -> None:
        self._listener = listener
        self._line = ClientSession(sock, os.getppid())
        self._admitting = threading.Lock()
        self._work: queue.SimpleQueue[tuple[ClientSession, Work]] = queue.SimpleQueue()
        self._pipeline: Pipeline | None = None
        self._loaded: tuple[p.Load, object] | None = None
        self._wanted: p.Load | None = None
        self._doing = ""
        self._last_sign = time.monotonic()
        self._rounds = 0
        self._watching = False

    def serve(self) -> None:
        """Answer requests until the last client is gone, and the time in which another may come is over."""
        self._listen(self._line)
        if self._listener is not None:
            self._listener.open(self._knocked, self._look_at_the_clock)
        while True:
            line, request = self._work.get()
            self._doing, self._last_sign = _words(request), time.monotonic()
            try:
                self._handle(line, request)
            except SeedtuiError as error:
                self._fail(line, request, error)
            except Exception as error:  # whatever a pipeline raises: told to the client, the worker goes on
                traceback.print_exc()
                if is_device_failure(error):
                    self._leave(DEVICE_FAILED, f"{type(error).__name__}: {one_line(error)}")
                self._fail(line, request, self._in_words(error))
            self._doing = ""
            if self._pipeline is None:
                self._leave_if_alone(lambda alone: "nobody is here, and nothing is loaded")

    # --- the main thread

    def _handle(self, line: ClientSession, request: Work) -> None:
        if not line.is_open:
            return
        match request:
            case p.Load():
                self._load(line, request)
            case p.Run(round):
                self._suited(line, round.recipe).run(
                    round, self._picture_writer(line), lambda: line.is_cancelled(round.id), lambda: line.only(round.id)
                )
                self._rounds += 1
            case p.Park():
                if self._pipeline is None:
                    raise EngineError("no model is loaded", "Load one first")
                line.send(self._pipeline.park())

    def _load(self, line: ClientSession, request: p.Load) -> None:
        if self._pipeline is None or not self._is_loaded(request):
            self._load_new(line, request)
        assert self._pipeline is not None
        line.send(p.Loaded(self._pipeline.info))
        if self._pipeline.info.device.startswith("cuda") and not self._watching:
            from seedtui.engine.diffusion.gpu_memory import watch

            self._watching = True
            watch(lambda: self._pipeline.info.device if self._pipeline else None, lambda: self._line)

    def _load_new(self, line: ClientSession, request: p.Load) -> None:
        self._pipeline = self._loaded = None
        send = self._picture_writer(line)
        send(p.Loading("libraries", 0, 0))
        from seedtui.engine.diffusion.pipeline import Pipeline

        files = _stamp(request)
        self._pipeline = Pipeline.load(request, send)
        self._loaded = request.model, files

    def _fail(self, line: ClientSession, request: Work, error: SeedtuiError) -> None:
        match request:
            case p.Load():
                self._wanted = None
                line.send(p.LoadFailed(error.problem))
            case p.Run(round):
                line.send(p.RoundFailed(round.id, error.problem))
            case p.Park():
                line.send(p.Parked(0, error.problem.message))

    def _in_words(self, error: Exception) -> EngineError:
        """What to say of an error that Diffusers raised, not we: some pipelines do not do what they take."""
        what = f"{self._pipeline.info.pipeline} failed: " if self._pipeline else ""
        return EngineError(f"{what}{type(error).__name__}: {one_line(error)}", "Try another model or recipe")

    def _suited(self, line: ClientSession, recipe: Recipe) -> Pipeline:
        """The pipeline with the profile and the LoRAs of `recipe`; after a failure the model is back, without LoRAs."""
        if self._pipeline is None:
            raise EngineError("no model is loaded", "Load one first")
        before, wanted = self._pipeline.request, self._pipeline.request_for(recipe)
        if wanted != before or (recipe.lora and not self._is_loaded(wanted)):
            check_files(recipe.lora)
            try:
                self._load_new(line, wanted)
            except SeedtuiError:
                bare = msgspec.structs.replace(before.recipe or Recipe(), lora=())  # a file of theirs may be gone
                self._load_new(line, msgspec.structs.replace(before, recipe=bare))
                raise
        return self._pipeline

    def _picture_writer(self, line: ClientSession) -> Callable[[p.Message], None]:
        def send(event: p.Message) -> None:
            self._last_sign = time.monotonic()
            line.send(event)

        return send

    # --- the reader of a line

    def _listen(self, line: ClientSession) -> None:
        threading.Thread(target=self._read, args=(line,), name="reader", daemon=True).start()

    def _read(self, line: ClientSession) -> None:
        why = "its reader failed"
        try:
            why = line.read(lambda request: self._take(line, request))
        finally:
            line.close()
            print(f"a client is let go: {why}", file=sys.stderr, flush=True)
            if self._listener is None or not (self._pipeline or self._doing):
                self._leave_if_alone(lambda alone: why)

    def _take(self, line: ClientSession, request: p.Request) -> None:
        match request:
            case p.Load() if (
                self._wanted and request.model == self._wanted.model and self._pipeline and self._is_loaded(request)
            ):
                line.send(p.Loaded(self._pipeline.info))  # at once, even while a former client's last step goes on
            case p.Load() | p.Run() | p.Park():
                if isinstance(request, p.Load):
                    self._wanted = request
                self._work.put((line, request))
            case p.CountTokens(ticket, prompts) if self._pipeline:
                counts, limit = self._pipeline.count_tokens(prompts)
                line.send(p.Tokens(ticket, counts, limit))
            case p.Ping():
                line.send(p.Pong(time.monotonic() - self._last_sign if self._doing else 0.0))

    def _is_last_wanted(self, request: p.Load) -> bool:
        return self._wanted is not None and self._wanted.model == request.model

    def _is_loaded(self, request: p.Load) -> bool:
        """Whether that very model is loaded, and its files are as they were."""
        return self._loaded is not None and self._loaded == (request.model, _stamp(request))

    # --- the door

    def _knocked(self, sock: socket.socket, pid: int, knock: p.Knock) -> bool:
        match knock:
            case p.Stop():
                self._leave(0, f"the process {pid} asked for it")
            case p.AskStatus():
                framing.send(sock, self._status())
            case p.Join():
                with self._admitting:
                    line = self._line
                    if not line.is_open:
                        self._line = ClientSession(sock, pid)
                        self._line.send(p.Welcome(self._listener.log if self._listener else ""))
                        self._listen(self._line)
                        return True
                framing.send(sock, p.Taken(line.pid, time.monotonic() - line.since))
        return False

    def _status(self) -> p.Status:
        info, line = self._pipeline and self._pipeline.info, self._line
        seconds = time.monotonic() - (line.since if line.is_open else line.closed)
        return p.Status(
            pid=os.getpid(), version=__version__, model=info.name if info else "", dtype=info.dtype if info else "",
            device=info.device if info else "", doing=self._doing, client=line.pid if line.is_open else 0,
            seconds=seconds, left=self._listener.seconds_left(seconds) if self._listener and not line.is_open else 0.0,
            rounds=self._rounds, bytes=_own_bytes(),
        )  # fmt: skip

    def _look_at_the_clock(self) -> None:
        if self._listener is not None:
            self._leave_if_alone(self._listener.time_to_leave)

    def _leave_if_alone(self, why: Callable[[float], str]) -> None:
        """End if there is no client, and `why`, told for how many seconds, has a reason. Nobody joins meanwhile."""
        with self._admitting:
            if not self._line.is_open and (reason := why(time.monotonic() - self._line.closed)):
                self._leave(0, reason)

    def _leave(self, code: int, why: str) -> None:
        if self._listener is not None:
            self._listener.close()
        print(f"{LEAVING}{why}", file=sys.stderr, flush=True)
        os._exit(code)  # not sys.exit: other threads may be deep inside a step


def _words(request: Work) -> str:
    return {p.Load: "loading", p.Run: "running a round", p.Park: "parking"}[type(request)]


def _stamp(request: p.Load) -> tuple[tuple[str, int, int], ...]:
    """Of the files of the model and of its LoRAs."""
    loras = request.recipe.lora if request.recipe else ()
    return tuple(file for path in (request.path, *(lora.path for lora in loras)) for file in stamp(Path(path)))


def _own_bytes() -> int:
    """The memory of this process, 0 where it is not told."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def main() -> None:
    """``python -m seedtui.engine.worker FD [SOCKET LOG SECONDS]``: serve the socket that is open as FD.

    With the rest, outlive the client by SECONDS, to be found at SOCKET, if no other worker is there.
    """
    faulthandler.enable()
    gate_output()  # a log is read in a terminal
    sock = socket.socket(fileno=int(sys.argv[1]))
    listener = Listener(Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])) if len(sys.argv) > 2 else None
    if listener is not None:
        os.chdir("/")  # the folder that its first client stood in may be unmounted meanwhile
    Worker(sock, listener).serve()
