import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from seedtui.terminal.renderers.iterm2 import base64_length, inline_image, jpeg_preview, jpeg_within, png_exact
from seedtui.terminal.renderers.text.canvas import to_image
from tests.support.pictures import drawn

IMAGE = to_image(drawn(352, 330))


def opened(data):
    return Image.open(BytesIO(data)).convert("RGB")


def error(data, image=IMAGE):
    back = opened(data).resize(image.size, Image.Resampling.BICUBIC)
    return ((np.asarray(back, float) - np.asarray(image, float)) ** 2).mean()


def test_an_inline_image_states_its_size_in_bytes_and_cells():
    text = inline_image(b"data", 20, 10)
    options, data = re.fullmatch(r"\x1b\]1337;File=(.*):(.*)\x07", text).groups()
    assert options == "inline=1;size=4;width=20;height=10;preserveAspectRatio=0"
    assert b64decode(data) == b"data"


@given(st.binary(max_size=50))
def test_the_length_in_base64_is_known(data):
    text = inline_image(data, 1, 1)
    assert len(text) - len(text.rstrip("\x07").rpartition(":")[0]) - 2 == base64_length(data)


@pytest.mark.parametrize("limit", [200_000, 50_000, 30_000, 20_000, 8_000, 2_000])
def test_a_jpeg_keeps_the_limit(limit):
    assert base64_length(jpeg_within(IMAGE, limit)) <= limit


def test_more_bytes_look_better():
    errors = [error(jpeg_within(IMAGE, limit)) for limit in (5_000, 15_000, 30_000, 300_000)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 25


def test_only_without_another_way_out_there_are_fewer_pixels():
    assert opened(jpeg_within(IMAGE, 20_000)).size == IMAGE.size
    assert opened(jpeg_within(IMAGE, 4_000)).width < IMAGE.width


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2_000))
def test_any_size_has_a_jpeg(width, height, limit):
    jpeg = jpeg_within(IMAGE.crop((0, 0, width, height)), limit)
    assert opened(jpeg).size == (1, 1) or base64_length(jpeg) <= limit


def test_a_preview_is_small():
    small = IMAGE.resize((64, 64), Image.Resampling.BOX)
    assert base64_length(jpeg_preview(small)) < 4_000
    assert error(jpeg_preview(small), small) < 200


def test_a_png_has_every_pixel():
    assert opened(png_exact(IMAGE)).tobytes() == IMAGE.tobytes()
