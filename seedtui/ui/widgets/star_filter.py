"""The part of the lineage that has stars."""

from __future__ import annotations

from collections.abc import Mapping

from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.core.rounds.lineage import Lineage


class StarFilter:
    """Computed again only when the rounds have changed: there may be 10,000."""

    def __init__(self) -> None:
        self._of: tuple[Lineage, Mapping[str, RoundView]] | None = None
        self._keep: frozenset[str] = frozenset()
        self._lineage = Lineage()

    def of(self, state: State) -> Lineage:
        """The rounds with starred images, and those they were made from; the same object while nothing changes."""
        if self._of is None or self._of[0] is not state.lineage or self._of[1] is not state.round_views:
            keep = _starred(state)
            if self._of is None or self._of[0] is not state.lineage or keep != self._keep:
                self._keep = keep
                self._lineage = Lineage(tuple(r for r in state.lineage.rounds if r.id in keep))
            self._of = state.lineage, state.round_views
        return self._lineage


def _starred(state: State) -> frozenset[str]:
    keep: set[str] = set()
    for id_, round_view in state.round_views.items():
        at = state.lineage.get(id_) if round_view.starred else None
        while at is not None and at.id not in keep:
            keep.add(at.id)
            at = state.lineage.parent(at)
    return frozenset(keep)
