"""What the app says of its worker: silent, slow, parked, and who else has the GPU."""

from __future__ import annotations

from seedtui.app.state.activity import PATIENCE
from seedtui.core.errors import Problem
from seedtui.engine.fake import MODEL, FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.ui.widgets.bars.problem_bar import ProblemBar
from seedtui.ui.widgets.bars.status_bar import StatusBar

GB = 10**9
SILENT = p.Silent(Problem("engine", "the worker has not answered for 11 s"))


def status(d):
    return str(d.app.main.query_one(StatusBar).render())


class OnAGpu(FakeEngine):
    """As `FakeEngine`, on a device that others use too."""

    def send(self, request):
        super().send(request)
        if isinstance(request, p.Load):
            import msgspec

            self._events.put(p.Loaded(msgspec.structs.replace(MODEL, device="cuda:0")))
            self._events.put(p.Memory(5_100_000_000, 0, 80 * GB))


async def running(d):
    await d.pilot.press("enter")
    await d.until(lambda: d.app.state.job and d.engine.rounds)
    await d.until(lambda: d.app.state.activity.total)


async def test_a_silent_worker_is_told_and_ended_with_one_key(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=n == 0)) as d:
        await running(d)
        d.engine._events.put(SILENT)
        await d.until(lambda: d.app.state.silent)
        assert "ctrl+r restart" in str(d.app.main.query_one(ProblemBar).render())
        await d.pilot.press("escape", "enter", "x", "ctrl+r")  # from the suffixes too, where it would run them
        await d.done(1)
        assert d.engines[0].killed
        assert d.app.state.problem is None


async def test_a_worker_that_answers_again_is_left_alone(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await running(d)
        d.engine._events.put(SILENT)
        await d.until(lambda: d.app.state.silent)
        d.engine._events.put(p.Answering())
        await d.until(lambda: not d.app.state.silent)
        assert d.app.state.problem is None
        assert len(d.engines) == 1


async def test_a_slow_step_is_no_trouble_and_its_end_is_offered_late(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await running(d)
        await d.pilot.press("escape")
        d.engine._events.put(p.Pong(25.0))
        await d.until(lambda: d.app.state.activity.quiet)
        assert "no step for 25 s" in status(d)
        assert d.app.state.problem is None
        await d.pilot.press("ctrl+r")
        assert len(d.engines) == 1
        d.engine._events.put(p.Pong(PATIENCE))
        await d.until(lambda: d.app.state.activity.stuck)
        assert "ctrl+r restarts" in status(d)
        d.engine._events.put(p.Step(d.engine.rounds[0].id, 2, 4, 70.0))
        await d.until(lambda: not d.app.state.activity.quiet)
        assert "no step" not in status(d)
        d.engine._events.put(p.Pong(PATIENCE))
        await d.until(lambda: d.app.state.activity.stuck)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: len(d.engines) == 2 and d.engine.rounds)
        assert d.engines[0].killed
        assert d.engine.rounds == d.engines[0].rounds


async def test_the_gpu_is_shown_with_what_others_take_and_parked_when_nothing_runs(desk):
    async with desk(make=lambda n: OnAGpu(by_hand=True)) as d:
        await d.until(lambda: d.app.state.memory)
        assert status(d).endswith("5.1 / 80 GB")
        d.engine._events.put(p.Memory(5_100_000_000, 30 * GB, 80 * GB))
        await d.until(lambda: "by others" in status(d))
        assert status(d).endswith("35.1 / 80 GB · 30.0 by others")
        await running(d)
        assert "denoising" in status(d) and status(d).endswith("by others")
        await d.pilot.press("escape", "P")
        assert p.Park() not in d.engine.requests
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("P")
        await d.until(lambda: d.app.state.parked)
        assert "parked: 5.1 GB freed on cuda:0" in status(d)
        await d.pilot.press("g", "g")
        await d.until(lambda: d.app.state.job)
        assert not d.app.state.parked


async def test_a_model_on_the_cpu_is_not_parked(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("escape", "P")
        assert p.Park() not in d.engine.requests
        assert not [command for command in d.app.palette_commands() if command.label == "Park" and command.enabled]


async def test_what_is_to_know_about_the_worker_is_told(desk):
    async with desk() as d:
        await d.until(lambda: d.engines)
        d.engine._events.put(p.Told("the kept worker is in use by process 7"))
        await d.until(lambda: [n for n in d.app.state.notices if "process 7" in n.message])
