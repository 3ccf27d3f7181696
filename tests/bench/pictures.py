"""What pictures cost and how good they are, for each encoder and each family of block characters.

One tile of 352x330 pixels, or 60x30 cells. Bytes as they go to the terminal, the least processor time of some tries,
PSNR in dB, and SSIM of the brightness. Without PICTURES, the drawn picture of the tests.

    python -m tests.bench.pictures [PICTURE...]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple, TypeVar

import numpy as np
from PIL import Image

from seedtui.core.images.picture import Picture
from seedtui.terminal.renderers import iterm2, sixel
from seedtui.terminal.renderers.kitty.png import encode
from seedtui.terminal.renderers.text.blocks import BlockRenderer
from seedtui.terminal.renderers.text.canvas import to_image
from seedtui.terminal.renderers.text.glyphs import HALF, OCTANT, QUAD, SEXTANT
from tests.support.pictures import drawn, shown

TILE, CELLS, PREVIEW = (352, 330), (60, 30), (64, 64)
TRIES = 5

T = TypeVar("T")


class Row(NamedTuple):
    name: str
    size: int
    seconds: float
    look: Image.Image


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """The least processor time that `work` took, of some tries, and its result."""
    best = float("inf")
    for _ in range(TRIES):
        start = time.thread_time()
        result = work()
        best = min(best, time.thread_time() - start)
    return best, result


def encoded(image: Image.Image) -> Iterator[Row]:
    """Final pictures."""
    for colours in (16, 32, 64, 128, 256):
        seconds, text = timed(lambda: sixel.sixel(image, colours))  # noqa: B023
        yield Row(f"sixel {colours}", len(text), seconds, sixel.reduced(image, colours).convert("RGB"))
    for limit in (60_000, 120_000):
        seconds, (few, text) = timed(lambda: sixel.reduced_within(image, limit))  # noqa: B023
        yield Row(f"sixel within {limit // 1000} kB", len(text), seconds, few.convert("RGB"))
    for limit in (20_000, 40_000, 80_000):
        seconds, jpeg = timed(lambda: iterm2.jpeg_within(image, limit))  # noqa: B023
        yield Row(f"iterm2, JPEG within {limit // 1000} kB", sent(jpeg), seconds, opened(jpeg))
    seconds, png = timed(lambda: iterm2.png_exact(image))
    yield Row("iterm2, PNG", sent(png), seconds, opened(png))
    picture = Picture(*image.size, image.tobytes())
    seconds, png = timed(lambda: encode(picture, *image.size, 1 << 30, fast=True))
    yield Row("kitty, PNG of 256 colours", iterm2.base64_length(png), seconds, opened(png))


def previews(small: Image.Image) -> Iterator[Row]:
    """Previews, beside the picture scaled smoothly."""
    for way in (Image.Resampling.NEAREST, Image.Resampling.BILINEAR):
        for colours in (16, 32, 64):
            image = small.resize(TILE, way)
            seconds, text = timed(lambda: sixel.sixel(image, colours, fast=True))  # noqa: B023
            look = sixel.reduced(image, colours, fast=True).convert("RGB")
            yield Row(f"sixel {colours}, {way.name.lower()}", len(text), seconds, look)
    seconds, jpeg = timed(lambda: iterm2.jpeg_preview(small))
    yield Row("iterm2, JPEG 64x64", sent(jpeg), seconds, opened(jpeg).resize(TILE, Image.Resampling.BICUBIC))


def blocks(picture: Picture) -> Iterator[Row]:
    """Block characters, with as many colours as there are, and with few."""
    for glyphs in (HALF, QUAD, SEXTANT, OCTANT):
        for colours in (1 << 24, 256, 16):
            renderer = BlockRenderer(glyphs, colours=colours)
            seconds, rows = timed(lambda: renderer.paint(picture, *CELLS, "#000000", False, False))  # noqa: B023
            look = Image.fromarray(shown(rows, glyphs))
            yield Row(
                f"{glyphs.name}, {colours} colours", 0, seconds, look.resize((480, 480), Image.Resampling.NEAREST)
            )


def sent(data: bytes) -> int:
    return len(iterm2.inline_image(data, *CELLS))


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def psnr(look: Image.Image, wanted: Image.Image) -> float:
    error = ((np.asarray(look, float) - np.asarray(wanted, float)) ** 2).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def ssim(look: Image.Image, wanted: Image.Image) -> float:
    one, other = (np.asarray(image.convert("L"), float) for image in (look, wanted))

    means = blurred(one), blurred(other)
    variances = blurred(one**2) - means[0] ** 2, blurred(other**2) - means[1] ** 2
    covariance = blurred(one * other) - means[0] * means[1]
    light, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    upper = (2 * means[0] * means[1] + light) * (2 * covariance + contrast)
    return float((upper / ((means[0] ** 2 + means[1] ** 2 + light) * (sum(variances) + contrast))).mean())


def blurred(levels: np.ndarray) -> np.ndarray:
    """Gaussian, with the standard deviation that SSIM is defined for."""
    weights = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    for _ in range(2):
        padded = np.pad(levels, ((5, 5), (0, 0)), mode="reflect")
        levels = sum(weight * padded[i : i + len(levels)] for i, weight in enumerate(weights)).T
    return levels


def table(rows: Iterator[Row], wanted: Image.Image) -> None:
    for row in rows:
        size = f"{row.size / 1000:7.1f} kB" if row.size else " " * 10
        quality = f"{psnr(row.look, wanted):6.1f} dB  SSIM {ssim(row.look, wanted):.3f}"
        print(f"  {row.name:28} {size} {row.seconds * 1000:7.1f} ms {quality}")


def square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side)).resize((512, 512), Image.Resampling.LANCZOS)


def main() -> None:
    pictures = {name: square(Image.open(name).convert("RGB")) for name in sys.argv[1:]} or {"drawn": to_image(drawn())}
    for name, image in pictures.items():
        tile = image.resize(TILE, Image.Resampling.LANCZOS)
        small = image.resize(PREVIEW, Image.Resampling.BOX)
        print(f"{name}: finals, {TILE[0]}x{TILE[1]}")
        table(encoded(tile), tile)
        print(f"{name}: previews, {PREVIEW[0]}x{PREVIEW[1]}")
        table(previews(small), small.resize(TILE, Image.Resampling.BICUBIC))
        print(f"{name}: blocks, {CELLS[0]}x{CELLS[1]} cells")
        table(blocks(Picture(*image.size, image.tobytes())), image.resize((480, 480), Image.Resampling.LANCZOS))


if __name__ == "__main__":
    main()
