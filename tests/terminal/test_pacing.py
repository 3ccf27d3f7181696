from seedtui.terminal import Terminal, make_renderer
from seedtui.terminal.output.pacing import Pacer, rows_cost
from tests.support.pictures import drawn


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def frames(pacer, clock, seconds, size):
    """How many previews of `size` bytes go out when one is offered every millisecond."""
    count = 0
    for _ in range(int(seconds * 1000)):
        clock.now += 0.001
        if pacer.take():
            pacer.spent(size)
            count += 1
    return count


def test_so_many_a_second():
    clock = Clock()
    assert 19 <= frames(Pacer(10, clock=clock), clock, 2, size=10**6) <= 21


def test_so_many_bytes_a_second():
    clock = Clock()
    assert 9 <= frames(Pacer(10, 50_000, clock), clock, 2, size=10_000) <= 11


def test_what_a_picture_took_is_paid_before_the_next_preview():
    clock = Clock()
    pacer = Pacer(10, 50_000, clock)
    pacer.spent(100_000)
    pacer.spent(50_000)
    assert frames(pacer, clock, 2.9, size=0) == 0
    assert frames(pacer, clock, 0.2, size=0) > 0


def test_the_first_goes_at_once():
    assert Pacer(1, clock=Clock()).take()


def test_what_the_rows_of_a_drawing_cost():
    assert rows_cost(make_renderer(Terminal("ascii")).draw(0, drawn(8, 8), 10, 5)) == (10 + 40) * 5
    kitty = make_renderer(Terminal("kitty")).draw(0, drawn(8, 8), 10, 5)
    assert rows_cost(kitty) == (10 * (4 + 2 + 2 + 2) + 40) * 5


def test_no_preview_before_the_terminal_has_answered():
    clock = Clock()
    pacer = Pacer(10, clock=clock, asks=True)
    assert not pacer.asks(), "nothing was sent"
    assert pacer.take()
    pacer.spent(5000)
    assert pacer.asks()
    assert not pacer.asks(), "one question at a time"
    clock.now += 1
    assert not pacer.take()
    pacer.answered()
    assert pacer.take()


def test_a_terminal_that_never_answers_is_asked_twice():
    clock = Clock()
    pacer = Pacer(10, clock=clock, asks=True)
    asked = 0
    for _ in range(100):
        clock.now += 1
        if pacer.take():
            pacer.spent(5000)
        asked += pacer.asks()
    assert asked == 2
    clock.now += 0.2
    assert pacer.take(), "it is no longer waited for"
