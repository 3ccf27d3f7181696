"""What is going on, as the status line shows it."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE = 60.0
"""Seconds without a step after which a restart of the worker is offered; a large model on a CPU may need more."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What is going on, for the status line. A `total` of 0 means that there is nothing to measure.

    `quiet`: for how many seconds a responding worker has made no step; 0 while that is not worth mentioning.
    """

    words: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    busy: bool = False
    quiet: float = 0.0

    @property
    def stuck(self) -> bool:
        """It has been quiet for so long that the user may lose patience."""
        return self.quiet >= PATIENCE

    @property
    def rate(self) -> float:
        """Steps a second so far."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at this rate, None while unknown."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None
