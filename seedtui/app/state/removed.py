"""What was deleted and can be brought back."""

from __future__ import annotations

from dataclasses import dataclass

from seedtui.app.state.job import ImageRef
from seedtui.app.state.round_view import RoundView


@dataclass(frozen=True, slots=True)
class RemovedRounds:
    """Deleted rounds, each with its place among all, and the round that was shown."""

    rounds: tuple[tuple[int, RoundView], ...]
    shown: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(round_view.round.id for _, round_view in self.rounds)


@dataclass(frozen=True, slots=True)
class RemovedImages:
    """Deleted images, and the round that was shown."""

    images: tuple[ImageRef, ...]
    shown: str


Removed = RemovedRounds | RemovedImages
