"""How far two pictures are apart, in numbers and as a heat map; and the parts of a picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.images.difference import compare, heat_map
from seedtui.core.images.picture import Picture, crop


def grey(*values: int) -> Picture:
    return Picture(len(values), 1, bytes(v for value in values for v in (value,) * 3))


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    width, height = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    return Picture(width, height, draw(st.binary(min_size=3 * width * height, max_size=3 * width * height)))


def test_pictures_are_compared_by_value() -> None:
    black, other = Picture(2, 1, bytes(6)), Picture(2, 1, bytes([0, 0, 0, 0, 3, 9]))
    assert compare(black, black) == (0, 0.0, 0, 2, 0.0)
    assert compare(black, other) == (9, pytest.approx(2.0), 1, 2, pytest.approx(15.0))
    assert compare(black, Picture(1, 2, bytes(6))) is None
    assert heat_map(black, Picture(1, 2, bytes(6))) is None


def test_the_figures_are_those_of_the_definition() -> None:
    difference = compare(grey(0, 0, 0, 0), grey(0, 0, 0, 255))
    assert difference.psnr == pytest.approx(10 * math.log10(4))
    assert difference.share == 0.25
    assert difference.short == "255/255 in 1 px"
    assert difference.measured == "6.0 dB PSNR · 25 % of pixels differ · by at most 255 of 255"
    assert "99.9 %" in difference._replace(pixels=9_999, of=10_000).measured
    assert "0.01 %" in difference._replace(pixels=1, of=10_000).measured
    assert compare(grey(7), grey(7)).psnr == math.inf
    assert "bit for bit" in compare(grey(7), grey(7)).measured


def test_a_heat_map_glows_where_it_differs_and_more_where_more() -> None:
    heat = heat_map(grey(100, 100, 100, 100), grey(100, 101, 130, 255))
    light = np.frombuffer(heat.pixels, np.uint8).reshape(-1, 3).astype(int).sum(axis=1)
    assert sorted(light) == list(light)
    assert len(set(light)) == 4
    same, *glowing = np.frombuffer(heat.pixels, np.uint8).reshape(-1, 3)
    assert len(set(same)) == 1
    assert all(len(set(pixel)) > 1 for pixel in glowing)


def test_a_lonely_pixel_is_seen_in_a_large_heat_map_too() -> None:
    side = 1000
    black, other = bytes(side * side * 3), bytearray(side * side * 3)
    other[3 * (side * 300 + 999)] = 1
    heat = heat_map(Picture(side, side, black), Picture(side, side, bytes(other)))
    rows, columns = np.nonzero(np.frombuffer(heat.pixels, np.uint8).reshape(side, side, 3).any(axis=2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (295, 305, 994, 999)


@given(pictures(), st.integers(-3, 12), st.integers(-3, 12), st.integers(-3, 12), st.integers(-3, 12))
def test_a_crop_is_a_part_of_the_picture(picture: Picture, left: int, top: int, width: int, height: int) -> None:
    part = crop(picture, left, top, width, height)
    assert part.width >= 1 and part.height >= 1
    left, top = min(max(left, 0), picture.width - 1), min(max(top, 0), picture.height - 1)
    whole = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3)
    assert part.pixels == whole[top : top + part.height, left : left + part.width].tobytes()
    assert len(part.pixels) == 3 * part.width * part.height
