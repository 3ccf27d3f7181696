"""The pool: one engine that consists of many. A thread of its own takes requests and news of the workers in turn."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from seedtui.core.errors import Problem, one_line
from seedtui.engine.client.connection import open_log
from seedtui.engine.pool.dispatcher import Dispatcher
from seedtui.engine.pool.lane import LaneSpec
from seedtui.engine.pool.roster import News, Roster, Start, WorkerSaid, WorkerStarted
from seedtui.engine.pool.workers import Where, Workers
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import AddWorker, ChangeWorker, PoolChanged

TICK = 0.25
"""Seconds after which the pool looks at the clock."""

EVERY = 0.5
"""Seconds between two `PoolChanged`."""


class Pool:
    """Workers of `specs`, started by `start`; `where` says what a worker is that is added later. See `Engine`.

    `mixed`: a round may be spread over workers of several classes. `keep_alive` is for workers on other machines, in
    minutes. `lives_on` is as in `Workers`. `at_end` is called once the workers are told to end. A bug of the pool
    itself is written to `log`.
    """

    def __init__(
        self, specs: Sequence[LaneSpec], start: Start, where: Where, log: Path, *, mixed: bool = False,
        keep_alive: float = 0.0, lives_on: bool = False, at_end: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._log, self._clock, self._at_end, self._mixed = log, clock, at_end, mixed
        self._inbox: queue.SimpleQueue[p.Request | News] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[p.Event | None] = queue.SimpleQueue()
        self._closed = False
        self._roster = Roster(start, self._inbox.put)
        self._rounds = Dispatcher(self._tell, clock, mixed=mixed)
        self._workers = Workers(self._roster, where, self._tell, self._rounds, keep_alive, clock, lives_on=lives_on)
        self._rounds.workers = self._workers
        self._shown: PoolChanged | None = None
        self._next_show = 0.0
        for spec in specs:
            self._workers.add(spec)
        threading.Thread(target=self._serve, name="pool", daemon=True).start()

    def send(self, request: p.Request) -> None:
        self._inbox.put(request)

    def events(self) -> Iterator[p.Event]:
        while (event := self._outbox.get()) is not None:
            yield event

    def close(self) -> None:
        self._end(kill=False)

    def kill(self) -> None:
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if not self._closed:
            self._closed = True
            self._roster.close(kill=kill)
            self._at_end()
            self._outbox.put(None)

    def _serve(self) -> None:
        try:
            while not self._closed:
                with contextlib.suppress(queue.Empty):
                    self._handle(self._inbox.get(timeout=TICK))
                self._workers.look_at_the_clock()
                self._rounds.assign()
                self._show()
                if self._workers.is_dead:
                    self._end(kill=True)
        except Exception as error:  # a bug: the app must not wait for ever
            self._tell(p.WorkerDied(self._bug(error)))
            self._end(kill=True)

    def _bug(self, error: Exception) -> Problem:
        words = f"{type(error).__name__}: {one_line(error)}".removesuffix(": ")
        try:
            with open_log(self._log) as log:
                log.write("".join(traceback.format_exception(error)).encode())
        except OSError:
            return Problem("engine", f"the pool failed: {words}")
        return Problem("engine", f"the pool failed: {words}", f"See its log: {one_line(self._log)}")

    def _tell(self, event: p.Event) -> None:
        if not self._closed:
            self._outbox.put(event)

    def _handle(self, item: p.Request | News) -> None:
        match item:
            case WorkerStarted(key, engine):
                if lane := self._workers.find(key):
                    self._workers.started(lane, engine)
            case WorkerSaid(key, event):
                if lane := self._workers.find(key):
                    lane.heard = self._clock()
                    if not self._rounds.said(lane, event):
                        self._workers.said(lane, event)
            case p.Load():
                self._workers.load(item)
            case p.Run():
                self._rounds.run(item)
            case p.Cancel(round_id):
                self._rounds.cancel(round_id)
            case p.Finish(round_id, index):
                self._rounds.finish(round_id, index)
            case p.Decode():
                self._rounds.decode(item)
            case p.Park():
                self._rounds.park()
            case p.CountTokens():
                for lane in self._workers.loaded[:1]:
                    self._workers.send(lane, item)
            case AddWorker(where):
                self._workers.add_at(where)
            case ChangeWorker():
                self._workers.change(item)

    def _show(self) -> None:
        now = self._clock()
        if now < self._next_show:
            return
        changed = PoolChanged(self._workers.views(mixed=self._mixed), self._rounds.waiting)
        if changed != self._shown:
            self._shown, self._next_show = changed, now + EVERY
            self._tell(changed)
