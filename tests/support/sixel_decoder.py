"""A decoder of sixel sequences that paints as terminals do, and is strict about what it is given."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

LONGEST_RUN = 32767

_TOKEN = re.compile(r'"(\d+;\d+;\d+;\d+)|#(\d+)((?:;\d+){4})?|!(\d+)([?-~])|([?-~]+)|([$-])')


class Decoded(NamedTuple):
    """`colours` (height, width, 3) are in percent, -1 where nothing was painted. `size` is the stated one."""

    colours: np.ndarray
    size: tuple[int, int]
    palette: dict[int, tuple[int, ...]]


def decode(text: str) -> Decoded:
    """What `text` draws, in the size that was stated. Raises if it is malformed, or paints outside."""
    found = re.fullmatch(r"\x1bP0;1;0q(.*)\x1b\\", text, re.DOTALL)
    assert found, "not a sixel sequence"
    body = found.group(1)
    palette: dict[int, tuple[int, ...]] = {}
    canvas = np.empty((0, 0, 3))
    width = height = x = top = at = 0
    colour: tuple[int, ...] | None = None
    while at < len(body):
        token = _TOKEN.match(body, at)
        assert token, f"unknown at {at}: {body[at : at + 10]!r}"
        at = token.end()
        raster, number, levels, count, repeated, plain, move = token.groups()
        if raster:
            assert raster.startswith("1;1;") and not width
            width, height = (int(part) for part in raster.split(";")[2:])
            canvas = np.full((-(-height // 6) * 6, width, 3), -1)
        elif number:
            if levels:
                kind, *values = (int(part) for part in levels[1:].split(";"))
                assert kind == 2 and all(0 <= value <= 100 for value in values)
                palette[int(number)] = tuple(values)
            colour = palette[int(number)]
        elif move:
            x, top = 0, top + (6 if move == "-" else 0)
        else:
            assert not count or int(count) <= LONGEST_RUN
            for character in plain or repeated:
                length = int(count or 1)
                assert x + length <= width and colour is not None
                for row in range(6):
                    if (ord(character) - 63) >> row & 1:
                        canvas[top + row, x : x + length] = colour
                x += length
    assert (canvas[height:] == -1).all(), "painted below the picture"
    return Decoded(canvas[:height], (width, height), palette)
