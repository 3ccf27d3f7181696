"""The order in which rounds wait for the worker, as a frozen value.

They wait in the app and are sent one at a time, so that they can change places until their turn comes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """The ids of the rounds that wait, the next one first."""

    ids: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def next(self) -> str:
        """The id whose turn it is, "" if nothing waits."""
        return self.ids[0] if self.ids else ""

    def place(self, round_id: str) -> int:
        """Its place from 1, 0 if it does not wait."""
        return self.ids.index(round_id) + 1 if round_id in self.ids else 0

    def add(self, round_id: str, *, first: bool = False) -> Queue:
        """`round_id` at the end, or at the front; one that waits already keeps its place."""
        if round_id in self.ids:
            return self
        return Queue((round_id, *self.ids) if first else (*self.ids, round_id))

    def without(self, round_id: str) -> Queue:
        """The others, in their order."""
        return Queue(tuple(i for i in self.ids if i != round_id)) if round_id in self.ids else self

    def moved(self, round_id: str, step: int) -> Queue:
        """`round_id` `step` places later (earlier if negative), at the end or the front if that is too far."""
        if round_id not in self.ids:
            return self
        others = [i for i in self.ids if i != round_id]
        others.insert(max(0, self.ids.index(round_id) + step), round_id)
        return Queue(tuple(others)) if tuple(others) != self.ids else self
