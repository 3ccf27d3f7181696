"""Sixel: pictures as text, for terminals that draw pixels but know no better protocol.

Source: https://vt100.net/docs/vt3xx-gp/chapter14.html. A band is six rows high. Within it each colour paints all its
pixels, six per character, and then the next colour goes over the same band. What is painted later covers what was
there, so a colour may also paint over pixels of the colours after it. This makes longer runs, and an eighth to a
quarter fewer bytes.

`reduced` chooses the colours, and `encoded` writes the sequence. They are separate so that parts of a picture can be
painted again in the same colours.
"""

from __future__ import annotations

from math import isqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]


def sixel(image: Image.Image, colours: int, *, fast: bool = False) -> str:
    """The sequence that draws `image` at the cursor, pixel for pixel, in at most `colours` colours (2 to 256).

    `fast` is for previews: it takes less time and fewer bytes, and gradients show bands.
    """
    return encoded(reduced(image, colours, fast=fast))


def reduced_within(image: Image.Image, limit: int, *, fast: bool = False) -> tuple[Image.Image, str]:
    """The picture in the most colours whose sequence has at most `limit` bytes, and that sequence.

    In the fewest colours if none is that short.

    The length is estimated from some of the bands, so that rarely more than one sequence is written in full.
    """
    guess = _estimate(image, fast)
    fitting = (colours for colours, share in _LENGTHS.items() if guess * share <= limit)
    for colours in fitting:
        few = reduced(image, colours, fast=fast)
        text = encoded(few)
        if len(text) <= limit:
            return few, text
    few = reduced(image, _FEWEST, fast=fast)
    return few, encoded(few)


_USUAL, _FEWEST = 64, 16
_LENGTHS = {256: 1.7, 128: 1.35, 64: 1.0, 32: 0.67}
"""How long sequences with so many colours are beside those with the usual number: within a tenth in most pictures."""

_SAMPLED = 4
"""One band of this many is written to estimate the length of all."""


def _estimate(image: Image.Image, fast: bool) -> float:
    """About how many bytes `image` takes in the usual number of colours."""
    if image.height < 2 * _SAMPLED * _BAND:
        return len(sixel(image, _USUAL, fast=fast))
    pixels = np.asarray(image)
    pixels = pixels[: len(pixels) // _BAND * _BAND].reshape(-1, _BAND, *pixels.shape[1:])
    sample = Image.fromarray(pixels[_SAMPLED // 2 :: _SAMPLED].reshape(-1, *pixels.shape[2:]))
    palette = _palette(sample, _USUAL, 0)
    text = encoded(_nearest(sample if fast else _dithered(sample, palette), palette))
    return len(text) * image.height / sample.height


# Choosing colours


def reduced(image: Image.Image, colours: int, *, fast: bool = False) -> Image.Image:
    """The RGB `image` in at most `colours` colours, as a palette image.

    The dither is an ordered one: it takes fewer bytes than error diffusion, leaves no stray dots, and stays where it is
    if the picture changes a little.
    """
    if known := image.getcolors(colours):
        return _nearest(image, np.array([colour for _, colour in known], np.float32))
    palette = _palette(image, colours, 0 if fast else 2 if colours > _USUAL else 3)
    return _nearest(image if fast else _dithered(image, palette), palette)


_SAMPLE = 3000
"""How many pixels to choose the palette from: twice as many take twice as long, and gain less than 0.1 dB."""


def _palette(image: Image.Image, colours: int, rounds: int) -> Floats:
    """At most `colours` colours, (n, 3): an octree's, improved by `rounds` of k-means."""
    step = max(1, isqrt(image.width * image.height // _SAMPLE))
    size = (max(1, image.width // step), max(1, image.height // step))
    sample = image.resize(size, Image.Resampling.NEAREST)
    tree = sample.quantize(colours, method=Image.Quantize.FASTOCTREE)
    found = np.array(tree.getpalette(), np.float32).reshape(-1, 3)[:colours]
    pixels = np.asarray(sample, np.float32).reshape(-1, 3)
    for _ in range(rounds):
        # Written out, as a matrix product would start threads that take longer than this.
        products = (pixels[:, None, level] * found[:, level] for level in range(3))
        nearest = ((found**2).sum(axis=1) - 2 * sum(products)).argmin(axis=1)
        sizes = np.bincount(nearest, minlength=len(found))
        sums = np.stack([np.bincount(nearest, level, len(found)) for level in pixels.T], axis=1)
        found = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], found).astype(np.float32)
    return found


def _nearest(image: Image.Image, palette: Floats) -> Image.Image:
    colours = np.clip(palette + 0.5, 0, 255).astype(np.uint8)
    known = Image.new("P", (1, 1))
    known.putpalette(np.concatenate([colours, colours[:1].repeat(256 - len(colours), axis=0)]).tobytes())
    return image.quantize(palette=known, dither=Image.Dither.NONE)


def _dithered(image: Image.Image, palette: Floats) -> Image.Image:
    """`image` with a pattern over it that moves its colours by up to half the usual distance of two in `palette`."""
    if len(palette) < 2:
        return image
    between = ((palette[:, None] - palette[None]) ** 2).sum(axis=2)
    np.fill_diagonal(between, np.inf)
    strength = np.sqrt(np.median(between.min(axis=1)) / 3)
    across, down = (-(-side // len(_PATTERN)) for side in image.size)
    pattern = np.tile(np.rint(_PATTERN * strength).astype(np.int16), (down, across))
    moved = np.asarray(image, np.int16) + pattern[: image.height, : image.width, None]
    return Image.fromarray(np.clip(moved, 0, 255).astype(np.uint8))


_PATTERN = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) + 0.5) / 16 - 0.5
"""Bayer's."""


# Writing

_BAND = 6
_LONGEST = 32767
"""The longest run: some terminals read the count as a 16-bit number."""


def encoded(reduced: Image.Image) -> str:
    """The sequence that draws a palette image at the cursor."""
    indices = np.asarray(reduced)
    colours = np.array(reduced.getpalette(), np.uint8).reshape(-1, 3)
    strokes = _strokes(indices)
    # The colours used in the most bands get the shortest numbers.
    bands = np.bincount(strokes.colour, minlength=256)
    by_use = np.argsort(-bands, kind="stable")[: np.count_nonzero(bands)]
    number = np.empty(256, np.intp)
    number[by_use] = np.arange(len(by_use))
    levels = np.rint(colours[by_use].astype(float) * (100 / 255)).astype(int).tolist()
    defined = "".join(f"#{i};2;{red};{green};{blue}" for i, (red, green, blue) in enumerate(levels))
    height, width = indices.shape
    return f'\x1bP0;1;0q"1;1;{width};{height}{defined}{_written(strokes, number[strokes.colour])}\x1b\\'


class _Strokes(NamedTuple):
    """What each colour paints in each band where it occurs, in the order of painting.

    `colour` (n) is its index in the palette, and `first` (n) says whether it is the first one of its band. `own`
    (width, n) are the sixels that it must paint, and `allowed` (width, n) those that it may.
    """

    colour: Numbers
    first: npt.NDArray[np.bool_]
    own: Bytes
    allowed: Bytes


def _strokes(indices: Bytes) -> _Strokes:
    """In each band the most frequent colour is painted first, as it covers the most."""
    height, width = indices.shape
    bands = -(-height // _BAND)
    band = np.arange(height) // _BAND
    count = int(indices.max()) + 1
    pixels = np.bincount((band[:, None] * count + indices).ravel(), minlength=bands * count).reshape(bands, count)
    order = np.argsort(-pixels, axis=1, kind="stable")
    place = np.argsort(order, axis=1)
    # One entry for each band and each place in the order of painting, even of colours that are not in that band.
    sixels = np.zeros((bands, count, width), np.uint8)
    entries = (band[:, None] * count + place[band[:, None], indices]) * width + np.arange(width)
    for row in range(_BAND):
        sixels.reshape(-1)[entries[row::_BAND]] |= 1 << row
    allowed = np.bitwise_or.accumulate(sixels[:, ::-1], axis=1)[:, ::-1]
    used = np.take_along_axis(pixels, order, axis=1) > 0
    return _Strokes(order[used], np.flatnonzero(used) % count == 0, sixels[used].T.copy(), allowed[used].T.copy())


def _written(strokes: _Strokes, number: Numbers) -> str:
    """The bands, all colours by their `number` (n)."""
    sixels, start = _runs(strokes)
    # A head before each colour is one more column: "$" or "-", "#", and the number.
    sixels = np.concatenate([np.full((1, len(number)), _HEAD, np.uint8), sixels]).T.ravel()
    start = np.concatenate([np.ones((1, len(number)), bool), start]).T.ravel()
    at = np.flatnonzero(start)
    count = np.diff(at, append=len(start))
    value = sixels[at + count - 1]
    head = np.flatnonzero(value == _HEAD)
    length = np.where(count > 3, 2 + _digits(count), count)
    length[head] = 2 + _digits(number)
    last = np.append(head[1:], len(at)) - 1
    length[last[value[last] == 0]] = 0
    end = np.cumsum(length)
    out = (value + np.uint8(_BLANK)).repeat(length)
    begin = end[head] - length[head]
    out[begin] = np.where(strokes.first, ord("-"), ord("$"))
    out[begin + 1] = ord("#")
    _write(out, end[head], number)
    long = np.flatnonzero((count > 3) & (length > 0))
    out[end[long] - length[long]] = ord("!")
    _write(out, end[long] - 1, count[long])
    return out[1:].tobytes().decode("ascii")


_BLANK = 63
_HEAD = 64


def _runs(strokes: _Strokes) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """The longest runs: sixels, right at the last column of each run, and whether a run starts; both (width, n).

    A run goes on while what it must paint so far is allowed in all its columns.
    """
    own, denied = strokes.own, ~strokes.allowed
    start = np.ones(own.shape, bool)
    must, never = own[0], denied[0]
    for x in range(1, len(own)):
        must, never = must | own[x], never | denied[x]
        new = start[x]
        np.not_equal(must & never, 0, out=new)
        np.copyto(must, own[x], where=new)
        np.copyto(never, denied[x], where=new)
        own[x] = must
    start[::_LONGEST] = True
    return own, start


def _digits(numbers: Numbers) -> Numbers:
    result: Numbers = 1 + (numbers > 9) + (numbers > 99) + (numbers > 999) + (numbers > 9999)
    return result


def _write(out: Bytes, end: Numbers, numbers: Numbers) -> None:
    """Write decimal `numbers` that end before the positions `end`."""
    while len(numbers):
        end = end - 1
        out[end] = ord("0") + numbers % 10
        numbers = numbers // 10
        more = numbers > 0
        end, numbers = end[more], numbers[more]
