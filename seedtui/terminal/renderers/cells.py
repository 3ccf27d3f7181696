"""The cells of pictures: kitty's placeholder characters in a colour that stands for the picture.

Each cell says which part of its picture it shows, so a cropped or divided row is still correct. Terminals with kitty's
protocol get the cells as they are; for others `PictureLayer` paints pixels where they are.
Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from itertools import count
from weakref import ref

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style

from seedtui.terminal.renderers.diacritics import MARKS
from seedtui.terminal.renderers.fit import Box
from seedtui.terminal.renderers.renderer import Painting, Row

PLACEHOLDER = "\U0010eeee"
MAX_CELLS = len(MARKS)
"""The longest side of a picture, in cells."""


class PictureColor(Color):
    """The colour of a picture's cells. It has a triplet, or Textual's filters would replace it."""

    is_painted = False
    """Whether the cells are painted. Otherwise the terminal knows the picture by the colour."""

    @property
    def painting(self) -> Painting | None:
        """What paints the cells, if their drawing is still in use."""
        return None


class PaintedColor(PictureColor):
    """The colour of a picture that is painted. Rich keeps colours, so it does not keep the picture."""

    is_painted = True
    _painting: Callable[[], Painting | None]

    @classmethod
    def of(cls, painting: Painting) -> PaintedColor:
        """A colour of its own: Rich takes those with equal names for the same."""
        colour = cls(f"picture {next(_NUMBERS)}", ColorType.TRUECOLOR, None, ColorTriplet(0, 0, 0))
        colour._painting = ref(painting)
        return colour

    @property
    def painting(self) -> Painting | None:
        return self._painting()


_NUMBERS = count()


@lru_cache(16)
def placeholder_rows(columns: int, rows: int, high: int) -> tuple[str, ...]:
    """The text of each row; `high` is the number of the third mark."""
    third = MARKS[high]
    return tuple(
        "".join(f"{PLACEHOLDER}{MARKS[row]}{MARKS[column]}{third}" for column in range(columns)) for row in range(rows)
    )


def picture_rows(
    box: Box, columns: int, rows: int, colour: PictureColor, background: str, high: int = 0
) -> tuple[Row, ...]:
    """The cells of a picture of the size of `box`, centred in a tile of `columns` by `rows` cells."""
    ground = Style(bgcolor=background)
    picture = Style(color=colour, bgcolor=background)
    left, top = (columns - box.width) // 2, (rows - box.height) // 2
    empty = (Segment(" " * columns, ground),)
    margins = [Segment(" " * cells, ground) if cells else None for cells in (left, columns - box.width - left)]
    body = tuple(
        tuple(part for part in (margins[0], Segment(text, picture), margins[1]) if part)
        for text in placeholder_rows(box.width, box.height, high)
    )
    return (empty,) * top + body + (empty,) * (rows - box.height - top)


def cell_marks(text: str) -> list[str]:
    """The marks of each cell in a text of placeholders."""
    return text.split(PLACEHOLDER)[1:]


@cache
def place_of(marks: str) -> tuple[int, int]:
    """The column and the row of a cell in its picture."""
    return MARKS.index(marks[1]), MARKS.index(marks[0])
