"""The variety of a round's pictures."""

from __future__ import annotations

import numpy as np
import pytest

from seedtui.core.images.picture import Picture
from seedtui.core.images.variety import SIDE, RunningVariety, look_alike, sketch, variety


def noise(seed: int, side: int = 64) -> np.ndarray:
    """A picture of 8 x 8 random patches."""
    patches = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return patches.repeat(side // 8, 0).repeat(side // 8, 1)


def picture(values: np.ndarray) -> Picture:
    return Picture(values.shape[1], values.shape[0], values.tobytes())


def of(*values: np.ndarray) -> float | None:
    return variety([sketch(picture(one)) for one in values])


def test_the_same_picture_has_none_and_one_has_no_variety() -> None:
    assert of(noise(1), noise(1), noise(1)) == 0
    assert of(noise(1)) is None and of() is None
    assert look_alike(0) and not look_alike(None)


def test_black_and_white_have_all_of_it() -> None:
    assert of(np.zeros((32, 48, 3), np.uint8), np.full((32, 48, 3), 255, np.uint8)) == 1


def test_other_compositions_have_much_and_other_details_little() -> None:
    grain = np.random.default_rng(9).integers(-40, 40, (2, 512, 512, 3))
    details = [np.clip(noise(1, 512) + one, 0, 255).astype(np.uint8) for one in grain]
    assert look_alike(of(*details))
    assert not look_alike(of(noise(1), noise(2)))


def test_it_depends_on_neither_order_nor_size() -> None:
    some = [noise(seed) for seed in range(4)]
    assert of(*some) == pytest.approx(of(*reversed(some)))
    assert of(*some) == pytest.approx(of(*(noise(seed, 1024) for seed in range(4))), abs=0.02)


def test_a_sketch_fits_any_shape() -> None:
    for width, height in ((1, 1), (7, 300), (1000, 9)):
        assert sketch(Picture(width, height, bytes(3 * width * height))).shape == (SIDE, SIDE, 3)


def test_one_after_the_other_they_have_the_same_variety_and_few_are_compared() -> None:
    running = RunningVariety()
    assert running.value is None
    running.add(sketch(picture(noise(1))))
    assert running.value is None
    for count in range(2, 41):
        running.add(sketch(picture(noise(count))))
        whole = of(*map(noise, range(1, count + 1)))
        assert running.value == pytest.approx(whole, rel=1e-6 if count <= RunningVariety.MOST else 0.05)
