import asyncio

import pytest

from seedtui.terminal import Terminal, Throttle, make_renderer
from seedtui.terminal.renderers.kitty.protocol import sequences
from tests.support.pictures import drawn


class Time:
    """A clock that sleeping moves."""

    def __init__(self, monkeypatch):
        self.now = 50.0
        monkeypatch.setattr("seedtui.terminal.output.throttle.time.monotonic", lambda: self.now)
        monkeypatch.setattr("seedtui.terminal.output.throttle.asyncio.sleep", self._sleep)

    async def _sleep(self, seconds):
        self.now += max(0, seconds)
        await self._turn()

    async def _turn(self):
        turn = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turn.set_result, None)
        await turn


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


def picture(seed, *, tmux=False):
    renderer = make_renderer(Terminal("kitty", tmux=tmux))
    return renderer.draw("t", drawn(128, 128, seed), 40, 20).send


@pytest.mark.parametrize("tmux", [False, True])
def test_a_picture_is_cut_only_between_its_commands(tmux):
    whole = picture(0, tmux=tmux)
    parts = sequences(whole)
    assert "".join(parts) == whole
    assert len(parts) > 3
    for part in parts:
        assert part.startswith("\x1bPtmux;\x1b\x1b_G" if tmux else "\x1b_G")
        assert part.endswith("\x1b\\")
        assert len(part) < 4300


def test_without_a_limit_all_goes_at_once():
    written = []

    async def run():
        assert Throttle(written.append).send("abc").done()

    asyncio.run(run())
    assert written == ["abc"]


def test_no_more_than_the_limit_goes_through_and_pictures_are_not_mixed(time):
    written = []
    first, second = picture(1), picture(2)

    async def run():
        throttle = Throttle(lambda text: written.append((time.now, text)), 100_000)
        waits = [throttle.send(first, beside=10_000), throttle.send(second)]
        await asyncio.gather(*waits)

    began = time.now
    asyncio.run(run())
    assert "".join(text for _, text in written) == first + second
    so_far = 0
    for when, text in written:
        assert so_far <= (when - began) * 100_000 + 1
        so_far += len(text)
    assert time.now - began > (len(first) + 10_000 + len(second) - 5000) / 100_000


def test_it_slows_down_but_not_to_nothing(time):
    async def run(halvings):
        throttle = Throttle(lambda text: None, 100_000)
        for _ in range(halvings):
            throttle.slow_down()
        began = time.now
        await throttle.send("", beside=20_000)
        await throttle.send("x")
        return time.now - began

    assert asyncio.run(run(0)) == pytest.approx(0.2)
    assert asyncio.run(run(1)) == pytest.approx(0.4)
    assert asyncio.run(run(20)) == pytest.approx(1.0)


def test_what_waits_is_dropped_at_the_end(time):
    written = []

    async def run():
        throttle = Throttle(written.append, 1000)
        throttle.send(picture(0))
        throttle.close()
        await asyncio.sleep(0)

    asyncio.run(run())
    assert written == []
