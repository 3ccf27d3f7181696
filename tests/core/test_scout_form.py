"""The form for scout rounds: what its fields ask for, and what that costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.scout_form import MANY, SCOUT_FIELDS, cost_words, next_seeds, scout_wanted
from seedtui.core.rounds.stop import Stop


def test_the_usual_fields_are_256_seeds_stopped_at_30_percent():
    assert scout_wanted({}) == scout_wanted(SCOUT_FIELDS) == ("0-255", MANY, Stop(share=0.3))
    assert scout_wanted({"previews": "decoded"}).stop.decoded


@pytest.mark.parametrize("fields", [{"seeds": "x"}, {"stop": "0"}, {"stop": "100%"}, {"previews": "large"}])
def test_a_wrong_field_says_what_to_write(fields):
    with pytest.raises(InputError) as caught:
        scout_wanted(fields)
    assert caught.value.problem.hint


@given(st.integers(1, 4096), st.integers(2, 200), st.integers(1, 90))
def test_the_cost_is_the_share_of_the_steps(count, steps, percent):
    words = cost_words(scout_wanted({"seeds": f"0-{count - 1}", "stop": f"{percent}%"}), steps)
    made = Stop(share=percent / 100).of(steps)
    assert f"{made} of {steps} steps" in words
    assert f"as long as {max(1, round(count * made / steps)):,} whole image" in words.replace("as about", "as")


def test_what_cannot_be_stopped_is_told():
    with pytest.raises(InputError):
        cost_words(scout_wanted({"stop": "8"}), 8)


def test_the_next_seeds_follow_those_scouted_for_the_prompt():
    first = scout("a cat", range(10, 40), Stop(share=0.3), Recipe())
    other = scout("a dog", range(900, 940), Stop(share=0.3), Recipe())
    assert next_seeds("a cat", [first, other]) == f"40-{40 + MANY - 1}"
    assert next_seeds("a bird", [first, other]) == "0-255"
