"""Messages: where they are shown, how long, and that what to do about them is always in sight."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from seedtui.core.errors import Problem
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.ui.widgets.bars.fitting import in_lines, shortened
from seedtui.ui.widgets.bars.problem_bar import ProblemBar, words_of
from seedtui.ui.widgets.bars.status_bar import FRESH, StatusBar

texts = st.text(st.sampled_from("ab c猫é…"), max_size=300)


@given(texts, st.integers(0, 80))
def test_a_shortened_text_fits_and_keeps_its_ends(text: str, width: int):
    short = shortened(text, width)
    assert cell_len(short) <= width
    if short != text and width > 8 and text.isascii() and " " not in text:
        assert (short[0], short[-1], "…" in short) == (text[0], text[-1], True)


@given(texts, texts, st.integers(20, 100), st.integers(2, 8))
@example("aa", "aaaaaa aaaaaaa猫猫 aaaa猫", 20, 2)
def test_the_remedy_stays_whole_if_it_fits_alone(message: str, remedy: str, width: int, lines: int):
    first, second = in_lines(message, remedy, "ctrl+r", width, lines)
    if Content(f"{remedy} ctrl+r".strip()).get_height({}, width) <= lines:
        assert second == remedy
    assert Content(f"{first} {second} ctrl+r".strip()).get_height({}, width) <= lines


def test_a_long_problem_shows_what_to_do_at_60_by_20():
    problem = Problem("engine", "the model cannot be loaded: " + "torch says a lot " * 30, "Choose another with m")
    words = words_of(problem, "ctrl+r retry", 60, 20)
    assert "Choose another with m." in words.plain and words.plain.endswith("ctrl+r retry")
    assert words.get_height({}, 55) <= 6


async def test_the_problem_of_a_round_is_shown_with_it(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        bar = d.app.main.query_one(ProblemBar)
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        assert d.app.state.activity.words == "4 images in 0.5 s"
        await d.pilot.press("n")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.fail(d.engine.rounds[1])
        await d.until(lambda: bar.problem)
        await d.pilot.press("left_square_bracket")
        assert bar.problem is None and d.app.state.activity.words == "4 images in 0.5 s"
        await d.pilot.press("right_square_bracket")
        assert bar.problem and bar.problem.message == "out of memory" and bar.remedy == "ctrl+r retry"
        await d.pilot.press("ctrl+r")
        await d.until(lambda: len(d.engine.rounds) == 3)
        assert bar.problem is None
        await d.pilot.press("left_square_bracket")
        d.engine.fail(d.engine.rounds[2])
        await d.until(lambda: d.app.state.said.words)
        assert d.app.state.said.words == "seeds 4-7 failed: out of memory" and bar.problem is None


async def test_what_a_key_did_is_on_the_status_line_with_the_folder(desk, tmp_path):
    async with desk(size=(160, 40)) as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("s")
        status = d.app.main.query_one(StatusBar)
        await d.until(lambda: d.app.state.said.words)
        assert str(status.render()).startswith("saved ") and f"in {tmp_path}/saved" in str(status.render())
        assert not d.app._notifications
        await d.pilot.press("d")
        assert str(status.render()).startswith("deleted 1 round · U undo")


async def test_an_answer_to_input_goes_when_another_picture_is_picked_or_with_esc(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        for key in ("right", "escape"):
            await d.pilot.press("c")
            assert d.app.state.problem
            await d.pilot.press(key)
            assert d.app.state.problem is None


async def test_notices_wait_until_each_is_closed(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        bar = d.app.main.query_one(ProblemBar)
        for words in ("one", "two", "two"):
            d.app.controller.notify(words)
        assert bar.problem and bar.problem.message == "one" and bar.remedy == "esc close"
        await d.pilot.press("escape")
        assert bar.problem and bar.problem.message == "two"
        await d.pilot.press("escape")
        assert bar.problem is None


async def test_news_stays_beside_the_progress_for_a_while(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        now = [100.0]
        status = d.app.main.query_one(StatusBar)
        status._clock = lambda: now[0]
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds and d.app.state.activity.total)
        d.app.controller.say("saved seed_2.png in ~/pictures")
        d.app.controller.store.dispatch(p.Step(d.engine.rounds[0].id, 2, 4, 0.2))
        drawn = str(status.render())
        assert drawn.startswith("saved seed_2.png in ~/pictures ") and " 2/4" in drawn
        now[0] += FRESH
        assert str(status.render()).startswith("denoising ")
