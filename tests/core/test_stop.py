"""Where a scout round stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.scout import finishing, scout
from seedtui.core.rounds.stop import Stop, parse_stop


@given(st.floats(0.001, 0.9), st.integers(2, 1000))
def test_a_share_stops_after_the_first_step_and_before_the_last(share: float, total: int) -> None:
    assert 1 <= Stop(share=share).of(total) < total


@pytest.mark.parametrize(
    ("text", "stop"),
    [("8", Stop(steps=8)), (" 30% ", Stop(share=0.3)), ("0.25", Stop(share=0.25)), ("90%", Stop(share=0.9))],
)
def test_a_stop_is_read_as_steps_or_as_a_share(text: str, stop: Stop) -> None:
    assert parse_stop(text) == stop
    assert parse_stop(text, decoded=True).decoded


@pytest.mark.parametrize("text", ["", "0", "0%", "91%", "100%", "-1", "1000", "8 steps", "nan", "3e1", "9" * 50, "٣"])
def test_other_stops_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_stop(text)
    assert caught.value.problem.hint


def test_no_stop_is_possible_where_there_is_no_step_before_the_last() -> None:
    assert Stop(steps=8).of(9) == 8
    for stop, total in ((Stop(steps=8), 8), (Stop(share=0.3), 1)):
        with pytest.raises(InputError):
            stop.of(total)


def test_the_kept_images_of_a_scout_round_are_finished_as_an_explore_round_of_their_seeds() -> None:
    scouted = scout("a cat", range(100, 110), Stop(share=0.3), Recipe())
    assert (scouted.kind, scouted.title) == ("scout", "scout · seeds 100-109")
    made = finishing(scouted, [Pick(scouted.id, 7, "b" * 64), Pick(scouted.id, 2, "a" * 64)])
    plain = explore("a cat", (102, 107), Recipe())
    assert (made.kind, made.prompt, made.shots, made.recipe) == ("explore", plain.prompt, plain.shots, plain.recipe)
    assert made.parent == Pick(scouted.id, 2, "a" * 64)
    with pytest.raises(InputError, match="no seed is kept"):
        finishing(scouted, [])
