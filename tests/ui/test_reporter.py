"""The title, the progress and the notes of a running app, as the bytes that it writes."""

import pytest
from textual.events import AppBlur, AppFocus

from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.terminal.probe.reports import Reports
from seedtui.ui.reporter import Reporter

ALL = Reports(True, True, "osc9")


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


async def reporting(d, reports=ALL, notify="auto"):
    """A reporter of the running app, with a clock of the test's own, and what it writes."""
    written, clock = [], Clock()
    d.app._reporter = Reporter(d.app, written.append, reports, notify, clock)
    d.app._reporter.follow(d.app.state)
    return written, clock


def by_hand(n):
    return FakeEngine(by_hand=True)


async def test_the_title_and_the_progress_follow_the_round(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        written, clock = await reporting(d)
        sent = lambda: "".join(written)  # noqa: E731
        await d.until(lambda: "\x1b]2;seedtui 1/4 · an owl\x1b\\" in sent() and "\x1b]9;4;1;25\x07" in sent())
        clock.now += 1
        d.engine._events.put(p.Step(d.app.state.shown, 3, 4, 1.0, ()))
        await d.until(lambda: "\x1b]2;seedtui 3/4 · an owl\x1b\\" in sent() and "\x1b]9;4;1;75\x07" in sent())
        clock.now += 1
        d.engine.finish(d.app.state.running)
        await d.until(lambda: sent().endswith("\x1b]2;seedtui\x1b\\\x1b]9;4;0;0\x07"))


async def test_the_title_changes_a_few_times_a_second_at_most_and_the_last_one_comes(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        await d.until(lambda: d.app.state.activity.done == 1)
        written, clock = await reporting(d)
        before = len(written)
        for step in range(200):
            d.engine._events.put(p.Step(d.app.state.shown, 1 + step % 3, 4, 1.0, ()))
        d.engine._events.put(p.Step(d.app.state.shown, 4, 4, 1.0, ()))
        await d.until(lambda: d.app.state.activity.done == 4)
        assert len(written) - before <= 1
        clock.now += 1
        await d.until(lambda: any("4/4" in words for words in written))


@pytest.mark.parametrize(
    ("seconds", "away", "notify", "sent"),
    [(11, True, "auto", "\x1b]9;seedtui: 4 images in 11 s · an owl\x07"), (11, True, "bell", "\x07"),
     (11, True, "off", ""), (11, False, "auto", ""), (9, True, "auto", "")],
)  # fmt: skip
async def test_a_note_comes_after_a_long_round_when_nobody_looks(desk, seconds, away, notify, sent):
    async with desk(make=by_hand, prompt="an owl") as d:
        written, clock = await reporting(d, Reports(note="osc9"), notify)
        await d.until(lambda: d.app.state.job)
        d.app.post_message(AppBlur() if away else AppFocus())
        await d.until(lambda: d.app.app_focus is not away)
        clock.now += seconds
        d.engine.finish(d.app.state.running)
        await d.done(1)
        assert "".join(written) == sent


async def test_a_cancelled_round_needs_no_note(desk):
    async with desk(make=by_hand, prompt="an owl") as d:
        written, clock = await reporting(d, Reports())
        await d.until(lambda: d.app.state.job)
        d.app.post_message(AppBlur())
        await d.until(lambda: not d.app.app_focus)
        clock.now += 60
        d.app.controller.cancel()
        await d.until(lambda: d.app.state.round_view.status == "cancelled")
        assert not written


async def test_a_failure_is_shown_until_it_is_mended(desk):
    async with desk(make=lambda n: FakeEngine(load_fails=n == 0)) as d:
        await d.until(lambda: d.app.state.retryable)
        written, clock = await reporting(d)
        assert "\x1b]9;4;2;100\x07" in written[0]
        clock.now += 1
        d.app.controller.restart()
        await d.until(lambda: d.app.state.model)
        clock.now += 1
        await d.until(lambda: "\x1b]9;4;0;0\x07" in written[-1])
