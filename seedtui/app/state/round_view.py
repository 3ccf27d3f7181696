"""A round as the grid shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from seedtui.app.state.job import ImageRef
from seedtui.app.state.outcome import outcome_of, outcome_of_scout
from seedtui.core.errors import Problem
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round

Status = Literal["waiting", "running", "done", "cancelled", "failed", "unfinished"]
"""`unfinished`: the app ended before the round did, as the library shows."""


@dataclass(frozen=True)
class RoundView:
    """A round as the grid shows it.

    `records` has one entry per shot, None until its image is there. `stored` are the indexes of images that are only
    on disk, since the session was opened or since they went out of view: their records are read when needed. `end`
    says how the round was stopped, if it was, and `problem` why it failed. `created` is when it was requested, in
    seconds since 1970, and `seconds` how long its last run took; 0 if that is not known. That run made `asked` images,
    0 for all, and the share `replayed` of its steps had been saved by a scout round. `deleted` images keep their
    records and their `stars`, for when they come back. On a sheet, images are `seen` and `rejected`; those with a star
    are kept.
    """

    round: Round
    records: tuple[ImageRecord | None, ...]
    pick: int = 0
    status: Status = "waiting"
    stored: frozenset[int] = frozenset()
    end: str = ""
    stars: frozenset[int] = frozenset()
    problem: Problem | None = None
    seconds: float = 0.0
    created: float = 0.0
    deleted: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()
    asked: int = 0
    replayed: float = 0.0

    @property
    def images(self) -> tuple[ImageRef, ...]:
        """All its images that are not deleted, whether they exist or not."""
        return tuple((self.round.id, index) for index in range(len(self.records)) if index not in self.deleted)

    @property
    def starred(self) -> frozenset[int]:
        """The indexes of the images with a star that are not deleted."""
        return self.stars - self.deleted if self.deleted else self.stars

    @property
    def picked(self) -> ImageRecord | None:
        """The record of the picked image, None while it is not there."""
        return self.records[self.pick]

    @property
    def prompt(self) -> str:
        """The prompt of the pick without its suffix."""
        return self.round.shots[self.pick].prompt or self.round.prompt

    @property
    def picked_prompt(self) -> str:
        """The whole prompt of the picked image, which refining starts from."""
        return self.round.full_prompt(self.round.shots[self.pick])

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """The indexes of the existing images that are not deleted."""
        return tuple(i for i in self._made if i not in self.deleted)

    @property
    def _made(self) -> tuple[int, ...]:
        return tuple(i for i, record in enumerate(self.records) if record or i in self.stored)

    def may_have(self, index: int) -> bool:
        """Whether that image exists, or is still to come."""
        return self.has(index) or self.status in ("waiting", "running")

    def has(self, index: int) -> bool:
        """Whether that image exists, and is not deleted."""
        return (self.records[index] is not None or index in self.stored) and index not in self.deleted

    @property
    def forgotten(self) -> RoundView:
        """The same without its records, as when opened from disk."""
        return replace(self, records=(None,) * len(self.records), stored=frozenset(self._made))

    def words(self, index: int) -> str:
        """What is known about that image; if it is missing, why. Nothing of one that is deleted."""
        if index in self.deleted:
            return ""
        record = self.records[index]
        if record:
            return " · ".join(record.notes)
        why = "its file is gone" if self.status == "done" else self.end or self.status
        return why if self.stopped and index not in self.stored else ""

    @property
    def outcome(self) -> str:
        """How the round ended, for the status line; "" if that is not known."""
        if self.status == "done" and self.seconds:
            count = self.asked or len(self.records)
            if self.round.kind == "scout":
                return outcome_of_scout(count, self.seconds, next(filter(None, self.records), None))
            return outcome_of(count, self.seconds, self.replayed)
        return self.end if self.stopped else ""

    @property
    def stopped(self) -> bool:
        """The round ended before all its images were made, or lost some since, and can be run again."""
        return self.status in ("cancelled", "failed", "unfinished") or self.lacks_files

    @property
    def lacks_files(self) -> bool:
        """The round was done, but some of its files are missing."""
        return self.status == "done" and len(self.deleted.union(self.kept)) < len(self.records)
