"""The order in which rounds wait for the worker, as a frozen value.

They wait in the app and are sent one at a time, so that they can change places until their turn comes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """The ids of the waiting rounds, the next one first."""

    ids: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def next(self) -> str:
        """The id of the next round, "" if nothing waits."""
        return self.ids[0] if self.ids else ""

    def place(self, round_id: str) -> int:
        """Its place from 1, 0 if it does not wait."""
        return self.ids.index(round_id) + 1 if round_id in self.ids else 0

    def add(self, round_id: str, *, first: bool = False) -> Queue:
        """The queue with `round_id` at the end, or at the front; one that is already in it keeps its place."""
        if round_id in self.ids:
            return self
        return Queue((round_id, *self.ids) if first else (*self.ids, round_id))

    def without(self, round_id: str) -> Queue:
        """The queue without that round."""
        return Queue(tuple(i for i in self.ids if i != round_id)) if round_id in self.ids else self

    def moved(self, round_id: str, step: int) -> Queue:
        """The queue with `round_id` moved `step` places back (forward if negative), at most to its ends."""
        if round_id not in self.ids:
            return self
        others = [i for i in self.ids if i != round_id]
        others.insert(max(0, self.ids.index(round_id) + step), round_id)
        return Queue(tuple(others)) if tuple(others) != self.ids else self
