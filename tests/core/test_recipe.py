"""A recipe is taken or refused, in one clear line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.images.environment import Environment, differences
from seedtui.core.recipes.recipe import MAX_SIDE, Recipe, parse_size
from seedtui.core.text.display import visible

maybe = st.none() | st.integers() | st.integers(0, MAX_SIDE)
wild = st.builds(
    Recipe,
    model=st.text(), dtype=st.none() | st.text() | st.just("float16"), device=st.none() | st.text() | st.just("cuda:1"),
    steps=maybe, guidance=st.none() | st.floats(), width=maybe, height=maybe, negative=st.none() | st.text(),
    batch_size=st.integers(),
)  # fmt: skip


@given(wild)
def test_a_recipe_is_taken_or_refused(recipe: Recipe) -> None:
    try:
        assert recipe.check() is recipe
    except InputError as error:
        line = str(error)
        assert visible(line) == line
        return
    assert recipe.guidance is None or math.isfinite(recipe.guidance)
    assert (recipe.width is None) == (recipe.height is None)


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": 0}, {"steps": 1001}, {"guidance": math.nan}, {"guidance": math.inf}, {"guidance": -0.1},
        {"width": 512}, {"width": 0, "height": 512}, {"width": 8, "height": 4097}, {"dtype": "int8"},
        {"device": "cuda:"}, {"device": "cuda:0\n"}, {"batch_size": 0}, {"batch_size": 17}, {"negative": "\0"},
        {"model": " "}, {"model": "a\x1b[2J"}, {"model": "x" * 5000},
    ],
)  # fmt: skip
def test_values_that_no_pipeline_takes(changes: dict) -> None:
    with pytest.raises(InputError):
        Recipe().with_changes(**changes)


def test_changes_that_are_none_change_nothing() -> None:
    recipe = Recipe(steps=20, guidance=7.5)
    assert recipe.with_changes(steps=None, guidance=0.0) == Recipe(steps=20, guidance=0.0)


@given(st.integers(8, MAX_SIDE), st.integers(8, MAX_SIDE), st.sampled_from([8, 16, 32, 64]))
def test_the_size_that_is_offered_fits(width: int, height: int, multiple: int) -> None:
    recipe = Recipe(width=width, height=height).check()
    try:
        recipe.check_multiple(multiple)
        assert width % multiple == height % multiple == 0
    except InputError as error:
        offered = parse_size(error.problem.hint.rsplit(" ", 1)[1])
        fits = Recipe(width=offered[0], height=offered[1]).check()
        assert fits.check_multiple(multiple) == fits
        assert abs(offered[0] - width) <= multiple


@given(st.text(max_size=30) | st.from_regex(r"\s*\d+\s*[xX×]\s*\d+\s*"))
def test_any_text_is_a_size_or_one_clear_error(text: str) -> None:
    try:
        width, height = parse_size(text)
    except InputError as error:
        line = str(error)
        assert visible(line) == line
    else:
        assert min(width, height) >= 0


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_a_size_is_read_back(width: int, height: int) -> None:
    assert parse_size(f"{width}x{height}") == (width, height)


environments = st.builds(Environment, gpu=st.text(max_size=5), torch=st.text(max_size=5), tf32=st.booleans())


@given(environments, environments)
def test_differences_are_told_one_by_one(then: Environment, here: Environment) -> None:
    assert differences(then, then) == ()
    names = [n for n in Environment.__struct_fields__ if getattr(then, n) != getattr(here, n)]
    assert len(differences(then, here)) == len(names)
