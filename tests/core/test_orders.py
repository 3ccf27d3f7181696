"""Orders of pictures by how they look: each has every picture once, and what it promises first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.images.orders import ORDERS, order

SKETCHES = st.lists(st.binary(min_size=12, max_size=12), max_size=40)


def flat(red: int, green: int, blue: int) -> bytes:
    return bytes((red, green, blue)) * 64


@pytest.mark.parametrize("which", ORDERS)
@given(sketches=SKETCHES, pick=st.integers(0, 39))
def test_every_picture_comes_once_and_always_at_the_same_place(which, sketches, pick):
    pick = min(pick, max(0, len(sketches) - 1))
    found = order(which, sketches, pick)
    assert sorted(found) == list(range(len(sketches)))
    assert found == order(which, sketches, pick)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.randoms())
def test_the_first_of_the_most_different_are_one_of_each_kind(kinds, random):
    colours = [(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 255, 255)]
    noisy = [bytes(min(255, max(0, v + random.randint(-4, 4))) for v in flat(*colours[kind])) for kind in kinds]
    found = order("different", noisy)
    count = len(set(kinds))
    assert len({kinds[place] for place in found[:count]}) == count


def test_pictures_that_are_the_same_all_come():
    assert sorted(order("different", [flat(9, 9, 9)] * 5)) == [0, 1, 2, 3, 4]


@given(st.lists(st.integers(0, 255), min_size=1, max_size=30), st.data())
def test_the_nearest_come_first_the_pick_before_all(greys, data):
    pick = data.draw(st.integers(0, len(greys) - 1))
    found = order("nearest", [flat(grey, grey, grey) for grey in greys], pick)
    apart = [abs(greys[place] - greys[pick]) for place in found]
    assert apart == sorted(apart) and greys[found[0]] == greys[pick]


def test_colours_go_round_and_greys_stand_apart():
    sketches = [flat(128, 128, 128), flat(0, 0, 200), flat(200, 0, 0), flat(20, 20, 20), flat(0, 200, 0)]
    assert order("colour", sketches) == (2, 4, 1, 3, 0)


def test_thousands_are_sorted_with_a_product_each():
    values = np.random.default_rng(0).integers(0, 256, (600, 192), np.uint8)
    found = order("different", [row.tobytes() for row in values])
    assert sorted(found) == list(range(600))
