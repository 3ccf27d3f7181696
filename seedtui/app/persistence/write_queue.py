"""What is still to be asked of the library, in order; and what failed, which waits without stopping the rest.

A job goes before another only where it must: a round is journaled before anything of it is written, and its end is
written after its images, or a round that lacks one would pass for done. Of jobs with one key only the newest counts.
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
    """`work` for the library, about `round_id` (empty if it is about none). `index` tells jobs of one kind apart.

    `after` is called once, when it has been tried: done, or kept to be tried again. A job that is not `lasting`
    is a question: it is never tried again.
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
    """Filled from any thread, worked off by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str, int], WriteJob] = {}
        self._failed: dict[tuple[str, str, int], WriteJob] = {}
        self._at: WriteJob | None = None
        self._why: Problem | None = None

    def put(self, job: WriteJob) -> None:
        """At the end, in place of an older one of its key: of ten moves of the pick the last is written."""
        with self._lock:
            self._forget(job.key)
            if job.kind == BEGIN:
                self._forget((END, job.round_id, -1))  # the round runs once more
            self._waiting[job.key] = job

    def again(self) -> None:
        """What failed is tried again, before all else."""
        with self._lock:
            self._waiting = self._failed | self._waiting
            self._failed = {}

    def work_off(self, library: Callable[[], Library], failed: Callable[[Problem], object]) -> None:
        """Do what waits. Jobs that fail are kept, and `failed` gets the reason."""
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
        """The rounds of which something waits, is being written, or could not be."""
        with self._lock:
            jobs = (*self._waiting.values(), *self._failed.values(), *([self._at] if self._at else []))
            return frozenset(job.round_id for job in jobs)

    @property
    def pictures(self) -> int:
        """How many images are in memory alone."""
        with self._lock:
            return sum(job.kind == IMAGE for job in self._failed.values())

    def _next(self) -> WriteJob | None:
        with self._lock:
            key = next(iter(self._waiting), None)
            self._at = self._waiting.pop(key) if key else None
            return self._at

    def _is_held(self, job: WriteJob) -> bool:
        """Whether something that must go before it has failed."""
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
