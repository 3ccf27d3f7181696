"""The lineage as the rows of a tree: which round is in which row, and the lines that lead to it.

It grows by one round at a time, so a new round in a session of 10,000 costs no more than its own row.
"""

from __future__ import annotations

from collections.abc import Hashable

from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.ui.widgets.row_words import alike


class TreeRows:
    """Rows of rounds by id, each refine round below the one it was picked from, always unfolded."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.built = 0
        """How many rounds have been put into rows so far; for tests."""
        self._lineage = Lineage()
        self._above: dict[str, str] = {}
        self._below: dict[str, list[str]] = {}
        self._rounds: dict[str, Round] = {}
        self._root_before: dict[str, str] = {}
        self._last_root = ""
        self._alike: dict[Hashable, int] = {}
        self._numbers: dict[str, int] = {}

    def follow(self, lineage: Lineage) -> bool:
        """Update to the rows of `lineage`; whether any changed. One more round is appended; anything else rebuilds."""
        if lineage is self._lineage:
            return False
        before, now = self._lineage.rounds, lineage.rounds
        self._lineage = lineage
        if len(now) == len(before) + 1 and (not before or (now[0] is before[0] and now[-2] is before[-1])):
            self._add(now[-1].id)
        else:
            self._build()
        return True

    def row_of(self, round_id: str) -> int | None:
        """The row of that round, None if it is not in the tree."""
        return self.rows.index(round_id) if round_id in self._above else None

    def has_below(self, round_id: str) -> bool:
        """Whether rounds were made from that one."""
        return round_id in self._below

    def before(self, round_id: str) -> Round | None:
        """The round that a row differs from: the parent, or for a root the root before it."""
        return self._rounds.get(self._above[round_id] or self._root_before[round_id])

    def number(self, round_id: str) -> int:
        """The number of the round among those of the same parent that read the same."""
        return self._numbers.get(round_id, 1)

    def lines(self, round_id: str, deepest: int = 6) -> str:
        """What is drawn before a round: ``│ └─``; beyond `deepest` levels, the nearest ones after a ``…``."""
        drawn: list[str] = []
        at = round_id
        while above := self._above[at]:
            if len(drawn) == deepest:
                drawn.append("…")
                break
            last = self._below[above][-1] == at
            drawn.append(("└─" if last else "├─") if at == round_id else ("  " if last else "│ "))
            at = above
        return "".join(reversed(drawn))

    def _add(self, round_id: str) -> None:
        round_ = self._lineage.rounds[-1]
        above = round_.parent.round_id if round_.parent and round_.parent.round_id in self._above else ""
        last = above
        while last in self._below:
            last = self._below[last][-1]
        self.rows.insert(self.rows.index(last) + 1 if last else len(self.rows), round_id)
        self._hang(round_, above)

    def _build(self) -> None:
        lineage = self._lineage
        self.rows, self._above, self._below = [], {}, {}
        self._rounds, self._root_before, self._last_root = {}, {}, ""
        self._alike, self._numbers = {}, {}
        above: dict[str, str] = {}
        for round_ in lineage.rounds:
            parent = round_.parent.round_id if round_.parent else ""
            above[round_.id] = parent if parent in above else ""
        if any(r.parent and not above[r.id] and r.parent.round_id in above for r in lineage.rounds):
            # a parent may come after its child, as after a rebuild; the lineage handles that, but slowly
            parents = [(r.id, lineage.parent(r)) for r in lineage.rounds]
            above = {id_: parent.id if parent else "" for id_, parent in parents}
        for round_ in lineage.rounds:
            self._hang(round_, above[round_.id])
        waiting = [id_ for id_ in reversed(above) if not above[id_]]
        while waiting:
            self.rows.append(round_id := waiting.pop())
            if round_id in self._below:
                waiting += reversed(self._below[round_id])

    def _hang(self, round_: Round, above: str) -> None:
        self.built += 1
        self._above[round_.id] = above
        if above:
            self._below.setdefault(above, []).append(round_.id)
        else:
            self._root_before[round_.id], self._last_root = self._last_root, round_.id
        self._rounds[round_.id] = round_
        key = above, alike(round_)
        self._alike[key] = number = self._alike.get(key, 0) + 1
        if number > 1:
            self._numbers[round_.id] = number
