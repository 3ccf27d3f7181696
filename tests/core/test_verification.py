"""What is said of an image that was made again, and what is told beforehand."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.images.verification import judge, what_differs
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe

MADE = Picture(2, 2, bytes(12))
RECORD = ImageRecord(
    kind="explore", prompt="a cat", suffix="", seed=0, slot=0, round_id="0123456789ab", index=0,
    recipe=Recipe(revision="a" * 64, dtype="float16", device="cuda"), sha256=pixel_hash(MADE.pixels),
    environment=Environment(gpu="H200", torch="2.13", attention="sdpa"),
)  # fmt: skip


class Machine(NamedTuple):
    revision: str = "a" * 64
    dtype: str = "float16"
    device: str = "cuda"
    environment: Environment = RECORD.environment
    lora: tuple[Lora, ...] = ()


def elsewhere(**changes: str) -> Machine:
    return Machine(environment=msgspec.structs.replace(RECORD.environment, **changes))


def other(value: int) -> Picture:
    return Picture(2, 2, bytes([*bytes(11), value]))


def test_each_verdict_says_what_is_the_matter() -> None:
    assert judge(MADE, RECORD, MADE).exact
    assert judge(MADE, RECORD, MADE).short == "exact"
    made_otherwise = judge(MADE, RECORD, other(3))
    assert not made_otherwise.exact
    assert made_otherwise.short == "differs: 3/255 in 1 px"
    changed = judge(other(1), RECORD, MADE)
    assert (changed.intact, changed.same, changed.exact) == (False, True, False)
    assert changed.short == "changed on disk: 1/255 in 1 px"
    assert "changed after it was written" in changed.words
    assert judge(MADE, RECORD, Picture(1, 1, bytes(3))).short == "differs: different size"
    both = judge(other(1), RECORD, other(1))
    assert not both.exact
    assert "not reproduce exactly either" in both.words


def test_nothing_differs_where_it_was_made() -> None:
    assert what_differs(RECORD, Machine()) == ()


@pytest.mark.parametrize(
    ("here", "line"),
    [
        (Machine(revision="b" * 64), "weights: aaaaaaaaaaaa then, bbbbbbbbbbbb here"),
        (Machine(dtype="float32"), "dtype: float16 then, float32 here"),
        (elsewhere(gpu=""), "GPU: H200 then, none here"),
        (elsewhere(torch="2.9"), "torch: 2.13 then, 2.9 here"),
        (elsewhere(attention="math"), "attention: sdpa then, math here"),
    ],
)
def test_what_differs_here_is_told(here: Machine, line: str) -> None:
    assert what_differs(RECORD, here) == (line,)


def test_another_device_draws_other_noise_unless_it_is_drawn_on_the_cpu() -> None:
    assert "generator: cuda then, cpu here" in what_differs(RECORD, Machine(device="cpu"))
    on_cpu = msgspec.structs.replace(RECORD, recipe=RECORD.recipe.with_changes(generator_device="cpu"))
    assert what_differs(on_cpu, Machine(device="cpu")) == ("device: cuda then, cpu here",)
