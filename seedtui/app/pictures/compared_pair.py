"""Which two images to compare."""

from __future__ import annotations

from typing import NamedTuple

from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import State
from seedtui.core.errors import InputError


class Side(NamedTuple):
    """One of the two: its place in the session, its label, and whether it is the pick."""

    place: ImageRef
    label: str
    prompt: str
    picked: bool


def find_pair(state: State) -> tuple[Side, Side]:
    """The first two marked images; one marked and the pick; or, with none marked, the pick's parent and the pick.

    A pick that was just verified and differs is compared with the new image.

    Raises:
        InputError: there are not two images, or one is not there yet; the hint says what to do.
    """
    round_view = state.round_view
    if round_view is None:
        raise InputError("there is no picture yet", "Generate some first")
    pick = (round_view.round.id, round_view.pick)
    marks = [place for place in state.marks if place[0] in state.round_views]
    parent, report = round_view.round.parent, state.verification.report
    if len(marks) > 1:
        one, other = marks[:2]
    elif marks and marks[0] != pick:
        one, other = marks[0], pick
    elif report is not None and report.image == pick and not report.verdict.exact:
        side = _side(state, pick, pick)
        return side, Side((report.run, 0), f"{side.label} · made again", side.prompt, False)
    elif parent is not None and parent.round_id in state.round_views:
        one, other = (parent.round_id, parent.index), pick
    else:
        raise InputError("there is nothing to compare this with", "Mark it with space, pick another, then press c")
    return _side(state, one, pick), _side(state, other, pick)


def _side(state: State, place: ImageRef, pick: ImageRef) -> Side:
    round_view, index = state.round_views[place[0]], place[1]
    if index not in round_view.kept:
        raise InputError("an image to compare is not there yet", "Wait for it, or choose another")
    shot = round_view.round.shots[index]
    return Side(place, round_view.round.label(shot), round_view.round.full_prompt(shot), place == pick)
