import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from seedtui.terminal.renderers.sixel import encoded, reduced, reduced_within, sixel
from seedtui.terminal.renderers.text.canvas import to_image
from tests.support.pictures import drawn
from tests.support.sixel_decoder import LONGEST_RUN, decode

IMAGE = to_image(drawn(352, 330))


def percent(image):
    """The colours of `image` as sixels state them."""
    return np.rint(np.asarray(image.convert("RGB"), float) * (100 / 255)).astype(int)


def palette_image(indices, seed=0):
    image = Image.fromarray(indices.astype(np.uint8), "P")
    image.putpalette(np.random.default_rng(seed).integers(0, 256, 768, np.uint8).tobytes())
    return image


def error(text):
    return ((decode(text).colours * 2.55 - np.asarray(IMAGE, float)) ** 2).mean()


SIZES = st.tuples(st.integers(1, 30), st.integers(1, 40))


@settings(max_examples=200, deadline=None)
@given(arrays.arrays(np.uint8, SIZES, elements=st.integers(0, 255)), st.integers(1, 256))
def test_every_pixel_comes_back(indices, colours):
    image = palette_image(indices.astype(int) % colours)
    decoded = decode(encoded(image))
    assert decoded.size == image.size
    assert (decoded.colours == percent(image)).all()


@settings(max_examples=100, deadline=None)
@given(SIZES, st.integers(0, 1 << 32), st.floats(0.02, 0.5))
def test_long_runs_come_back(size, seed, changes):
    """Of few colours, in stretches: what is painted over is the most here."""
    rng = np.random.default_rng(seed)
    steps = rng.random(size) < changes
    image = palette_image(np.cumsum(steps, axis=1) % 3 + (np.cumsum(steps, axis=0) % 2), seed)
    assert (decode(encoded(image)).colours == percent(image)).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 6), (4, 3), (300, 13), (352, 330)])
@pytest.mark.parametrize("colours", [2, 16, 64, 256])
@pytest.mark.parametrize("fast", [False, True])
def test_a_picture_comes_back_as_it_was_reduced(size, colours, fast):
    image = reduced(IMAGE.resize(size), colours, fast=fast)
    decoded = decode(encoded(image))
    assert (decoded.colours == percent(image)).all()
    assert len(decoded.palette) <= colours


@pytest.mark.parametrize("width", [LONGEST_RUN, LONGEST_RUN + 1, 2 * LONGEST_RUN + 5])
def test_the_longest_runs_are_divided(width):
    text = encoded(palette_image(np.zeros((7, width))))
    assert max(int(count) for count in re.findall(r"!(\d+)", text)) <= LONGEST_RUN
    assert (decode(text).colours >= 0).all()


def test_one_colour_takes_few_bytes():
    assert len(sixel(Image.new("RGB", (352, 330), "#204060"), 256)) < 600


def test_a_picture_of_few_colours_keeps_them():
    colours = np.array([[255, 0, 0], [0, 255, 0], [255, 255, 255], [0, 0, 51]], np.uint8)
    image = Image.fromarray(colours[np.random.default_rng(0).integers(0, 4, (20, 30))])
    assert (decode(sixel(image, 4)).colours == percent(image)).all()


def test_more_colours_look_better():
    errors = [error(sixel(IMAGE, colours)) for colours in (4, 16, 64, 256)]
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 150


def test_a_part_has_the_colours_of_the_whole():
    image = reduced(IMAGE, 32)
    box = (8, 20, 80, 71)
    part = decode(encoded(image.crop(box)))
    assert (part.colours == percent(image)[box[1] : box[3], box[0] : box[2]]).all()


def test_dithering_keeps_the_shades_of_a_smooth_picture():
    ramp = np.linspace(60, 120, 200)[None, :, None] * np.ones((90, 1, 3))
    image = Image.fromarray(ramp.astype(np.uint8))

    def blurred(text):
        return decode(text).colours[:88].reshape(22, 4, 50, 4, 3).mean(axis=(1, 3)) * 2.55

    wanted = ramp[:88].reshape(22, 4, 50, 4, 3).mean(axis=(1, 3))
    dithered, plain = (abs(blurred(sixel(image, 8, fast=fast)) - wanted).mean() for fast in (False, True))
    assert dithered < plain


@pytest.mark.parametrize("fast", [False, True])
def test_the_most_colours_within_the_limit(fast):
    lengths = {colours: len(sixel(IMAGE, colours, fast=fast)) for colours in (16, 32, 64, 128, 256)}
    for limit in (10_000, 40_000, 60_000, 90_000, 130_000, 500_000):
        text = reduced_within(IMAGE, limit, fast=fast)[1]
        assert len(text) <= max(limit, lengths[16])
        used = len(decode(text).palette)
        # Estimated, so it may be a step less than the best.
        fitting = [colours for colours in lengths if lengths[colours] <= limit * 0.85]
        assert used >= max(fitting, default=16) * 0.9
    assert reduced_within(IMAGE, 500_000, fast=fast)[1] == sixel(IMAGE, 256, fast=fast)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(1, 120), st.integers(0, 5_000))
def test_any_size_and_limit(width, height, limit):
    few, text = reduced_within(IMAGE.crop((0, 0, width, height)), limit)
    assert (decode(text).colours == percent(few)).all()
