"""Steps that would only move the bar a little are not told; nothing else is left out."""

from seedtui.app.engine_link import EventFilter
from seedtui.engine.wire import protocol as p

PREVIEW = (p.Preview(0, 1, 1, b"rgb"),)


def told(*events: tuple[float, p.Event]) -> list[p.Event]:
    """Which of the events, each with its time, are told."""
    now = [0.0]
    sparing = EventFilter(lambda: now[0])
    found = []
    for now[0], event in events:
        if sparing.passes(event):
            found.append(event)
    return found


def steps(*numbers: int, of: int = 100) -> list[p.Step]:
    return [p.Step("r", number, of, 0.0) for number in numbers]


def test_of_fast_steps_five_a_second_are_told():
    fast = steps(*range(1, 100))
    seen = told(*((step.step / 64, step) for step in fast))
    assert [step.step for step in seen] == [1, 14, 27, 40, 53, 66, 79, 92]


def test_slow_steps_are_all_told():
    slow = steps(1, 2, 3)
    assert told(*zip((0.3, 0.6, 0.9), slow, strict=True)) == slow


def test_previews_the_last_step_and_all_else_are_told_at_once():
    events: list[p.Event] = [
        *steps(1), p.Step("r", 2, 100, 0.0, PREVIEW), *steps(100), p.RoundDone("r", 1.0, 0), *steps(1, of=1),
    ]  # fmt: skip
    assert told(*((1.0, event) for event in events)) == events
