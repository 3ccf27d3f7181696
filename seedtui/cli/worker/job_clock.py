"""How far a job of several parts is, and how long the rest will take. Pure."""

from __future__ import annotations


class JobClock:
    """A job of `work`, in steps or another measure. Its parts begin and end one after the other."""

    def __init__(self, work: float) -> None:
        self._work = work
        self._done = self._part = self._share = 0.0
        self._before = self._seconds = 0.0

    def begin_part(self, work: float) -> None:
        """The part before is done; so much of the work comes next."""
        self._done += self._part
        self._before += self._seconds
        self._part, self._share, self._seconds = work, 0.0, 0.0

    def drop(self, work: float) -> None:
        """So much of the work need not be done."""
        self._work -= work

    def at(self, share: float, seconds: float) -> None:
        """The part has taken `seconds` for this `share` of it, 0 to 1."""
        self._share, self._seconds = share, seconds

    @property
    def share(self) -> float:
        """How much of the job is done, 0 to 1."""
        return min(self._now / self._work, 1.0) if self._work else 1.0

    @property
    def left(self) -> float | None:
        """Seconds for the rest at the pace so far; None before the first step."""
        spent = self._before + self._seconds
        return spent * max(self._work - self._now, 0.0) / self._now if self._now and spent else None

    @property
    def _now(self) -> float:
        return self._done + self._part * self._share
