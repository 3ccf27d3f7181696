"""Pictures made of ASCII characters without colour, for NO_COLOR and dumb terminals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image
from rich.segment import Segment
from rich.style import Style

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import CELL
from seedtui.terminal.renderers.fit import Box, fit
from seedtui.terminal.renderers.renderer import Row
from seedtui.terminal.renderers.text.base import TextRenderer
from seedtui.terminal.renderers.text.blocks import rgb
from seedtui.terminal.renderers.text.canvas import to_image

_ACROSS, _DOWN = 2, 3


class AsciiRenderer(TextRenderer):
    """Draws with ASCII characters, chosen by how much ink they have and where.

    The ink is white or black, depending on the background. On a background of ``default`` the terminal's own colours
    are used, assuming a dark terminal.
    """

    def __init__(self, cell: tuple[int, int] = CELL, previews_per_second: float = 10.0) -> None:
        super().__init__("ascii", cell, previews_per_second)
        self._part = (cell[0] / _ACROSS, cell[1] / _DOWN)

    def paint(
        self, picture: Picture, columns: int, rows: int, background: str, preview: bool, fill: bool
    ) -> tuple[Row, ...]:  # fmt: skip
        own = background == "default"
        light_paper = not own and sum(rgb(background)) > 3 * 127
        style = Style.null() if own else Style(color="#000000" if light_paper else "#ffffff", bgcolor=background)
        lines = ascii_lines(picture, columns, rows, self._part, light_paper, fill)
        return tuple((Segment(line, style),) for line in lines)


def ascii_lines(
    picture: Picture, columns: int, rows: int, part: tuple[float, float], light_paper: bool = False, fill: bool = False
) -> list[str]:
    """`rows` lines of `columns` characters. `part` is the width and height of a sixth of a cell."""
    size = (columns * _ACROSS, rows * _DOWN)
    box = Box(0, 0, *size) if fill else fit((picture.width, picture.height), size, part)
    way = Image.Resampling.BOX if fill else Image.Resampling.BICUBIC
    grey = to_image(picture).convert("L").resize((box.width, box.height), way, reducing_gap=3.0)
    shade = _stretched(np.asarray(grey, np.float32))
    ground = np.zeros((size[1], size[0]), np.float32)
    ground[box.top : box.top + box.height, box.left : box.left + box.width] = 1 - shade if light_paper else shade
    patches = ground.reshape(rows, _DOWN, columns, _ACROSS).transpose(0, 2, 1, 3).reshape(-1, 6)
    nearest = ((_features(patches)[:, None] - _INK[None]) ** 2).sum(axis=2).argmin(axis=1)
    text = "".join(_CHARACTERS[i] for i in nearest.tolist())
    return [text[i : i + columns] for i in range(0, len(text), columns)]


_CHARACTERS = " .-',:\"_~^;!*\\/><+=cv|Lx7][JYnuTVo4%XPAdpbqEU&K#8@WM"

# The ink in the sixths of each character's cell, in reading order, in ninths of the maximum: measured in DejaVu Sans
# Mono, scaled to its line height.
_MEASURED = """
    000000 000011 002200 111000 000032 001111 221100 000033 003400 221100 001132 212211 223300
    303203 023330 005510 005501 005510 006600 005223 005522 113333 305033 005522 341420 221423
    224132 230542 334411 006622 005533 553311 335522 006633 136702 406603 335522 446520 226622
    036633 007663 306633 006736 437333 336633 327544 339423 239821 446633 237744 339922 448822
"""


def _ink_table() -> npt.NDArray[np.float32]:
    """The shade of each sixth of each character, (n, 6). The mean of the densest character is 1, like white."""
    ink = np.array([[int(digit) for digit in digits] for digits in _MEASURED.split()], np.float32)
    return _features(ink / ink.mean(axis=1).max())


def _features(patches: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, 6) shades as (n, 7): the difference of each sixth from the mean, and the mean, which has the most weight."""
    mean = patches.mean(axis=1, keepdims=True)
    return np.concatenate((patches - mean, _WEIGHT_OF_SHADE * mean), axis=1)


_WEIGHT_OF_SHADE = 5.0
_INK = _ink_table()


def _stretched(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Stretch shades to 0 to 1, clipping 1 % of the pixels at both ends: there are too few shades to waste any."""
    low, high = np.percentile(grey, (1, 99))
    result: npt.NDArray[np.float32] = np.clip((grey - low) / max(high - low, 32.0), 0.0, 1.0).astype(np.float32)
    return result
