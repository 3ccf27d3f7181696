"""A session of hundreds of rounds takes no more memory than one of a few: what is out of sight is on disk alone."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from textual.widgets._footer import FooterKey

from seedtui.app.pictures.cache import MAX_ROUNDS
from seedtui.app.state.round_view import RoundView
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord


def live() -> Counter[type]:
    """Live objects that could pile up, by their class. Records are out of the collector's sight: by what holds them."""
    gc.collect()
    found = gc.get_objects()
    count = Counter(type(o) for o in found if type(o) in (Picture, FooterKey))
    round_views = [o for o in found if type(o) is RoundView]
    count[ImageRecord] = len({id(record) for round_view in round_views for record in round_view.records if record})
    return count


@pytest.mark.parametrize("rounds", [2 * MAX_ROUNDS + 8, pytest.param(120, marks=pytest.mark.slow)])
async def test_what_is_out_of_sight_is_let_go(desk, rounds: int) -> None:
    others = live()  # of other tests
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("escape")

        async def make(first: int, last: int) -> None:
            for number in range(first, last):
                await d.pilot.press("n")
                await d.done(number)
                d.engine.requests.clear()  # the fake engine's own
            await d.until(lambda: not d.app.controller.sessions.unwritten)

        await make(2, MAX_ROUNDS + 4)
        before = live()
        await make(MAX_ROUNDS + 4, rounds)
        after = live()
        for kind in (Picture, ImageRecord, FooterKey):
            assert after[kind] <= before[kind] + 8, kind
        assert after[Picture] - others[Picture] <= 4 * (MAX_ROUNDS + 4)


async def test_a_round_that_was_let_go_is_whole_when_it_is_shown(desk) -> None:
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("escape")
        first = d.app.state.round_view
        for number in range(2, MAX_ROUNDS + 6):
            await d.pilot.press("n")
            await d.done(number)
        let_go = d.app.state.round_views[first.round.id]
        assert let_go.records == (None,) * 4
        assert let_go.kept == (0, 1, 2, 3)
        assert not let_go.stopped
        assert not d.app.controller.pictures.cache.of(first.round.id)
        d.app.controller.pictures.show(first.round)
        await d.until(lambda: d.app.state.round_view.records == first.records)
        assert len(d.app.controller.pictures.cache.of(first.round.id)) == 4


async def test_what_is_needed_is_not_let_go(desk) -> None:
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("escape")
        await d.pilot.press("space")  # marked, to be compared
        marked = d.app.state.round_view.round.id
        for number in range(2, MAX_ROUNDS + 6):
            await d.pilot.press("n")
            await d.done(number)
        assert len(d.app.controller.pictures.cache.of(marked)) == 4
