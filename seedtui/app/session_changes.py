"""How a `State` changes when sessions are opened, and rounds in them deleted, put back and starred. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from seedtui.app.round_view import Board, Status
from seedtui.app.state import State
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.library.sessions import RoundStatus, Session


@dataclass(frozen=True, slots=True)
class Removed:
    """Rounds that were taken out: each with the place it had among all, in their order."""

    rounds: tuple[tuple[int, Board], ...]
    shown: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(board.round.id for _, board in self.rounds)


def joined(state: State, session: Session) -> State:
    """The rounds of a session that is resumed, before any that were begun since."""
    lineage = Lineage((*session.lineage.rounds, *state.lineage.rounds))
    shown = state.shown or session.current or (lineage.rounds[-1].id if lineage.rounds else "")
    return replace(state, lineage=lineage, boards={**_boards(session), **state.boards}, shown=shown)


def opened(state: State, session: Session | None, shown: str = "") -> State:
    """Another session in place of the one there is, None for a new one.

    Rounds that run or wait go on; they are in their own session's tree.
    """
    going = {r.id: state.boards[r.id] for r in state.open_rounds}
    if session is None:
        return replace(state, lineage=Lineage(), boards=going, shown="")
    known = {r.id for r in session.lineage.rounds}
    lineage = session.lineage
    shown = next((id_ for id_ in (shown, session.current or "") if id_ in known), "")
    if not shown and lineage.rounds:
        shown = lineage.rounds[-1].id
    return replace(state, lineage=lineage, boards={**_boards(session), **going}, shown=shown)


def descendants(lineage: Lineage, round_: Round) -> tuple[Round, ...]:
    """`round_` and all that was made from it, in the order they were run."""
    found = {round_.id}
    waiting = [round_]
    while waiting:
        below = lineage.children(waiting.pop())
        found.update(r.id for r in below)
        waiting += below
    return tuple(r for r in lineage.rounds if r.id in found)


def without(state: State, rounds: Iterable[Round]) -> tuple[State, Removed]:
    """The state without `rounds`, and what `put_back` needs. The nearest round that stays is shown."""
    gone = {r.id for r in rounds}
    removed = tuple((i, state.boards[r.id]) for i, r in enumerate(state.lineage.rounds) if r.id in gone)
    lineage = Lineage(tuple(r for r in state.lineage.rounds if r.id not in gone))
    boards = {id_: board for id_, board in state.boards.items() if id_ not in gone}
    shown = state.shown if state.shown not in gone else _nearest(state, gone)
    return replace(state, lineage=lineage, boards=boards, shown=shown), Removed(removed, state.shown)


def put_back(state: State, removed: Removed) -> State:
    """The rounds where they were, and the one shown that was."""
    rounds = [r for r in state.lineage.rounds if r.id not in removed.ids]
    for place, board in removed.rounds:
        rounds.insert(place, board.round)
    boards = {**state.boards, **{board.round.id: board for _, board in removed.rounds}}
    return replace(state, lineage=Lineage(tuple(rounds)), boards=boards, shown=removed.shown)


def starred(state: State, round_id: str, index: int, star: bool) -> State:
    """The state with a star on that image, or without."""
    board = state.boards[round_id]
    stars = board.starred | {index} if star else board.starred - {index}
    return replace(state, boards={**state.boards, round_id: replace(board, starred=stars)})


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


def _boards(session: Session) -> dict[str, Board]:
    return {
        id_: Board(
            at.round, (None,) * len(at.round.shots), at.pick or 0, _status(at.status), at.kept, starred=at.starred
        )
        for id_, at in session.rounds.items()
    }  # fmt: skip


def _status(kept: RoundStatus) -> Status:
    """As the library has it; what runs elsewhere looks unfinished from here."""
    return "unfinished" if kept == "running" else kept
