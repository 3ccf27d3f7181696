"""The lineage: the tree that rounds form, each refine round hanging from the image that was picked."""

from __future__ import annotations

from functools import cached_property

import msgspec

from seedtui.core.rounds.rounds import Round


class Lineage(msgspec.Struct, frozen=True, dict=True):
    """Rounds in the order they were run. A value: `add` gives a new one."""

    rounds: tuple[Round, ...] = ()

    def add(self, round_: Round) -> Lineage:
        """The lineage with `round_` as the newest."""
        return Lineage((*self.rounds, round_))

    def get(self, round_id: str) -> Round | None:
        """The round of that id, None if it is not here."""
        place = self._places.get(round_id)
        return None if place is None else self.rounds[place]

    def parent(self, round_: Round) -> Round | None:
        """The round that `round_` was picked from, None at a root."""
        return self._parents.get(round_.id)

    def children(self, round_: Round | None) -> tuple[Round, ...]:
        """Rounds picked from `round_`; the roots for None. A round whose parent is not here is a root."""
        return tuple(self._children.get(round_.id if round_ else None, ()))

    def beside(self, round_: Round, step: int) -> Round | None:
        """The round `step` places later (earlier if negative) in the order they were run, None past an end."""
        place = self._places[round_.id] + step
        return self.rounds[place] if 0 <= place < len(self.rounds) else None

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place of each round by its id, the first one's if an id is there twice."""
        return {r.id: i for i, r in reversed(tuple(enumerate(self.rounds)))}

    @cached_property
    def _parents(self) -> dict[str, Round | None]:
        """The parent of each round by its id. Where rounds name each other in a circle, as broken files may, one
        of them is made a root, so that the lineage is a tree in any case."""
        parents: dict[str, Round | None] = {}
        for round_ in self.rounds:
            line: dict[str, Round | None] = {}
            at: Round | None = round_
            while at and at.id not in parents and at.id not in line:
                line[at.id] = self.get(at.parent.round_id) if at.parent else None
                at = line[at.id]
            if at and at.id in line:
                line[at.id] = None
            parents |= line
        return parents

    @cached_property
    def _children(self) -> dict[str | None, list[Round]]:
        """The rounds picked from each, by its id, so that a tree of 10,000 is walked at once."""
        children: dict[str | None, list[Round]] = {}
        for round_ in self.rounds:
            parent = self.parent(round_)
            children.setdefault(parent.id if parent else None, []).append(round_)
        return children
