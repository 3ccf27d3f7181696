"""How an image is finished: strengths, scales and sizes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.images.environment import Environment
from seedtui.core.images.finishing import depth, finish, source_of
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.finish import Finish, check_shape, parse_scale, scaled_size
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.variation import Variation
from seedtui.core.shares import parse_share, percent

SOURCE = ImageRecord(
    kind="refine", prompt="a cat", suffix=", artsy", seed=3, slot=1, environment=Environment(), sha256="a" * 64,
    recipe=Recipe(steps=20, width=512, height=768, fallback="halves", spread=0.4), round_id="r", index=2,
    holds=(Hold(0.2, "a cat"),), variations=(Variation(9, 1.0), Variation(8, 0.2)),
)  # fmt: skip


@given(st.floats(min_value=0.001, max_value=1), st.integers(1, 1000))
def test_a_strength_that_passes_runs_at_least_one_step(strength: float, steps: int) -> None:
    how = Finish(strength=strength).check()
    if int(steps * strength):
        how.check_steps(steps)
    else:
        with pytest.raises(InputError) as told:
            how.check_steps(steps)
        percent = int(told.value.problem.hint.split("%")[0].split()[-1])
        Finish(strength=min(percent / 100 + 1e-9, 1.0)).check_steps(steps)  # the hint is right


@given(st.integers(8, 2048), st.integers(8, 2048), st.floats(1, 8), st.sampled_from([1, 8, 16, 32]))
def test_a_scaled_size_is_a_near_multiple(width: int, height: int, scale: float, multiple: int) -> None:
    for now, then in zip((width, height), scaled_size(width, height, scale, multiple), strict=True):
        assert then % multiple == 0
        assert then == multiple or abs(then - now * scale) <= multiple / 2 + 1e-6


@pytest.mark.parametrize(("text", "scale"), [("2", 2), ("1.5", 1.5), (" 2x", 2), ("1", 1), ("8×", 8)])
def test_scales(text: str, scale: float) -> None:
    assert parse_scale(text) == scale


@pytest.mark.parametrize("text", ["0.9", "9", "", "x", "two", "-2", "1e3", "nan", "2%"])
def test_wrong_scales(text: str) -> None:
    with pytest.raises(InputError, match="invalid scale"):
        parse_scale(text)


def test_an_image_is_not_stretched() -> None:
    check_shape((512, 768), (1024, 1536), 8)
    check_shape((512, 768), (1000, 1496), 8)  # rounded to what the model needs
    with pytest.raises(InputError) as told:
        check_shape((512, 768), (1024, 1024), 8)
    assert told.value.problem.hint == "Use 1024x1536"
    with pytest.raises(InputError) as told:
        check_shape((256, 256), (100, 77), 16)
    assert told.value.problem.hint == "Use 96x96"  # which fits the model, too


@pytest.mark.parametrize("text", ["0%", "1%", "12.5%", "29%", "57%", "99.9%", "100%"])
def test_a_share_is_shown_as_it_was_written(text: str) -> None:
    assert percent(parse_share(text, "strength")) == text
    assert str(Variation(9, parse_share(text, "strength"))) == f"{text} of 9"


def test_the_round_has_all_that_is_needed() -> None:
    round_ = finish(SOURCE, Finish(strength=0.3), 1024, 1536)
    assert source_of(round_) == SOURCE
    assert (round_.prompt, round_.shots[0].seed) == ("a cat, artsy", 9)
    assert not round_.shots[0].holds + round_.shots[0].variations  # the last steps follow its own prompt
    recipe = round_.recipe
    assert (recipe.batch_size, recipe.width, recipe.height, recipe.fallback, recipe.spread) == (1, 1024, 1536, None, 0)
    assert round_.parent == SOURCE.pick
    assert round_.label(round_.shots[0]) == round_.title == "seed 9 · 1024x1536 · 30%"
    assert msgspec.json.decode(msgspec.json.encode(round_), type=type(round_)) == round_


def test_all_of_it_anew_needs_no_source() -> None:
    round_ = finish(SOURCE, Finish(strength=1), 512, 768, steps=60)
    assert source_of(round_) is None
    assert (round_.shots[0].holds, round_.shots[0].variations) == (SOURCE.holds, SOURCE.variations)
    assert (round_.recipe.steps, round_.recipe.spread) == (60, 0.4)


def test_a_record_makes_its_round_again() -> None:
    record = msgspec.structs.replace(
        SOURCE, kind="finish", finish=Finish(strength=0.3), source=SOURCE, holds=(), variations=(), slot=0,
        recipe=msgspec.structs.replace(SOURCE.recipe, batch_size=1),
    )  # fmt: skip
    again = round_again(record)
    assert (again.kind, again.finish, source_of(again)) == ("finish", record.finish, SOURCE)
    assert (depth(record), record.unfinished, depth(SOURCE)) == (1, SOURCE, 0)
    with pytest.raises(InputError, match="not recorded"):
        source_of(msgspec.structs.replace(again, source=""))
