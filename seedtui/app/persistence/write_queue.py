"""Pending library jobs in order, and failed ones, which wait without blocking the rest.

A job precedes another only where it must: a round is journaled before anything of it is written, and its end is
written after its images, or a round that lacks one would pass for done. Of jobs with one key, only the newest counts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedtui.core.errors import Problem, SeedtuiError

if TYPE_CHECKING:
    from seedtui.library.library import Library

BEGIN, IMAGE, END = "begin", "image", "end"


@dataclass(frozen=True, slots=True, eq=False)
class WriteJob:
    """`work` for the library, about `round_id` (empty if it is about none). `index` distinguishes jobs of one kind.

    `after` is called once, after the first try, whether it succeeded or will be retried. A job that is not `lasting`
    is a query: it is never retried.
    """

    kind: str
    round_id: str
    work: Callable[[Library], object]
    after: Callable[[], object] = lambda: None
    index: int = -1
    lasting: bool = True

    @property
    def key(self) -> tuple[str, str, int]:
        return self.kind, self.round_id, self.index


class WriteQueue:
    """Filled from any thread, emptied by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str, int], WriteJob] = {}
        self._failed: dict[tuple[str, str, int], WriteJob] = {}
        self._at: WriteJob | None = None
        self._why: Problem | None = None

    def put(self, job: WriteJob) -> None:
        """Add a job at the end, replacing one with its key: of ten moves of the pick, only the last is written."""
        with self._lock:
            self._forget(job.key)
            if job.kind == BEGIN:
                self._forget((END, job.round_id, -1))  # the round runs once more
            self._waiting[job.key] = job

    def again(self) -> None:
        """Retry what failed, before everything else."""
        with self._lock:
            self._waiting = self._failed | self._waiting
            self._failed = {}

    def work_off(self, library: Callable[[], Library], failed: Callable[[Problem], object]) -> None:
        """Run the pending jobs. Those that fail are kept, and `failed` gets the reason."""
        while job := self._next():
            try:
                if not self._is_held(job):
                    job.work(library())
                elif self._why is not None:
                    self._fail(job)
                    failed(self._why)
            except SeedtuiError as error:
                self._fail(job)
                self._why = error.problem
                failed(error.problem)
            job.after()

    @property
    def unwritten(self) -> frozenset[str]:
        """The rounds with something pending, being written, or failed."""
        with self._lock:
            jobs = (*self._waiting.values(), *self._failed.values(), *([self._at] if self._at else []))
            return frozenset(job.round_id for job in jobs)

    @property
    def pictures(self) -> int:
        """How many images are only in memory."""
        with self._lock:
            return sum(job.kind == IMAGE for job in self._failed.values())

    def _next(self) -> WriteJob | None:
        with self._lock:
            key = next(iter(self._waiting), None)
            self._at = self._waiting.pop(key) if key else None
            return self._at

    def _is_held(self, job: WriteJob) -> bool:
        """Whether something that must precede it has failed."""
        with self._lock:
            before = [kind for kind, round_id, _ in self._failed if round_id == job.round_id and round_id]
        return BEGIN in before or (job.kind == END and IMAGE in before)

    def _fail(self, job: WriteJob) -> None:
        with self._lock:
            if job.lasting and job.key not in self._waiting:
                self._failed[job.key] = job

    def _forget(self, key: tuple[str, str, int]) -> None:
        self._waiting.pop(key, None)
        self._failed.pop(key, None)
