"""Grids over two axes, and the parts of a round that are sent to the worker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis, parse_axis
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.grid import MAX_CELLS, grid, index_at, place_of, recipe_of, seed_axis
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.parts import parts
from seedtui.core.rounds.rounds import Round

SUFFIXES = Axis("suffix", (", artsy", ", trending"))


def test_an_image_has_the_values_of_its_column_and_its_row() -> None:
    round_ = grid("a cat", SUFFIXES, seed_axis(range(3)), Recipe())
    assert [(shot.seed, shot.suffix) for shot in round_.shots] == [
        (seed, suffix) for seed in range(3) for suffix in (", artsy", ", trending")
    ]
    assert all(index_at(round_, place_of(round_, i)) == i == shot.index for i, shot in enumerate(round_.shots))
    assert round_.title == "grid 2x3 · suffix by seed"


def test_axes_of_the_recipe_change_the_recipe_and_nothing_else() -> None:
    round_ = grid("a cat", parse_axis("guidance=3,7.5"), parse_axis("steps=4,8"), Recipe(), seed=9)
    recipes = [recipe_of(round_, index) for index in range(4)]
    assert [(r.guidance, r.steps) for r in recipes] == [(3, 4), (7.5, 4), (3, 8), (7.5, 8)]
    assert {shot.seed for shot in round_.shots} == {9}
    assert round_.label(round_.shots[3]) == "seed 9 · guidance 7.5 · steps 8"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("guidance", "invalid axis"), ("speed=1,2", "invalid axis"), ("guidance=", "no values"), ("seed=", "no values"),
        ("guidance=3,3", "twice"), ("guidance=hot", "not a number"), ("steps=0", "out of range"),
        ("seed=3-1", "backwards"), ("size=512", "invalid size"), ("hold=150%", "more than 100%"),
        ("lora=0.5,1", "no LoRA"), ("profile=quick", "unknown"),
    ],
)  # fmt: skip
def test_wrong_axes_are_told(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_axis(text).check(Recipe())


def test_wrong_grids_are_told() -> None:
    seeds = seed_axis(range(4))
    for columns, rows, words in (
        (seeds, seeds, "both axes"),
        (parse_axis("hold=0%,20%"), seeds, "needs a suffix"),
        (seed_axis(range(100)), Axis("suffix", tuple(map(str, range(100)))), f"more than {MAX_CELLS:,}"),
        (parse_axis("profile=fast"), parse_axis("draft=cache"), "cannot be combined"),
    ):
        with pytest.raises(InputError, match=words):
            grid("a cat", columns, rows, Recipe())


AXES = st.sampled_from(
    [
        Axis("suffix", (", a", ", b", ", c")), parse_axis("guidance=3,5"), parse_axis("steps=4,8,9"),
        parse_axis("variation=0%,20%"), parse_axis("hold=0%,20%"),
    ]
)  # fmt: skip


@st.composite
def grids(draw: st.DrawFn) -> Round:
    one, other = draw(AXES), seed_axis(range(draw(st.integers(1, 9))))
    columns, rows = draw(st.sampled_from([(one, other), (other, one)]))
    return grid("a cat", columns, rows, Recipe(), suffix="" if one.name == "suffix" else ", fog")


@given(grids(), st.data())
def test_the_parts_of_a_grid_make_what_is_missing_each_image_in_the_call_it_always_has(
    round_: Round, data: st.DataObject
) -> None:
    made = data.draw(st.sets(st.sampled_from(range(len(round_.shots)))))
    whole = {
        shot.index: (part.recipe, call.shots, slot)
        for part in parts(round_) for call in calls(part) for slot, shot in call.wanted
    }  # fmt: skip
    assert whole.keys() == set(range(len(round_.shots)))
    rest = {
        shot.index: (part.recipe, call.shots, slot)
        for part in parts(round_, made) for call in calls(part) for slot, shot in call.wanted
    }  # fmt: skip
    assert set(whole) - made <= rest.keys()
    assert all(whole[index] == how for index, how in rest.items())
    assert all(part.id == round_.id and part.recipe == recipe_of(round_, part.shots[0].index) for part in parts(round_))


def test_the_seeds_of_one_suffix_share_calls_as_in_an_explore_round() -> None:
    for axes in ((SUFFIXES, seed_axis(range(8))), (seed_axis(range(8)), SUFFIXES)):
        (part,) = parts(grid("a cat", *axes, Recipe()))
        assert [sorted(shot.seed for shot in call.shots) for call in calls(part)] == [[0, 1, 2, 3], [4, 5, 6, 7]] * 2
        assert all(len({shot.suffix for shot in call.shots}) == 1 for call in calls(part))


def test_a_round_without_axes_is_one_part_and_one_that_is_made_is_none() -> None:
    round_ = explore("a cat", range(10), Recipe())
    assert parts(round_) == (round_,)
    assert [shot.seed for shot in parts(round_, {0, 1, 2, 3, 5})[0].shots] == [4, 5, 6, 7, 8, 9]
    assert parts(round_, set(range(10))) == ()
