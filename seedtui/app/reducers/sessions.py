"""How sessions are opened, and their rounds and images deleted, restored and starred."""

from __future__ import annotations

from dataclasses import replace

from seedtui.app import events as e
from seedtui.app.reducers.rounds import with_view, without_input_problem
from seedtui.app.state.job import ImageRef
from seedtui.app.state.removed import Removed, RemovedRounds
from seedtui.app.state.round_view import RoundView, Status
from seedtui.app.state.state import State
from seedtui.core.rounds.lineage import Lineage
from seedtui.library.sessions import RoundStatus, Session


def reduce(state: State, event: e.StateEvent) -> State:
    """The state after `event`; unchanged if it is not about sessions."""
    match event:
        case e.SessionJoined(session):
            return _joined(state, session)
        case e.SessionOpened(session, shown):
            return _with_marks_of_its_rounds(_opened(state, session, shown))
        case e.RoundsRemoved(removed):
            state = _with_marks_of_its_rounds(_without(state, removed))
            return replace(state, removed=(removed, *state.removed))
        case e.RoundsPutBack(removed):
            return _put_back(_no_longer(state, removed), removed)
        case e.ImagesRemoved(removed):
            marks = tuple(image for image in state.marks if image not in removed.images)
            state = replace(_deleted(state, removed.images, True), marks=marks)
            return replace(state, removed=(removed, *state.removed), problem=without_input_problem(state.problem))
        case e.ImagesPutBack(removed):
            state = replace(_deleted(state, removed.images, False), problem=without_input_problem(state.problem))
            return _no_longer(state, removed)
        case e.Starred(images, star):
            return _starred(state, images, star)
        case e.Rejected(round_id, indexes, rejected) if view := state.round_views.get(round_id):
            if not rejected:
                return with_view(state, replace(view, rejected=view.rejected - indexes))
            return with_view(state, replace(view, rejected=view.rejected | indexes, stars=view.stars - indexes))
        case e.Seen(round_id, indexes) if (view := state.round_views.get(round_id)) and not indexes <= view.seen:
            return with_view(state, replace(view, seen=view.seen | indexes))
        case _:
            return state


def _joined(state: State, session: Session) -> State:
    lineage = Lineage((*session.lineage.rounds, *state.lineage.rounds))
    shown = state.shown or session.current or (lineage.rounds[-1].id if lineage.rounds else "")
    return replace(state, lineage=lineage, round_views={**_round_views(session), **state.round_views}, shown=shown)


def _opened(state: State, session: Session | None, shown: str) -> State:
    """Running and waiting rounds continue; they are in their own session's tree."""
    going = {r.id: state.round_views[r.id] for r in state.open_rounds}
    if session is None:
        return replace(state, lineage=Lineage(), round_views=going, shown="", removed=())
    known = {r.id for r in session.lineage.rounds}
    lineage = session.lineage
    shown = next((id_ for id_ in (shown, session.current or "") if id_ in known), "")
    if not shown and lineage.rounds:
        shown = lineage.rounds[-1].id
    return replace(state, lineage=lineage, round_views={**_round_views(session), **going}, shown=shown, removed=())


def _without(state: State, removed: RemovedRounds) -> State:
    gone = frozenset(removed.ids)
    return replace(
        state, lineage=Lineage(tuple(r for r in state.lineage.rounds if r.id not in gone)),
        round_views={id_: round_view for id_, round_view in state.round_views.items() if id_ not in gone},
        shown=state.shown if state.shown not in gone else _nearest(state, gone),
        problem=without_input_problem(state.problem),
    )  # fmt: skip


def _put_back(state: State, removed: RemovedRounds) -> State:
    rounds = [r for r in state.lineage.rounds if r.id not in removed.ids]
    for place, round_view in removed.rounds:
        rounds.insert(place, round_view.round)
    round_views = {**state.round_views, **{round_view.round.id: round_view for _, round_view in removed.rounds}}
    return replace(state, lineage=Lineage(tuple(rounds)), round_views=round_views, shown=removed.shown)


def _deleted(state: State, images: tuple[ImageRef, ...], deleted: bool) -> State:
    """With these images marked as deleted, or not."""
    changed: dict[str, RoundView] = {}
    for round_id, index in images:
        if view := changed.get(round_id) or state.round_views.get(round_id):
            changed[round_id] = replace(view, deleted=view.deleted | {index} if deleted else view.deleted - {index})
    return replace(state, round_views={**state.round_views, **changed})


def _starred(state: State, images: tuple[ImageRef, ...], star: bool) -> State:
    """With these images starred, or not."""
    of_rounds: dict[str, set[int]] = {}
    for round_id, index in images:
        of_rounds.setdefault(round_id, set()).add(index)
    for round_id, indexes in of_rounds.items():
        view = state.round_views[round_id]
        if star:
            view = replace(view, stars=view.stars | indexes, rejected=view.rejected - indexes)
        else:
            view = replace(view, stars=view.stars - indexes)
        state = with_view(state, view)
    return state


def _no_longer(state: State, removed: Removed) -> State:
    """It is back: there is nothing to undo of it."""
    return replace(state, removed=tuple(one for one in state.removed if one is not removed))


def _with_marks_of_its_rounds(state: State) -> State:
    """Without the marks of rounds that the open session does not have: what nobody sees is not acted on."""
    return replace(state, marks=tuple(image for image in state.marks if state.lineage.get(image[0])))


def _nearest(state: State, gone: frozenset[str]) -> str:
    """The parent of the shown round, or the one before it, or after it; "" if none of them remains."""
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
            at.round, (None,) * len(at.round.shots), at.pick or 0, _status(at.status), at.on_disk, stars=at.starred,
            seconds=at.seconds, created=at.created, deleted=at.deleted, seen=at.seen, rejected=at.rejected,
        )
        for id_, at in session.rounds.items()
    }  # fmt: skip


def _status(kept: RoundStatus) -> Status:
    """As the library has it; a round that runs elsewhere looks unfinished here."""
    return "unfinished" if kept == "running" else kept
