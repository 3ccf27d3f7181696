"""Deleted images: what the state shows of them, and what of it comes back."""

from __future__ import annotations

import functools

from seedtui.app import events as e
from seedtui.app.state.removed import RemovedImages
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.app.store import reduce
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.fake import image
from seedtui.engine.wire import protocol as p

ROUND = explore("a cat", range(3), Recipe())
IMAGE = (ROUND.id, 1)
REMOVED = RemovedImages((IMAGE,), ROUND.id)


def after(*events: e.StateEvent) -> State:
    """A round that is done, with a star on `IMAGE`, which is marked; then `events`."""
    made = (image(ROUND, index) for index in range(3))
    begun = (e.RoundAdded(ROUND), e.RoundSent(ROUND.id), *made, p.RoundDone(ROUND.id, 1.0), e.Starred((IMAGE,), True))
    return functools.reduce(reduce, (*begun, e.Marked((IMAGE, (ROUND.id, 2))), *events), State())


def view(state: State) -> RoundView:
    assert state.round_view is not None
    return state.round_view


def test_a_deleted_image_is_neither_kept_nor_starred_nor_marked_nor_missing():
    state = after(e.ImagesRemoved(REMOVED))
    assert view(state).kept == (0, 2) and not view(state).starred and state.marks == ((ROUND.id, 2),)
    assert not view(state).stopped and not state.can_retry
    assert view(state).words(1) == "" and not view(state).may_have(1)
    assert reduce(state, e.Marked((IMAGE,))).marks == state.marks
    assert view(state).images == ((ROUND.id, 0), (ROUND.id, 2))


def test_it_comes_back_as_it_was_even_if_its_records_were_let_go():
    before = after()
    back = after(e.ImagesRemoved(REMOVED), e.ImagesPutBack(REMOVED))
    assert view(back) == view(before) and not back.removed
    forgotten = after(e.ImagesRemoved(REMOVED), e.RecordsLetGo({ROUND.id}), e.ImagesPutBack(REMOVED))
    assert view(forgotten).kept == (0, 1, 2) and view(forgotten).starred == {1}


def test_what_it_says_of_itself_depends_on_whether_it_can_be_undone():
    assert after().deletion(IMAGE) is None
    undoable = after(e.ImagesRemoved(REMOVED)).deletion(IMAGE)
    assert undoable and undoable.hint == "U brings it back"
    state = after(e.ImagesRemoved(RemovedImages((IMAGE, (ROUND.id, 0)), "")), e.ImagesPutBack(REMOVED))
    assert state.deletion(IMAGE) is None and state.deletion((ROUND.id, 0))
    assert reduce(state, e.SessionOpened(None)).removed == ()


def test_an_image_that_is_made_again_is_back():
    assert view(after(e.ImagesRemoved(REMOVED), image(ROUND, 1))).kept == (0, 1, 2)
