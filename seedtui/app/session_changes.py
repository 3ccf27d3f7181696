"""How a `State` changes when sessions are opened, and rounds in them deleted, put back and starred. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from seedtui.app.round_view import RoundView, Status
from seedtui.app.state import State
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.library.sessions import RoundStatus, Session


@dataclass(frozen=True, slots=True)
class RemovedRounds:
    """Rounds that were taken out: each with the place it had among all, in their order."""

    rounds: tuple[tuple[int, RoundView], ...]
    shown: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(round_view.round.id for _, round_view in self.rounds)


def joined(state: State, session: Session) -> State:
    """The rounds of a session that is resumed, before any that were begun since."""
    lineage = Lineage((*session.lineage.rounds, *state.lineage.rounds))
    shown = state.shown or session.current or (lineage.rounds[-1].id if lineage.rounds else "")
    return replace(state, lineage=lineage, round_views={**_round_views(session), **state.round_views}, shown=shown)


def opened(state: State, session: Session | None, shown: str = "") -> State:
    """Another session in place of the one there is, None for a new one.

    Rounds that run or wait go on; they are in their own session's tree.
    """
    going = {r.id: state.round_views[r.id] for r in state.open_rounds}
    if session is None:
        return replace(state, lineage=Lineage(), round_views=going, shown="")
    known = {r.id for r in session.lineage.rounds}
    lineage = session.lineage
    shown = next((id_ for id_ in (shown, session.current or "") if id_ in known), "")
    if not shown and lineage.rounds:
        shown = lineage.rounds[-1].id
    return replace(state, lineage=lineage, round_views={**_round_views(session), **going}, shown=shown)


def descendants(lineage: Lineage, round_: Round) -> tuple[Round, ...]:
    """`round_` and all that was made from it, in the order they were run."""
    found = {round_.id}
    waiting = [round_]
    while waiting:
        below = lineage.children(waiting.pop())
        found.update(r.id for r in below)
        waiting += below
    return tuple(r for r in lineage.rounds if r.id in found)


def without(state: State, rounds: Iterable[Round]) -> tuple[State, RemovedRounds]:
    """The state without `rounds`, and what `put_back` needs. The nearest round that stays is shown."""
    gone = {r.id for r in rounds}
    removed = tuple((i, state.round_views[r.id]) for i, r in enumerate(state.lineage.rounds) if r.id in gone)
    lineage = Lineage(tuple(r for r in state.lineage.rounds if r.id not in gone))
    round_views = {id_: round_view for id_, round_view in state.round_views.items() if id_ not in gone}
    shown = state.shown if state.shown not in gone else _nearest(state, gone)
    return replace(state, lineage=lineage, round_views=round_views, shown=shown), RemovedRounds(removed, state.shown)


def put_back(state: State, removed: RemovedRounds) -> State:
    """The rounds where they were, and the one shown that was."""
    rounds = [r for r in state.lineage.rounds if r.id not in removed.ids]
    for place, round_view in removed.rounds:
        rounds.insert(place, round_view.round)
    round_views = {**state.round_views, **{round_view.round.id: round_view for _, round_view in removed.rounds}}
    return replace(state, lineage=Lineage(tuple(rounds)), round_views=round_views, shown=removed.shown)


def starred(state: State, round_id: str, index: int, star: bool) -> State:
    """The state with a star on that image, or without."""
    round_view = state.round_views[round_id]
    stars = round_view.starred | {index} if star else round_view.starred - {index}
    return replace(state, round_views={**state.round_views, round_id: replace(round_view, starred=stars)})


def _nearest(state: State, gone: set[str]) -> str:
    """The parent of the shown round, or the one before it, or after it; "" if none of them stays."""
    shown = state.lineage.get(state.shown)
    if shown is None:
        return ""
    above = state.lineage.parent(shown)
    while above is not None:
        if above.id not in gone:
            return above.id
        above = state.lineage.parent(above)
    ids = [r.id for r in state.lineage.rounds]
    place = ids.index(shown.id)
    return next((id_ for id_ in (*reversed(ids[:place]), *ids[place:]) if id_ not in gone), "")


def _round_views(session: Session) -> dict[str, RoundView]:
    return {
        id_: RoundView(
            at.round, (None,) * len(at.round.shots), at.pick or 0, _status(at.status), at.kept, starred=at.starred
        )
        for id_, at in session.rounds.items()
    }  # fmt: skip


def _status(kept: RoundStatus) -> Status:
    """As the library has it; what runs elsewhere looks unfinished from here."""
    return "unfinished" if kept == "running" else kept
