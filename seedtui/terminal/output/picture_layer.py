"""Knows what stands on the screen, texts and cells of pictures, and writes only what does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment

from seedtui.terminal.probe.tmux import HERE, Place, through_tmux
from seedtui.terminal.renderers.cells import PLACEHOLDER, PictureColor, cell_marks, place_of
from seedtui.terminal.renderers.fit import Box
from seedtui.terminal.renderers.renderer import Painting

Render = Callable[[Iterable[Segment]], str]
"""Segments as text for the terminal."""


class Piece(NamedTuple):
    """A part of a line of the screen that begins at column `x` of row `y`."""

    x: int
    y: int
    segments: Iterable[Segment]


class _Cell(NamedTuple):
    """What a picture shows in one cell: the part that `marks` say of the picture of that colour."""

    colour: PictureColor
    marks: str


class _Text(NamedTuple):
    """A piece of text, up to the column `end`, as it was written."""

    end: int
    written: str


class _Origin(NamedTuple):
    """A picture, and where its first cell would be on the screen."""

    painting: Painting
    x: int
    y: int


class PictureLayer:
    """All text that is written to the screen passes through `show`, so it knows what is there.

    What stands is skipped, so nothing erases a picture. In a terminal with kitty's protocol the other cells of
    pictures are written; elsewhere they are painted, in rectangles, after the text. What is painted replaces an older
    picture in one go: its cells are not emptied before.
    """

    def __init__(self) -> None:
        self.in_tmux = False
        """Whether pictures are painted in the terminal around tmux."""
        self.place: Place | None = HERE
        """Where the screen begins in the terminal. None: nothing may be painted, and pictures are empty cells."""
        self.painted = 0
        """How many bytes of pictures have been painted so far."""
        self._rows: defaultdict[int, dict[int, _Cell]] = defaultdict(dict)
        self._texts: defaultdict[int, dict[int, _Text]] = defaultdict(dict)

    def forget(self) -> None:
        """Nothing is known to stand: the terminal was resized or cleared, or is another one."""
        self._rows.clear()
        self._texts.clear()

    def show(self, pieces: Iterable[Piece], render: Render) -> str:
        """What to write so that the screen shows these pieces."""
        missing: defaultdict[_Origin, set[tuple[int, int]]] = defaultdict(set)
        text = "".join([self._written(piece, render, missing) for piece in pieces])
        pictures = "".join(self._paint(missing))
        self.painted += len(pictures)
        return text + pictures

    def _written(self, piece: Piece, render: Render, missing: defaultdict[_Origin, set[tuple[int, int]]]) -> str:
        """What to write of `piece`. What must be painted is added to `missing`."""
        x, y, segments = piece
        end = x + sum(cell_len(text) for text, _, _ in segments)
        if any(PLACEHOLDER in text for text, _, _ in segments):
            self._overwrite(x, y, end)
            return "".join(_at(*place) + render(run) for *place, run in self._runs_of(piece, missing))
        written = render(segments)
        if self._texts[y].get(x) == (end, written):
            return ""
        self._overwrite(x, y, end)
        self._texts[y][x] = _Text(end, written)
        if stands := self._rows[y]:
            for column in range(x, end):
                stands.pop(column, None)
        return _at(x, y) + written

    def _overwrite(self, x: int, y: int, end: int) -> None:
        """The texts there no longer stand."""
        texts = self._texts[y]
        for begin in [begin for begin, text in texts.items() if begin < end and x < text.end]:
            del texts[begin]

    def _runs_of(self, piece: Piece, missing: defaultdict[_Origin, set[tuple[int, int]]]) -> Iterator[Piece]:
        """The runs of cells that must be written, of a piece with cells of pictures."""
        x, y, segments = piece
        stands = self._rows[y]
        run: list[Segment] = []
        begin = x
        for text, style, control in segments:
            colour = style.color if style else None
            if not isinstance(colour, PictureColor):
                width = cell_len(text)
                for column in range(x, x + width):
                    stands.pop(column, None)
                if PLACEHOLDER in text:  # a tint took its colour
                    text = " " * width
                run.append(Segment(text, style, control))
                x += width
                continue
            cells = ""
            for marks in cell_marks(text):
                if (written := self._cell(x, y, _Cell(colour, marks), stands, missing)) is not None:
                    cells += written
                else:
                    if cells:
                        run.append(Segment(cells, style))
                    if run:
                        yield Piece(begin, y, run)
                    run, begin, cells = [], x + 1, ""
                x += 1
            if cells:
                run.append(Segment(cells, style))
        if run:
            yield Piece(begin, y, run)

    def _cell(
        self, x: int, y: int, cell: _Cell, stands: dict[int, _Cell], missing: defaultdict[_Origin, set[tuple[int, int]]]
    ) -> str | None:
        """What to write for a cell; None for nothing."""
        before = stands.get(x)
        if before == cell:
            return None
        if not cell.colour.is_painted:
            stands[x] = cell
            return PLACEHOLDER + cell.marks
        painting = cell.colour.painting
        if self.place is None or painting is None:
            stands.pop(x, None)
            return " "
        stands[x] = cell
        column, row = place_of(cell.marks)
        missing[_Origin(painting, x - column, y - row)].add((column, row))
        return None if before is not None and before.colour.is_painted else " "

    def _paint(self, missing: dict[_Origin, set[tuple[int, int]]]) -> Iterator[str]:
        for origin, cells in missing.items():
            for box in rectangles(cells):
                yield self._painted(origin.x + box.left, origin.y + box.top, origin.painting.sequence(box))

    def _painted(self, x: int, y: int, sequence: str) -> str:
        """`sequence` at that place; in tmux, at that of the terminal around it."""
        if not self.in_tmux:
            return _at(x, y) + sequence
        assert self.place is not None
        return through_tmux(f"\x1b7{_at(self.place.left + x, self.place.top + y)}{sequence}\x1b8")


def rectangles(cells: set[tuple[int, int]]) -> list[Box]:
    """Rectangles that together cover exactly these (column, row), from top to bottom."""
    done: list[Box] = []
    growing: dict[tuple[int, int], Box] = {}
    for row in sorted({row for _, row in cells}):
        grown: dict[tuple[int, int], Box] = {}
        for left, width in _runs(sorted(column for column, r in cells if r == row)):
            above = growing.pop((left, width), None)
            same = above is not None and above.top + above.height == row
            grown[left, width] = above._replace(height=above.height + 1) if above and same else Box(left, row, width, 1)
            if above and not same:
                done.append(above)
        done += growing.values()
        growing = grown
    return sorted([*done, *growing.values()], key=lambda box: (box.top, box.left))


def _runs(columns: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the number of each run of neighbours in sorted `columns`."""
    begin = 0
    for i, column in enumerate(columns, 1):
        if i == len(columns) or columns[i] != column + 1:
            yield columns[begin], i - begin
            begin = i


def _at(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"
