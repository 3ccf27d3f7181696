"""The picture layer against a terminal that keeps in each cell what was written or painted there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment

from seedtui.terminal.output.picture_layer import PictureLayer, Piece, rectangles
from seedtui.terminal.probe.tmux import Place
from seedtui.terminal.renderers.cells import PLACEHOLDER, PaintedColor, PictureColor, picture_rows
from seedtui.terminal.renderers.fit import Box
from seedtui.terminal.renderers.kitty.protocol import id_color

WIDTH, HEIGHT = 12, 6
NUMBERS = count(1)


@dataclass(eq=False)
class Painted:
    """A picture whose sequence says which part it is."""

    number: int = field(default_factory=lambda: next(NUMBERS))
    bytes: int = 0
    whole: Box = field(default_factory=lambda: Box(0, 0, 6, 4))

    def sequence(self, part: Box) -> str:
        return f"\x1b]{self.number};{part.left};{part.top};{part.width};{part.height}\x07"


class PaintingTerminal:
    """Cells by (x, y): a character, or the number, column and row of a picture."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], object] = {}
        self.painted = 0
        self.written = 0

    def feed(self, output: str) -> None:
        x = y = 0
        for at, picture, text in re.findall(r"\x1b\[(\d+;\d+)H|\x1b\]([\d;]+)\x07|([^\x1b]+)", output):
            if at:
                y, x = (int(number) - 1 for number in at.split(";"))
            elif picture:
                number, left, top, width, height = map(int, picture.split(";"))
                for row in range(height):
                    for column in range(width):
                        self.cells[x + column, y + row] = (number, left + column, top + row)
                        self.painted += 1
            for mark in re.findall(rf"{PLACEHOLDER}[^{PLACEHOLDER}]{{3}}|.", text):
                self.cells[x, y] = mark
                self.written += 1
                x += 1


def plain(segments: Iterable[Segment]) -> str:
    return "".join(text for text, _, _ in segments)


def rows_of(colour: PictureColor, columns: int, rows: int) -> list[list[Segment]]:
    return [list(row) for row in picture_rows(Box(0, 0, columns, rows), columns, rows, colour, "#000000")]


Tile = tuple[int, int, int, int, int]
"""Which picture, where, and of what size."""

across, down = st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)
tiles = st.tuples(st.integers(0, 3), across, down, st.integers(1, 6), st.integers(1, 4))
screens = st.lists(st.tuples(st.lists(tiles, max_size=4), st.lists(st.tuples(down, across))), max_size=5)


def wanted_cells(placed: list[Tile], letters: list[tuple[int, int]]) -> dict[tuple[int, int], tuple[Tile, int, int]]:
    """What each cell of the screen should show: the tile, and its column and row; the last tile is on top."""
    cells = {
        (x, y): ((number, left, top, width, height), x - left, y - top)
        for number, left, top, width, height in placed
        for x in range(left, min(left + width, WIDTH))
        for y in range(top, min(top + height, HEIGHT))
    }
    for y, x in letters:
        cells.pop((x, y), None)
    return cells


def cell_segment(colour: PictureColor, tile: Tile, column: int, row: int) -> Segment:
    """One cell of a tile."""
    text, style, _ = rows_of(colour, tile[3], tile[4])[row][0]
    return Segment(PLACEHOLDER + text.split(PLACEHOLDER)[1 + column], style)


@settings(max_examples=150, deadline=None)
@given(screens, st.booleans())
def test_after_each_update_the_terminal_shows_what_it_should(
    shown: list[tuple[list[Tile], list[tuple[int, int]]]], kitty: bool
) -> None:
    layer, terminal = PictureLayer(), PaintingTerminal()
    pictures = [Painted() for _ in range(4)]
    for placed, letters in shown:
        cells = wanted_cells(placed, letters)
        colours = [id_color(16 + n) if kitty else PaintedColor.of(picture) for n, picture in enumerate(pictures)]
        lines = [
            [
                cell_segment(colours[cells[x, y][0][0]], *cells[x, y]) if (x, y) in cells else Segment("x")
                for x in range(WIDTH)
            ]
            for y in range(HEIGHT)
        ]
        pieces = [Piece(0, y, line) for y, line in enumerate(lines)]
        terminal.feed(layer.show(pieces, plain))
        for (x, y), there in terminal.cells.items():
            if (x, y) not in cells:
                assert there == "x"
            elif kitty:
                assert there == lines[y][x].text
            else:
                tile, column, row = cells[x, y]
                assert there == (pictures[tile[0]].number, column, row)
        before = terminal.painted
        terminal.feed(layer.show(pieces, plain))
        assert terminal.painted == before, "what stands is not painted again"


def screen(colour: PictureColor, x: int = 1, y: int = 1, columns: int = 6, rows: int = 4) -> list[Piece]:
    return [Piece(x, y + row, segments) for row, segments in enumerate(rows_of(colour, columns, rows))]


def test_a_picture_that_stands_costs_nothing() -> None:
    layer, colour = PictureLayer(), PaintedColor.of(picture := Painted())
    assert f"]{picture.number};0;0;6;4" in layer.show(screen(colour), plain)
    assert layer.show(screen(colour), plain) == ""


def test_cells_beside_each_other_are_one_piece_of_text() -> None:
    """Each piece has its colours written around it."""
    pieces: list[int] = []
    render = lambda segments: pieces.append(len(found := list(segments))) or plain(found)  # noqa: E731
    PictureLayer().show(screen(PaintedColor.of(Painted())), render)
    PictureLayer().show(screen(id_color(20)), render)
    assert pieces == [1] * 8


def test_only_what_was_covered_is_painted_again() -> None:
    layer, terminal = PictureLayer(), PaintingTerminal()
    colour = PaintedColor.of(picture := Painted())
    terminal.feed(layer.show(screen(colour), plain))
    terminal.feed(layer.show([Piece(2, 2, [Segment("note")]), Piece(2, 3, [Segment("note")])], plain))
    before = terminal.painted
    terminal.feed(layer.show(screen(colour), plain))
    assert terminal.painted == before + 8
    assert terminal.cells[4, 2] == (picture.number, 3, 1)


def test_a_new_picture_is_painted_over_the_old_one() -> None:
    """Its cells are never empty in between."""
    layer, terminal = PictureLayer(), PaintingTerminal()
    first, second = Painted(), Painted()
    terminal.feed(layer.show(screen(PaintedColor.of(first)), plain))
    written = terminal.written
    terminal.feed(layer.show(screen(PaintedColor.of(second)), plain))
    assert terminal.written == written
    assert terminal.cells[1, 1] == (second.number, 0, 0)


def test_what_was_forgotten_is_painted_again() -> None:
    layer, colour = PictureLayer(), PaintedColor.of(picture := Painted())
    first = layer.show(screen(colour), plain)
    layer.forget()
    assert layer.show(screen(colour), plain) == first
    assert str(picture.number) in first


def test_nothing_is_painted_where_the_screen_is_not_known_to_be() -> None:
    layer, colour = PictureLayer(), PaintedColor.of(picture := Painted())
    layer.place = None
    hidden = layer.show(screen(colour), plain)
    assert "\x1b]" not in hidden
    layer.place = Place(0, 0)
    assert f"]{picture.number};0;0;6;4" in layer.show(screen(colour), plain)


def test_in_tmux_it_is_painted_in_the_terminal_around_it() -> None:
    layer = PictureLayer()
    layer.in_tmux = True
    layer.place = Place(40, 10)
    output = layer.show(screen(PaintedColor.of(picture := Painted())), plain)
    assert output.endswith(f"\x1bPtmux;\x1b\x1b7\x1b\x1b[12;42H\x1b\x1b]{picture.number};0;0;6;4\x07\x1b\x1b8\x1b\\")


def test_a_picture_that_lost_its_colour_is_empty() -> None:
    """A tint changes all colours; without them a terminal would draw the characters."""
    layer = PictureLayer()
    text = rows_of(PaintedColor.of(Painted()), 6, 1)[0][0].text
    assert layer.show([Piece(0, 0, [Segment(text)])], plain) == "\x1b[1;1H      "


def test_a_picture_that_is_gone_is_empty() -> None:
    layer = PictureLayer()
    colour = PaintedColor.of(Painted())  # nothing else keeps it
    assert "\x1b]" not in layer.show(screen(colour), plain)


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7))))
def test_rectangles_cover_every_cell_once(cells: set[tuple[int, int]]) -> None:
    covered = [
        (box.left + column, box.top + row)
        for box in rectangles(cells)
        for row in range(box.height)
        for column in range(box.width)
    ]
    assert sorted(covered) == sorted(cells)


def test_a_whole_rectangle_is_one() -> None:
    assert rectangles({(x, y) for x in range(5) for y in range(3)}) == [Box(0, 0, 5, 3)]
