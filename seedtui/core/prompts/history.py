"""Walking through earlier prompts, as a shell does with Up and Down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class HistoryWalk:
    """Where a walk is: `found` are the prompts to walk through, newest first, and `place` is the current one.

    Place -1 is `draft`, the text in which the walk began: it comes back at the bottom.
    """

    draft: str
    found: tuple[str, ...]
    place: int = -1

    @property
    def text(self) -> str:
        """The text at this place."""
        return self.found[self.place] if self.place >= 0 else self.draft

    def step(self, older: int) -> HistoryWalk:
        """The walk `older` places further, newer if negative; it stops at both ends."""
        return replace(self, place=max(-1, min(self.place + older, len(self.found) - 1)))


def begin_walk(prompts: Sequence[str], draft: str, typed: str) -> HistoryWalk:
    """A walk from `draft` through the distinct `prompts`, newest first, that contain `typed`, ignoring case."""
    words = typed.casefold()
    found = (prompt for prompt in dict.fromkeys(prompts) if words in prompt.casefold() and prompt != draft)
    return HistoryWalk(draft, tuple(found))
