"""The lineage: the tree of rounds, in which a refine round is a child of the round its pick is from."""

from __future__ import annotations

from functools import cached_property

import msgspec

from seedtui.core.rounds.rounds import Round


class Lineage(msgspec.Struct, frozen=True, dict=True):
    """Rounds in the order they were run. Immutable: `add` returns a new lineage."""

    rounds: tuple[Round, ...] = ()

    def add(self, round_: Round) -> Lineage:
        """The lineage with `round_` as the newest round."""
        return Lineage((*self.rounds, round_))

    def with_round(self, round_: Round) -> Lineage:
        """The lineage with `round_` in place of the round that has its id."""
        return Lineage(tuple(round_ if r.id == round_.id else r for r in self.rounds))

    def get(self, round_id: str) -> Round | None:
        """The round with that id, None if it is not here."""
        place = self._places.get(round_id)
        return None if place is None else self.rounds[place]

    def parent(self, round_: Round) -> Round | None:
        """The round that `round_` was picked from, None for a root."""
        return self._parents.get(round_.id)

    def children(self, round_: Round | None) -> tuple[Round, ...]:
        """Rounds picked from `round_`; the roots for None. A round whose parent is not here is a root."""
        return tuple(self._children.get(round_.id if round_ else None, ()))

    def descendants(self, round_: Round) -> tuple[Round, ...]:
        """`round_` and all rounds made from it, in the order they were run."""
        found = {round_.id}
        waiting = [round_]
        while waiting:
            below = self.children(waiting.pop())
            found.update(r.id for r in below)
            waiting += below
        return tuple(r for r in self.rounds if r.id in found)

    def beside(self, round_: Round, step: int) -> Round | None:
        """The round `step` places later (earlier if negative) in the order they were run, None past an end."""
        place = self._places[round_.id] + step
        return self.rounds[place] if 0 <= place < len(self.rounds) else None

    @cached_property
    def _places(self) -> dict[str, int]:
        """The index of each round by its id; the first one if an id occurs twice."""
        return {r.id: i for i, r in reversed(tuple(enumerate(self.rounds)))}

    @cached_property
    def _parents(self) -> dict[str, Round | None]:
        """The parent of each round by its id.

        If rounds name each other in a cycle, as in a damaged file, one of them becomes a root: the lineage is always
        a tree.
        """
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
        """The rounds picked from each round, by its id, so that a tree of 10,000 rounds is walked quickly."""
        children: dict[str | None, list[Round]] = {}
        for round_ in self.rounds:
            parent = self.parent(round_)
            children.setdefault(parent.id if parent else None, []).append(round_)
        return children
