"""Which images to compare."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import MOST_COMPARED, State
from seedtui.core.errors import InputError


class Side(NamedTuple):
    """One of the images: its place in the session, its label, and whether it is the pick."""

    place: ImageRef
    label: str
    prompt: str
    picked: bool


def find_sides(state: State) -> tuple[Side, ...]:
    """The marked images, at most `MOST_COMPARED`; one marked and the pick; or, with none marked, the pick's parent and
    the pick.

    A pick that was just verified and differs is compared with the new image.

    Raises:
        InputError: there are not two images, or one is not there yet; the hint says what to do.
    """
    pick, marks = _pick(state), state.marks
    parent, report = state.round_views[pick[0]].round.parent, state.verification.report
    if len(marks) > 1:
        return _sides(state, marks[:MOST_COMPARED])
    if marks and marks[0] != pick:
        return _sides(state, (marks[0], pick))
    if report is not None and report.image == pick and not report.verdict.exact:
        side = _side(state, pick)
        return side, Side((report.run, 0), f"{side.label} · made again", side.prompt, False)
    if parent is not None and parent.round_id in state.round_views:
        return _sides(state, ((parent.round_id, parent.index), pick))
    raise InputError("there is nothing to compare this with", "Mark it with space, pick another, then press c")


def sides_of_round(state: State) -> tuple[Side, ...]:
    """The first images of the shown round that exist, at most `MOST_COMPARED`.

    Raises:
        InputError: there are not two.
    """
    round_view = state.round_views[_pick(state)[0]]
    if len(round_view.kept) < 2:
        raise InputError("the round has no two images yet", "Wait for them, or generate more")
    return _sides(state, tuple((round_view.round.id, index) for index in round_view.kept[:MOST_COMPARED]))


def sibling(state: State, side: Side, step: int, taken: Collection[ImageRef]) -> Side | None:
    """The image `step` places after `side` in its round, round its ends, without those `taken`; None if there is none.

    An image that was made again for a verification has no siblings.
    """
    round_view = state.round_views.get(side.place[0])
    if round_view is None:
        return None
    free = [i for i in round_view.kept if i == side.place[1] or (side.place[0], i) not in taken]
    if len(free) < 2 or side.place[1] not in free:
        return None
    index = free[(free.index(side.place[1]) + step) % len(free)]
    return _side(state, (side.place[0], index))


def _pick(state: State) -> ImageRef:
    if state.round_view is None:
        raise InputError("there is no picture yet", "Generate some first")
    return (state.round_view.round.id, state.round_view.pick)


def _sides(state: State, places: tuple[ImageRef, ...]) -> tuple[Side, ...]:
    return tuple(_side(state, place) for place in places)


def _side(state: State, place: ImageRef) -> Side:
    round_view, index = state.round_views[place[0]], place[1]
    if deletion := state.deletion(place):
        raise InputError(deletion.message, deletion.hint)
    if index not in round_view.kept:
        raise InputError("an image to compare is not there yet", "Wait for it, or choose another")
    shot = round_view.round.shots[index]
    return Side(place, round_view.round.label(shot), round_view.round.full_prompt(shot), place == _pick(state))
