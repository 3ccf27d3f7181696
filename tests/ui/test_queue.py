"""Rounds wait in the app: one at a time at the worker, the others can change places and be taken back."""

from __future__ import annotations

from seedtui.app.state.queue import Queue
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from seedtui.ui.screens.queue import QueueScreen
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.grid.frame import FrameSide


async def ask(d, *seeds):
    """Rounds of those seeds, the first of which runs."""
    for seed in seeds:
        d.app.main.prompt_bar.seeds.value = seed
        d.app.prompt_line.generate()
    await d.until(lambda: d.app.state.job and d.engine.rounds and len(d.app.state.open_rounds) == len(seeds))


def asked(d):
    return [round_.shots[0].seed for round_ in d.engine.rounds]


def waiting(d):
    return [round_.shots[0].seed for round_ in d.app.state.open_rounds]


async def finish(d):
    """Let the round that the worker has end, and what follows begin."""
    job = d.app.state.job
    d.engine.finish(d.engine.rounds[-1])
    await d.until(lambda: d.app.state.job != job)


async def test_the_worker_has_one_round_at_a_time(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await ask(d, "1", "2", "3")
        assert asked(d) == [1]
        for count in (2, 3):
            await finish(d)
            assert asked(d) == [1, 2, 3][:count]
        await finish(d)
        await d.done(3)


async def test_each_round_in_the_queue_has_one_line(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        d.app.main.prompt_bar.prompt.put("a red boat on a wide river " * 6)
        await ask(d, "1", "2")
        await d.pilot.press("escape", "w")
        rows = d.app.screen.rows
        await d.until(lambda: rows.virtual_size.height)
        assert rows.virtual_size.height == len(rows.options)


async def test_the_queue_is_seen_and_reordered_and_the_rounds_run_in_that_order(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await ask(d, "1", "2", "3", "4")
        await d.pilot.press("escape", "w")
        screen = d.app.screen
        assert isinstance(screen, QueueScreen)
        assert screen.rows.highlighted == 1
        await d.pilot.press("down", "down", "K", "K")
        assert waiting(d) == [1, 4, 2, 3]
        await d.pilot.press("K")  # not before the one that runs
        assert waiting(d) == [1, 4, 2, 3]
        assert screen.rows.highlighted == 1
        await d.pilot.press("j", "J")
        assert waiting(d) == [1, 4, 3, 2]
        tree = d.app.main.rounds
        marks = [tree.line(row, 30).plain[1:3] for row in range(tree.count)]
        assert marks == ["◐ ", "○3", "○2", "○1"]
        await finish(d)
        assert isinstance(d.app.screen, QueueScreen)
        for _ in range(3):
            await finish(d)
        assert asked(d) == [1, 4, 3, 2]
        await d.until(lambda: not isinstance(d.app.screen, QueueScreen), "nothing is left to show")


async def test_each_round_can_be_cancelled_where_it_waits(desk, tmp_path):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await ask(d, "1", "2", "3")
        await d.pilot.press("escape", "w", "x")
        assert waiting(d) == [1, 3]
        await d.pilot.press("k", "x")
        await d.until(lambda: waiting(d) == [3])
        assert [r.round_id for r in d.engine.requests if isinstance(r, p.Cancel)] == [d.engine.rounds[0].id]
        await d.until(lambda: asked(d) == [1, 3])
        await finish(d)
        await d.done(1)
        assert sorted(b.status for b in d.app.state.round_views.values()) == ["cancelled", "cancelled", "done"]
    with Library(tmp_path / "library") as library:
        status = library.load_session(library.sessions()[0].id).status
        assert sorted(status.values()) == ["cancelled", "cancelled", "done"]


async def test_x_stops_the_running_round_and_says_after_which_step(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await ask(d, "1")
        await d.pilot.press("escape", "x")
        await d.until(lambda: d.app.state.round_view.status == "cancelled")
        assert d.app.state.activity.words == "cancelled after step 1"
        assert [cell.query(FrameSide)[1].words for cell in d.app.query(Cell)] == ["cancelled after step 1"]
        await d.pilot.press("ctrl+r")
        await d.until(lambda: asked(d) == [1, 1])


async def test_a_round_that_was_taken_back_before_the_model_came_never_runs(desk):
    async with desk(make=lambda n: FakeEngine(load_fails=n == 0)) as d:
        await d.until(lambda: d.app.state.problem)
        for seed in ("1", "2"):
            d.app.main.prompt_bar.seeds.value = seed
            d.app.prompt_line.generate()
        await d.pilot.press("escape", "x")
        assert waiting(d) == [1]
        await d.pilot.press("ctrl+r")
        await d.done(1)
        assert asked(d) == [1]


async def test_after_the_workers_death_the_round_it_had_is_the_first_again(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await ask(d, "1", "2", "3")
        d.app.controller.rounds.move_in_queue(d.app.state.queue.ids[1], -1)
        d.engine.die()
        await d.until(lambda: d.app.state.problem)
        assert waiting(d) == [1, 3, 2]
        await d.pilot.press("escape", "ctrl+r")
        await d.until(lambda: len(d.engines) == 2 and d.engine.rounds)
        for _ in range(3):
            await finish(d)
        assert asked(d) == [1, 3, 2]


async def test_only_the_batch_of_the_pick_is_asked_for_and_only_where_there_are_several(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await ask(d, "0-3")
        await d.pilot.press("escape", "X")
        await finish(d)
        await ask(d, "0-7")
        await d.pilot.press("escape", "down", "down", "X")
        found = [(r.round_id, r.index) for r in d.engine.requests if isinstance(r, p.Finish)]
        assert found == [(d.app.state.job.round_id, 6)]


def test_the_order_is_kept_whatever_is_done_to_it():
    queue = Queue().add("a").add("b").add("c").add("a")
    assert queue.ids == ("a", "b", "c")
    assert queue.moved("a", 9).ids == ("b", "c", "a")
    assert queue.moved("c", -9).ids == ("c", "a", "b")
    assert queue.moved("x", 1) is queue
    assert queue.moved("a", -1) is queue
    assert queue.add("d", first=True).ids == ("d", "a", "b", "c")
    assert queue.without("b").ids == ("a", "c")
    assert [queue.place(i) for i in "abcx"] == [1, 2, 3, 0]
